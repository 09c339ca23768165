/* What the phone keeps: one card, in IndexedDB, where a key may lie that nobody can read. */

function database() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("hien", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("card");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

/* Acts on the store of cards in one transaction; the answer once it is safe. */
export async function kept(mode, act) {
  const db = await database();
  try {
    return await new Promise((resolve, reject) => {
      const turn = db.transaction("card", mode);
      const asked = act(turn.objectStore("card"));
      turn.oncomplete = () => resolve(asked.result);
      turn.onabort = () => reject(turn.error);
    });
  } finally {
    db.close();
  }
}
