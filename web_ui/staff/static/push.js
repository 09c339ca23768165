/* The board as an app: its service worker, and whether this device is told of cards while no board lies open. */

import { show } from "/staff/files/notices.js";

const button = document.querySelector("[data-push]");
const UPDATE_MS = 60 * 60_000; // a board lies open for days, and browsers look by themselves only when a page is loaded
const WANTED = "push"; // whose device this is says the cookie; what they chose, this browser

/* --- the worker: a page for no network; a newer one takes over by itself, the page when somebody touches it */

async function worker() {
  let isFirst = navigator.serviceWorker.controller === null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!isFirst) sayThereIsMore();
    isFirst = false;
  });
  const registration = await navigator.serviceWorker.register("/staff/app/worker.js", { scope: "/staff/" });
  setInterval(() => registration.update().catch(() => {}), UPDATE_MS);
  return navigator.serviceWorker.ready;
}

function sayThereIsMore() {
  show(document.querySelector("template[data-newer]").content.firstElementChild.cloneNode(true), Infinity);
  document.querySelector("[data-load]").addEventListener("click", () => location.reload());
}

/* --- being told */

function send(path, said = {}) {
  const body = new URLSearchParams(said);
  return fetch(path, { method: "POST", body, headers: { "X-CSRFToken": document.querySelector("[name=csrf-token]").content } });
}

function bytes(base64url) {
  return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function letters(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function isOurs(subscription) {
  const key = subscription.options.applicationServerKey;
  return key !== null && letters(key) === button.dataset.push;
}

async function subscribed(registration) {
  const kept = await registration.pushManager.getSubscription();
  if (kept && isOurs(kept)) return kept;
  await kept?.unsubscribe(); // of a shop that has a new key
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(button.dataset.push) });
}

async function turnOn(registration) {
  const made = await subscribed(registration);
  const said = { endpoint: made.endpoint, public_key: letters(made.getKey("p256dh")), auth: letters(made.getKey("auth")) };
  if (!(await send("/staff/push/on", said)).ok) throw new Error("refused");
  localStorage.setItem(WANTED, "yes");
  button.setAttribute("aria-pressed", "true");
}

async function turnOff(registration) {
  localStorage.removeItem(WANTED);
  button.setAttribute("aria-pressed", "false");
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  await send("/staff/push/off");
}

function cannot() {
  const notice = document.createElement("p");
  notice.className = "toast";
  notice.role = "alert";
  notice.textContent = button.dataset.cannot;
  show(notice);
}

async function begin() {
  const registration = await worker();
  if (!button || !("PushManager" in window) || !("Notification" in window)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const wanted = button.getAttribute("aria-pressed") !== "true";
    (wanted ? turnOn(registration) : turnOff(registration)).catch(cannot);
  });
  const isWanted = localStorage.getItem(WANTED) === "yes" && Notification.permission === "granted";
  if (isWanted) await turnOn(registration).catch(() => {}); // whoever signed in here says it anew
}

/* Nobody waits for any of this: first the board. */
if ("serviceWorker" in navigator) {
  const idle = window.requestIdleCallback ?? setTimeout;
  if (document.readyState === "complete") idle(begin);
  else addEventListener("load", () => idle(begin), { once: true });
}
