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
  if (what === "download") return save(await answer.blob());
  element("part").innerHTML = await answer.text();
  if (element("part").querySelector("[data-erased]")) await forget();
  element("part").querySelector("[role=status]")?.scrollIntoView({ block: "center" });
}

function save(blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = "hien.json";
  link.click();
  URL.revokeObjectURL(link.href);
}

/* The card in this phone says a name and a number; it opens nothing any more. */
async function forget() {
  await kept("readwrite", (store) => store.delete("card"));
  card = null;
}

/* The words of each form's ask, in the order in which they are signed. */
const WORDS = {
  choose: (form) => [form.dataset.version, ...[...form.querySelectorAll("input:checked")].map((input) => input.name)],
  correct: (form) => [form.elements.name.value, form.elements.birthday.value],
  confirm: (form) => [form.elements.code.value],
};

element("part").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  const what = event.target.dataset.ask;
  button.disabled = true;
  try {
    await ask(what, WORDS[what]?.(event.target) ?? []);
  } finally {
    button.disabled = false;
  }
});

element("part").addEventListener("click", (event) => {
  if (event.target.closest("[data-download]")) ask("download");
});

async function begin() {
  card = (await kept("readonly", (store) => store.get("card")).catch(() => null)) ?? null;
  if (card === null) element("no-card").hidden = false;
  else await ask("see");
  element("waiting").hidden = true;
}

begin();
