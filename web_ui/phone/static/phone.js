/* The member's card: makes a key once, then a new code every 15 seconds, with or without a network. */

import { kept } from "/phone/static/card.js";
import { offerToJoin } from "/phone/static/join.js";
import { SLOT_MS, newKey, passText, privacyAsk, proof, slotAt } from "/phone/static/pass.js";
import { encode, path } from "/phone/static/qr.js";

const SKEW_MS = 20_000; // passes are accepted from 30 s before to 15 s after the time they name
const LOOK_MS = 250;
const element = (id) => document.getElementById(id);

let card = null;
let made = null; // a key that waits for the gateway's answer
let drawn = null;

/* --- the code */

async function draw() {
  const slot = slotAt(Date.now());
  if (slot === drawn || card === null) return;
  drawn = slot;
  try {
    const text = await passText(card, slot);
    if (slot !== slotAt(Date.now())) { drawn = null; return; }
    element("code").querySelector("path").setAttribute("d", path(encode(text)));
    element("code").dataset.slot = slot;
  } catch (error) {
    drawn = null;
    throw error;
  }
}

function count() {
  if (card === null) return;
  const leftMs = SLOT_MS - (Date.now() % SLOT_MS);
  const seconds = String(Math.ceil(leftMs / 1000));
  if (element("seconds").textContent !== seconds) element("seconds").textContent = seconds;
  element("left").style.transform = `scaleX(${leftMs / SLOT_MS})`;
  draw();
}

/* --- what is to be seen */

function show(id) {
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== id;
}

function showCard() {
  element("name").textContent = card.name;
  element("which").textContent = `${card.member}/${card.keyId}`;
  show("card");
  count();
  stayAwake();
}

function stayAwake() {
  if (card !== null && document.visibilityState === "visible") {
    navigator.wakeLock?.request("screen").catch(() => {}); // a phone low on power says no
  }
}

function connected() {
  element("offline").hidden = navigator.onLine;
}

async function checkClock() {
  try {
    const asked = Date.now();
    const { now_ms: theirs } = await (await fetch("/phone/now", { cache: "no-store" })).json();
    element("skew").hidden = Math.abs((asked + Date.now()) / 2 - theirs) < SKEW_MS;
  } catch {
    /* without a network nobody can say */
  }
}

/* --- making the card */

function say(problem) {
  const notice = element("problem");
  notice.textContent = problem ? notice.dataset[problem] ?? notice.dataset.other : "";
  notice.hidden = !problem;
}

async function makeCard(code) {
  say(null);
  element("make-card").disabled = true;
  try {
    const problem = await enrol(code);
    if (problem) say(problem);
    else showCard();
  } finally {
    element("make-card").disabled = false;
  }
}

/* Why it failed, or null. The same key is sent again if the answer was lost: the gateway knows it. */
async function enrol(code) {
  let body;
  try {
    made ??= await newKey();
    body = JSON.stringify({ code, public_key: made.publicKey, proof: await proof(made, code) });
  } catch {
    return "browser";
  }
  let answer;
  try {
    answer = await fetch("/phone/keys", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  } catch {
    return "offline";
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) return said.problem ?? "other";
  const { header, privateKey } = made;
  const fresh = { header, privateKey, member: said.member, keyId: said.key_id, name: said.name };
  try {
    await kept("readwrite", (store) => store.put(fresh, "card"));
  } catch {
    return "browser";
  }
  [card, made, drawn] = [fresh, null, null];
  history.replaceState(null, "", location.pathname); // the code is used; it need not stay in sight
  navigator.storage?.persist?.();
  return null;
}

/* A number was proven: the phone becomes a card, which then signs what its member agrees to. */
async function joined(code, words) {
  const problem = await enrol(code);
  if (problem) return problem;
  element("unsaved").hidden = words.length < 2 || (await agreed(words));
  showCard();
  return null;
}

async function agreed(words) {
  try {
    const { now_ms: at_ms } = await (await fetch("/phone/now", { cache: "no-store" })).json();
    const language = document.documentElement.lang;
    const body = JSON.stringify(await privacyAsk(card, { ask: "choose", words, language, at_ms }));
    const headers = { "Content-Type": "application/json" };
    return (await fetch("/phone/privacy/asks", { method: "POST", headers, body })).ok;
  } catch {
    return false;
  }
}

async function forget() {
  await kept("readwrite", (store) => store.delete("card"));
  card = null;
  drawn = null;
  element("code").querySelector("path").setAttribute("d", "");
  show("join");
}

async function begin() {
  try {
    card = (await kept("readonly", (store) => store.get("card"))) ?? null;
  } catch {
    card = null;
  }
  const code = location.hash.slice(1);
  if (code) {
    element("replaces").hidden = card === null;
    show("make");
    element("make-card").addEventListener("click", () => makeCard(code));
  } else if (card !== null) {
    showCard();
  } else {
    show("join");
  }
}

function speakAsChosen() {
  const here = document.documentElement.lang;
  for (const link of document.querySelectorAll("[data-language]")) {
    link.addEventListener("click", () => localStorage.setItem("language", link.dataset.language));
    const wanted = localStorage.getItem("language");
    if (wanted === link.dataset.language && wanted !== here) location.replace(link.pathname + location.hash);
    link.hash = location.hash;
  }
}

speakAsChosen();
offerToJoin(joined);
connected();
for (const change of ["online", "offline"]) addEventListener(change, connected);
addEventListener("hashchange", () => location.reload());
document.addEventListener("visibilitychange", () => { stayAwake(); count(); });
element("forget").addEventListener("click", forget);
setInterval(count, LOOK_MS);
checkClock();
begin();
navigator.serviceWorker?.register("/phone/worker.js", { scope: "/phone/" }).catch(() => {});
