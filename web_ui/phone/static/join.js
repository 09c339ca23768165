/* Joining by telephone: a code proves the number; who is new says a name and what they agree to. */

const STEPS = ["join-number", "join-code", "join-name"];
const element = (id) => document.getElementById(id);

let phone = "";
let ticket = "";

/* Wires the three steps; `joined(code, words)` makes the card and says why not, or null. */
export function offerToJoin(joined) {
  if (!element("join-number")) return;
  const steps = {
    "join-number": async (form) => {
      phone = form.elements.phone.value;
      await post("code", { phone, language: document.documentElement.lang });
      show("join-code");
    },
    "join-code": async (form) => {
      const proven = await post("check", { phone, code: form.elements.code.value });
      form.reset();
      if (proven.code) return finish(joined, proven.code, []);
      ticket = proven.ticket;
      show("join-name");
    },
    "join-name": async (form) => {
      const { code } = await post("name", { phone, ticket, name: form.elements.name.value });
      const ticked = [...form.querySelectorAll("input:checked")].map((input) => input.name);
      await finish(joined, code, [form.dataset.version, ...ticked]);
    },
  };
  for (const [id, step] of Object.entries(steps)) {
    element(id).addEventListener("submit", (event) => {
      event.preventDefault();
      act(() => step(event.target), event.submitter);
    });
  }
  element("join-code").querySelector("[data-anew]").addEventListener("click", () => { say(null); show("join-number"); });
}

async function act(step, button) {
  say(null);
  if (button) button.disabled = true;
  try {
    await step();
  } catch (problem) {
    say(problem);
    if (problem === "over") show("join-number");
  } finally {
    if (button) button.disabled = false;
  }
}

async function finish(joined, code, words) {
  const problem = await joined(code, words);
  if (problem) throw problem;
  for (const id of STEPS) element(id).reset(); // nothing typed stays in the page
  [phone, ticket] = ["", ""];
  show("join-number");
}

/* What the gateway answers; throws its problem's name. */
async function post(step, said) {
  let answer;
  try {
    answer = await fetch(`/phone/join/${step}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said) });
  } catch {
    throw "offline";
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw body.problem ?? "other";
  return body;
}

function show(id) {
  for (const step of STEPS) element(step).hidden = step !== id;
  element(id).querySelector("input")?.focus();
}

function say(problem) {
  const notice = element("join-problem");
  notice.textContent = problem ? notice.dataset[problem] ?? notice.dataset.other : "";
  notice.hidden = !problem;
  if (problem) notice.scrollIntoView({ block: "center" });
}
