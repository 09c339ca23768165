/* The kiosk's browser side: paint what the kiosk sends, send what is touched. It decides nothing and keeps nothing. */

import "/static/key_pad.js";
import { listen } from "/static/live.js";

const LOST_AFTER_MS = 3_000; // the stream tries again each second; a kiosk still away then is starting anew
const LONG_PRESS_MS = 3_000; // nobody touches the name of the shop so long by chance
const PRESS_LOCK_MS = 1_500; // one touch is one message, unless the kiosk did not answer

const TURN_MS = 8_000; // a slide of the invitation is read twice in that time
const PARTS = /(?=<main|<footer)/; // a picture is a header, a content and a footer
const CODE = /(?<=data-code>).*?(?=<\/div>)/s; // for phones; it changes every minute

const glass = document.getElementById("kiosk");
const root = document.documentElement;
let revision = Number(glass.dataset.revision);
let parts = null; // of the picture on the glass, as they came
let lostTimer = null;
let questions = 0;

function paint(picture) {
  const entering = picture.screen !== glass.dataset.screen;
  if (!entering && picture.revision === revision) {
    parts ??= picture.html.split(PARTS);
    return;
  }
  const held = keyOf(document.activeElement);
  const turned = entering ? {} : turns();
  const pad = entering ? null : glass.querySelector("key-pad");
  revision = picture.revision;
  glass.classList.toggle("entering", entering);
  put(picture.html.split(PARTS));
  glass.dataset.revision = revision;
  glass.dataset.screen = picture.screen;
  if (root.lang !== picture.lang) root.lang = picture.lang;
  if (root.dataset.ease !== picture.ease) root.dataset.ease = picture.ease;
  for (const [name, page] of Object.entries(turned)) turnTo(name, page);
  keepDigits(pad);
  focus(held, entering);
  report(picture.revision);
  if (entering) startSlides();
  readAloud(entering);
}

/* Who asked for it hears the screen; what that takes is fetched by nobody else. */
let voice = null;
async function readAloud(entering) {
  const isWanted = root.dataset.ease.includes("aloud");
  if (isWanted) voice ??= await import("/screen/aloud.js");
  if (isWanted) voice.read(entering);
  else voice?.hush();
}

/* What is as it was stays on the glass: a browser that parses, styles and paints half is done in half the time. */
function put(fresh) {
  if (parts?.length === fresh.length) fresh.forEach((part, index) => replace(glass.children[index], parts[index], part));
  else glass.innerHTML = fresh.join("");
  for (const answered of glass.querySelectorAll("[aria-busy]")) answered.removeAttribute("aria-busy");
  parts = fresh;
}

/* Around a code for phones that is new the invitation goes on undisturbed. */
function replace(element, was, now) {
  if (now === was) return;
  if (CODE.test(now) && now.replace(CODE, "") === was.replace(CODE, "")) {
    element.querySelector("[data-code]").innerHTML = now.match(CODE)[0];
  } else {
    element.outerHTML = now;
  }
}

/* The invitation's slides take turns. Those that do not have it are not drawn at all. */
let slidesTurn = 0;

function startSlides() {
  clearInterval(slidesTurn);
  const slides = glass.querySelectorAll(".slide");
  if (slides.length < 2 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  let shown = 0;
  slidesTurn = setInterval(() => {
    slides[shown].classList.remove("now");
    shown = (shown + 1) % slides.length;
    slides[shown].classList.add("now");
  }, TURN_MS);
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
    readAloud(false);
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

/* Who looks after the kiosk holds a finger on what looks like nothing. */
let longPress = null;
const letGo = () => clearTimeout(longPress);
glass.addEventListener("pointerdown", (event) => {
  const held = event.target.closest("[data-long-press]");
  if (held) longPress = setTimeout(() => send("/press", { button: held.dataset.longPress, revision }), LONG_PRESS_MS);
});
for (const end of ["pointerup", "pointercancel", "pointerleave"]) glass.addEventListener(end, letGo);

/* Without the kiosk nobody would wipe this glass, so it is wiped here. */
function lose() {
  voice?.hush();
  glass.replaceChildren(document.querySelector(`template[data-lost="${root.lang}"]`).content.cloneNode(true));
  parts = null;
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

/* The owner chose another look: the page is asked for anew, but never under somebody's hand. */
let isOldDress = false;
function dress(version) {
  isOldDress ||= version !== glass.dataset.look;
  if (isOldDress && glass.dataset.screen === "attract") location.reload();
}

listen("/stream", {
  events: { screen: (data) => paint(JSON.parse(data)), look: dress },
  onState: link,
  onPoll: poll,
  shared: false,
});
startSlides();
report(revision);
readAloud(true);
