/* A member's own data: each ask is signed by this phone's key, each answer is drawn by the gateway. */

import { kept } from "/phone/static/card.js";
import { privacyAsk } from "/phone/static/pass.js";

const element = (id) => document.getElementById(id);
const language = document.documentElement.lang;

let card = null;

function say(problem) {
  const notice = element("problem");
  notice.textContent = problem ? notice.dataset[problem] ?? notice.dataset.other : "";
  notice.hidden = !problem;
  if (problem) notice.scrollIntoView({ block: "center" });
}

/* The gateway's time, because a phone's clock may be wrong; an ask is good for two minutes. */
async function now() {
  return (await (await fetch("/phone/now", { cache: "no-store" })).json()).now_ms;
}

async function ask(what, words = []) {
  say(null);
  let answer;
  try {
    const body = JSON.stringify(await privacyAsk(card, { ask: what, words, language, at_ms: await now() }));
    answer = await fetch("/phone/privacy/asks", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  } catch {
    say("network");
    return;
  }
  if (!answer.ok) {
    const said = await answer.json().catch(() => ({}));
    say(said.problem ?? "other");
    return;
  }
  element("part").innerHTML = await answer.text();
  element("part").querySelector("[role=status]")?.scrollIntoView({ block: "center" });
}

function chosen(form) {
  return [form.dataset.version, ...[...form.querySelectorAll("input:checked")].map((input) => input.name)];
}

element("part").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  button.disabled = true;
  try {
    if (event.target.id === "choices") await ask("choose", chosen(event.target));
  } finally {
    button.disabled = false;
  }
});

async function begin() {
  card = (await kept("readonly", (store) => store.get("card")).catch(() => null)) ?? null;
  if (card === null) element("no-card").hidden = false;
  else await ask("see");
  element("waiting").hidden = true;
}

begin();
