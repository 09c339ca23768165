/* Goes back to the board as soon as the gateway answers again. */

const LOOK_MS = 3_000;

async function look() {
  try {
    if ((await fetch("/healthz", { cache: "no-store" })).ok) location.reload();
  } catch {
    /* still nobody there */
  }
}

addEventListener("online", look);
document.querySelector("[data-again]").addEventListener("click", look);
setInterval(look, LOOK_MS);
