/* Reads the screen aloud: the heading, then all that stands and can be touched, in order. It keeps no sound. */

const SAID = "h1, h2, p, li, output, button";
const glass = document.getElementById("kiosk");
const context = new AudioContext();
let turn = 0; // another for every screen: what belongs to an older one falls silent
let sound = null;
let told = new Set(); // on this screen already

const isWord = (node) => node.parentElement.checkVisibility() && !node.parentElement.closest("[aria-hidden]");

function words(element) {
  const found = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (isWord(walker.currentNode)) found.push(walker.currentNode.data.trim());
  return found.filter(Boolean).join(" ") || element.getAttribute("aria-label") || "";
}

function said() {
  const ask = glass.querySelector('[data-press="read"]');
  if (ask) return [ask]; // somebody's own page: first they say that it may be heard
  const all = ["main", "footer", "header"].flatMap((part) => [...glass.querySelector(part).querySelectorAll(SAID)]);
  return all.filter((one) => one.checkVisibility() && !one.querySelector(SAID) && !one.closest("key-pad"));
}

export function hush() {
  turn += 1;
  sound?.stop();
  sound = null;
}

async function speak(element, mine) {
  const text = words(element);
  if (!text || mine !== turn) return;
  told.add(text);
  const body = JSON.stringify({ text, revision: Number(glass.dataset.revision) });
  const answer = await fetch("/say", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (answer.status !== 200 || mine !== turn) return;
  const clip = await context.decodeAudioData(await answer.arrayBuffer());
  if (mine !== turn) return;
  sound = new AudioBufferSourceNode(context, { buffer: clip });
  sound.connect(context.destination);
  element.classList.add("heard");
  await new Promise((done) => { sound.onended = done; sound.start(); });
  element.classList.remove("heard");
  sound = null;
}

async function all(elements) {
  hush();
  const mine = turn;
  context.resume();
  for (const one of elements) await speak(one, mine).catch(() => {}); // a kiosk that is gone says so itself
}

/* Of a screen that only changed, what is new. */
export function read(isNew) {
  if (isNew) told = new Set();
  const fresh = said().filter((one) => !told.has(words(one)));
  if (fresh.length || isNew) all(fresh);
}

/* Whoever goes from button to button hears each. */
glass.addEventListener("focusin", ({ target }) => {
  if (document.documentElement.dataset.ease.includes("aloud") && target.matches("button:focus-visible")) all([target]);
});
