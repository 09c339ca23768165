/* The board's browser side: it asks for the cards when something changed, counts the waiting, and rings. */

import { follow } from "/desk/desk.js";
import { show } from "/staff/files/notices.js";

const cards = document.getElementById("cards");
const title = document.title;
let known = new Set(waiting());
let aheadMs = 0;

function board() {
  return cards.querySelector("[data-now-ms]");
}

/* Those that ask whoever sits here: a card that asks a colleague rings there, and here when its time has come. */
function waiting() {
  return [...cards.querySelectorAll('[data-state="offered"][data-asks="me"]')].map((card) => card.id);
}

/* The gateway's clock counts, not the tablet's. */
function setClock() {
  aheadMs = Number(board().dataset.nowMs) - Date.now();
}

function count() {
  const lateS = Number(board().dataset.lateS);
  for (const chip of cards.querySelectorAll("[data-since-ms]")) {
    const waitedS = Math.max(0, Math.floor((Date.now() + aheadMs - chip.dataset.sinceMs) / 1000));
    const text = chip.querySelector("span");
    const words = written(waitedS);
    if (text.textContent !== words) text.textContent = words;
    chip.classList.toggle("late", waitedS > lateS && chip.closest('[data-state="offered"]') !== null);
  }
}

function written(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/* While the cards are asked for, one tick is left out, and the next is a second after they came: they bring the time
   along, and a tick beside them would be painted first. */
let ticking = 0;
let isLeftOut = false;

function tick() {
  isLeftOut = !isLeftOut && cards.classList.contains("htmx-request");
  if (!isLeftOut) count();
  again();
}

function again() {
  clearTimeout(ticking);
  ticking = setTimeout(tick, 1000);
}

/* A badge in the title and a chime reach people who look elsewhere. */
function announce() {
  const now = waiting();
  const fresh = now.filter((id) => !known.has(id));
  known = new Set(now);
  document.title = now.length ? `(${now.length}) ${title}` : title;
  if (!fresh.length) return;
  const say = document.querySelector("[data-say]");
  say.textContent = `${say.dataset.newCard}: ${document.querySelector(`#${fresh[0]} h3`).textContent}`;
  for (const id of fresh) document.getElementById(id).classList.add("fresh");
  chime();
}

const mute = document.querySelector("[data-mute]");
let sound = null;

function isMuted() {
  return localStorage.getItem("muted") === "yes";
}

function showMute() {
  mute.setAttribute("aria-pressed", isMuted());
  mute.querySelector("[data-loud]").hidden = isMuted();
  mute.querySelector("[data-mute-icon]").hidden = !isMuted();
}

mute.addEventListener("click", () => {
  localStorage.setItem("muted", isMuted() ? "no" : "yes");
  showMute();
});

/* Two notes of 180 ms, made here, so that there is no file to load. Browsers want one touch of the page first. */
addEventListener("pointerdown", () => (sound ??= new AudioContext()).resume(), { passive: true });

function chime() {
  if (isMuted() || sound?.state !== "running") return;
  for (const [hertz, delay] of [[659, 0], [880, 0.16]]) {
    const tone = new OscillatorNode(sound, { frequency: hertz, type: "sine" });
    const volume = new GainNode(sound, { gain: 0 });
    const start = sound.currentTime + delay;
    volume.gain.linearRampToValueAtTime(0.25, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.18);
    tone.connect(volume).connect(sound.destination);
    tone.start(start);
    tone.stop(start + 0.2);
  }
}

/* Whoever looks here need not be told elsewhere. */
cards.addEventListener("htmx:config:request", ({ detail }) => {
  if (document.visibilityState === "visible") detail.ctx.request.headers["Hien-In-Front"] = "yes";
});

document.addEventListener("htmx:after:swap", () => {
  setClock();
  count();
  again();
  announce();
  const notice = cards.querySelector(".toast");
  if (notice) show(notice);
});

/* What could not be done is said, and the board stays as it is. */
document.addEventListener("htmx:error", fail);
document.addEventListener("htmx:response:error", fail);

function fail() {
  const say = document.querySelector("[data-say]");
  const notice = document.createElement("p");
  notice.className = "toast";
  notice.role = "alert";
  notice.textContent = say.dataset.failed;
  show(notice);
}

setClock();
announce();
showMute();
again();
follow(["alert", "kiosk", "visit"], cards);
