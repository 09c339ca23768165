/* Behind a screen's code: a phone that is a card may claim it. Without a card, or without this script, the offers stand. */

import { kept } from "/phone/static/card.js";
import { claim } from "/phone/static/pass.js";

const element = (id) => document.getElementById(id);
const { kiosk, code } = element("ask").dataset;

function say(problem) {
  const notice = element("problem");
  notice.textContent = problem ? notice.dataset[problem] ?? notice.dataset.other : "";
  notice.hidden = !problem;
}

/* Null if the screen asks now, else what is in the way. */
async function send(card) {
  const signature = await claim(card, kiosk, code);
  const body = JSON.stringify({ member: card.member, key_id: card.keyId, kiosk, code, signature, v: 1 });
  let answer;
  try {
    answer = await fetch("/v1/screen-codes", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  } catch {
    return "network";
  }
  const said = await answer.json().catch(() => ({}));
  return said.accepted ? null : said.reason ?? "other";
}

async function onScreen(card) {
  say(null);
  element("on-screen").disabled = true;
  const problem = await send(card).catch(() => "other");
  element("on-screen").disabled = problem !== "network"; // another claim of this code would fare no better
  say(problem);
  if (problem) return;
  element("ask").hidden = true;
  element("sent").hidden = false;
}

function onPhone() {
  element("ask").hidden = true;
  element("here").hidden = false;
}

async function begin() {
  const card = await kept("readonly", (store) => store.get("card")).catch(() => undefined);
  if (!card) return;
  element("guest").hidden = true;
  element("here").hidden = true;
  element("ask").hidden = false;
  element("on-screen").addEventListener("click", () => onScreen(card));
  element("on-phone").addEventListener("click", onPhone);
}

begin();
