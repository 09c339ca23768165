/* The kiosk's browser side: paint what the kiosk sends, send what is touched. It decides nothing and keeps nothing. */

import "/static/key_pad.js";
import { listen } from "/static/live.js";

const LOST_AFTER_MS = 3_000; // the stream tries again each second; a kiosk still away then is starting anew
const PRESS_LOCK_MS = 1_500; // one touch is one message, unless the kiosk did not answer

const glass = document.getElementById("kiosk");
let revision = Number(glass.dataset.revision);
let lostTimer = null;
let questions = 0;

function paint(picture) {
  const entering = picture.screen !== glass.dataset.screen;
  if (!entering && picture.revision === revision) return;
  if (!entering && onlyTheCodeIsNew(picture.html)) {
    revision = picture.revision;
    glass.dataset.revision = revision;
    report(revision);
    return;
  }
  const held = keyOf(document.activeElement);
  const turned = entering ? {} : turns();
  const pad = entering ? null : glass.querySelector("key-pad");
  revision = picture.revision;
  glass.innerHTML = picture.html;
  glass.dataset.revision = revision;
  glass.dataset.screen = picture.screen;
  glass.classList.toggle("entering", entering);
  document.documentElement.lang = picture.lang;
  document.documentElement.dataset.ease = picture.ease;
  for (const [name, page] of Object.entries(turned)) turnTo(name, page);
  keepDigits(pad);
  focus(held, entering);
  report(picture.revision);
}

/* The code for phones changes every minute: the invitation around it goes on undisturbed. */
function onlyTheCodeIsNew(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const [was, now] = [glass, fresh.content].map((one) => one.querySelector("[data-code]"));
  if (!was || !now) return false;
  was.innerHTML = now.innerHTML;
  return glass.innerHTML === fresh.innerHTML;
}

/* Two frames later the picture is on the glass. */
function report(painted) {
  requestAnimationFrame(() => requestAnimationFrame(() => {
    if (painted === revision) send("/painted", { revision: painted });
  }));
}

async function send(path, message) {
  try {
    await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(message),
    });
  } catch {
    // The stream notices a kiosk that is gone; a second warning would say nothing new.
  }
}

/* Digits that were typed already, if the same is still asked. */
function keepDigits(pad) {
  const now = pad && glass.querySelector("key-pad");
  if (now && now.dataset.key === pad.dataset.key) now.value = pad.value;
}

/* Focus would fall to the body when the content is replaced. */
function keyOf(element) {
  const { press, subject, language, turn, digit } = element?.dataset ?? {};
  return press || language || turn || digit ? [press, subject, language, turn, digit].join("|") : null;
}

function focus(held, entering) {
  const again = held && [...glass.querySelectorAll("button")].find((button) => keyOf(button) === held);
  if (again && !again.closest("[hidden]")) again.focus({ preventScroll: true });
  else if (entering) glass.querySelector("#title")?.focus({ preventScroll: true });
}

/* Pages of offers: turned here, because leafing changes nothing the kiosk must know of. */
function turns() {
  const pages = [...glass.querySelectorAll("[data-pages]")];
  return Object.fromEntries(pages.map((book) => [book.dataset.pages, pageOf(book)]));
}

function pageOf(book) {
  return [...book.children].findIndex((page) => !page.hidden);
}

function turnTo(name, wanted) {
  const book = glass.querySelector(`[data-pages="${name}"]`);
  const button = glass.querySelector(`[data-turn="${name}"]`);
  if (!book || !button) return;
  const page = wanted % book.children.length;
  [...book.children].forEach((child, index) => (child.hidden = index !== page));
  button.querySelector("[data-turned]").textContent = page + 1;
}

glass.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || button.closest("key-pad") || button.getAttribute("aria-busy") === "true") return;
  const { press, subject, language, turn } = button.dataset;
  if (turn) {
    turnTo(turn, pageOf(glass.querySelector(`[data-pages="${turn}"]`)) + 1);
    send("/press", { button: "stay", revision });
    return;
  }
  button.setAttribute("aria-busy", "true");
  setTimeout(() => button.removeAttribute("aria-busy"), PRESS_LOCK_MS);
  if (press) send("/press", { button: press, revision, subject: subject ?? "" });
  if (language) send("/language", { language });
});

/* Each digit is a sign of life; what was typed is sent once, when it is whole. */
glass.addEventListener("digits", () => send("/press", { button: "stay", revision }));
glass.addEventListener("typed", (event) => send("/typed", { text: event.detail, revision }));

/* Without the kiosk nobody would wipe this glass, so it is wiped here. */
function lose() {
  const language = document.documentElement.lang;
  glass.replaceChildren(document.querySelector(`template[data-lost="${language}"]`).content.cloneNode(true));
  glass.dataset.screen = "lost";
  revision = -1;
}

function link(state) {
  if (state !== "polling") questions += 1; // what the stream says is newer than any answer still to come
  document.body.dataset.link = state;
  if (state !== "off") {
    clearTimeout(lostTimer);
    lostTimer = null;
  } else {
    lostTimer ??= setTimeout(lose, LOST_AFTER_MS);
  }
}

/* An answer that took longer than the next may be of the shopper before: only the newest question counts. */
async function poll() {
  const asked = ++questions;
  try {
    const answer = await fetch("/screen", { cache: "no-store" });
    const picture = answer.ok && (await answer.json());
    if (picture && asked === questions) paint(picture);
  } catch {
    link("off");
  }
}

document.addEventListener("contextmenu", (event) => event.preventDefault());
document.addEventListener("dragstart", (event) => event.preventDefault());

listen("/stream", {
  events: { screen: (data) => paint(JSON.parse(data)) },
  onState: link,
  onPoll: poll,
  shared: false,
});
report(revision);
