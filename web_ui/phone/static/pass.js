/* A member's key and the passes it makes (contract/passes.py has the layout). The private half cannot be read, not even here. */

export const SLOT_MS = 15_000;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const ANY_STORE = 0;
const ALGORITHMS = [
  { header: 1, key: { name: "Ed25519" }, sign: { name: "Ed25519" } },
  { header: 2, key: { name: "ECDSA", namedCurve: "P-256" }, sign: { name: "ECDSA", hash: "SHA-256" } },
];
const NEVER_LEAVES = false; // extractable

/* A new key of the best sort this browser knows; an Error if it knows none, or may not keep it. */
export async function newKey() {
  if (!globalThis.crypto?.subtle) throw new Error("crypto.subtle needs https");
  let problem;
  for (const { header, key } of ALGORITHMS) {
    try {
      const pair = await crypto.subtle.generateKey(key, NEVER_LEAVES, ["sign", "verify"]);
      const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
      return { header, privateKey: pair.privateKey, publicKey: hex(raw) };
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

/* The proof that whoever says this public key holds the private half, for this code alone. */
export async function proof(made, code) {
  return hex(await sign(made, new TextEncoder().encode(`hien-phone-1 ${code} ${made.publicKey}`)));
}

/* This phone's word that it read this code on that kiosk's screen (contract/screen_codes.py). */
export async function claim(card, kiosk, code) {
  return hex(await sign(card, new TextEncoder().encode(`hien-screen-1 ${card.member} ${card.keyId} ${kiosk} ${code}`)));
}

/* This phone's ask about its member's data (contract/privacy.py), signed. */
export async function privacyAsk(card, { ask, words, language, at_ms }) {
  const head = `hien-privacy-1 ${card.member} ${card.keyId} ${at_ms} ${ask} ${language}`;
  const signature = hex(await sign(card, new TextEncoder().encode([head, ...words].join("\n"))));
  return { member: card.member, key_id: card.keyId, at_ms, ask, words, language, signature, v: 1 };
}

export function slotAt(ms) {
  return Math.floor(ms / SLOT_MS);
}

/* The text of the pass of one slot, 121 characters. */
export async function passText(card, slot) {
  const said = new Uint8Array(14);
  const view = new DataView(said.buffer);
  said[0] = card.header;
  said[1] = card.keyId;
  card.member.match(/../g).forEach((byte, at) => { said[2 + at] = parseInt(byte, 16); });
  view.setUint32(8, slot);
  view.setUint16(12, ANY_STORE);
  return "MD1:" + base45(new Uint8Array([...said, ...(await sign(card, said))]));
}

async function sign({ header, privateKey }, data) {
  const { sign: how } = ALGORITHMS.find((one) => one.header === header);
  return new Uint8Array(await crypto.subtle.sign(how, privateKey, data));
}

function hex(data) {
  return [...data].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* RFC 9285; a pass has an even number of bytes. */
function base45(data) {
  let text = "";
  for (let at = 0; at < data.length; at += 2) {
    const number = data[at] * 256 + data[at + 1];
    text += ALPHABET[number % 45] + ALPHABET[Math.floor(number / 45) % 45] + ALPHABET[Math.floor(number / 2025)];
  }
  return text;
}
