/* Draws the newest snapshot of the simulated shop, and sends what a person does to it. It decides nothing. */

const EVERY_MS = 250; // a person walks 30 cm in that time, and CSS draws the way between
const SVG = "http://www.w3.org/2000/svg";

const plan = document.getElementById("plan");
const people = document.getElementById("people");
const who = document.getElementById("who");
const words = Object.fromEntries(
  [...document.getElementById("seen-words").content.children].map((word) => [word.dataset.screen, word.textContent]),
);
let chosen = null;
let invited = null; // who was brought in and is not on the plan yet
let held = null; // who is being dragged
let latest = { people: [], kiosks: [] };

async function tell(path, message) {
  const answer = await fetch(`/stage/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(message),
  });
  return answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json") ? answer.json() : null;
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function drawn(person) {
  const figure = shape("g", { class: "person", tabindex: 0, role: "button", "data-shopper": person.shopper });
  figure.append(shape("circle", { class: "reach", r: 0.7 }));
  if (person.has_tag) figure.append(shape("circle", { class: "waves", r: 0.45 }));
  figure.append(shape("circle", { class: "dot", r: 0.32 }), shape("text", { y: -0.55 }));
  figure.classList.toggle("member", person.name !== "");
  figure.setAttribute("aria-label", person.name || who.dataset.somebody);
  return figure;
}

function paint(shop) {
  latest = shop;
  const inside = new Set(shop.people.map((person) => person.shopper));
  for (const figure of [...people.children]) if (!inside.has(figure.dataset.shopper)) figure.remove();
  if (chosen && !inside.has(chosen)) choose(null);
  for (const person of shop.people) {
    let figure = people.querySelector(`[data-shopper="${person.shopper}"]`);
    if (!figure) people.append((figure = drawn(person)));
    figure.classList.toggle("led", person.is_led);
    figure.classList.toggle("chosen", person.shopper === chosen);
    figure.querySelector("text").textContent = person.name.split(" ").at(-1);
    if (Boolean(person.holds) !== Boolean(figure.querySelector(".phone"))) {
      if (person.holds) figure.append(shape("rect", { class: "phone", x: 0.2, y: -0.5, width: 0.3, height: 0.55, rx: 0.06 }));
      else figure.querySelector(".phone").remove();
    }
    if (figure !== held?.figure) place(figure, person.x_m, person.y_m);
  }
  if (invited && inside.has(invited)) {
    choose(invited);
    invited = null;
  }
  for (const { kiosk, screen } of shop.kiosks) {
    const place = plan.querySelector(`[data-kiosk="${kiosk}"]`);
    place.dataset.screen = screen;
    place.querySelector(".seen").textContent = words[screen] ?? screen;
  }
  const now = new Date(shop.unix_s * 1000);
  document.getElementById("clock").textContent = now.toLocaleTimeString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh" });
  document.getElementById("autopilot").checked = shop.autopilot;
  const skip = document.getElementById("skip");
  skip.disabled = shop.skip_s > 0;
  skip.dataset.label ??= skip.textContent;
  skip.textContent = shop.skip_s > 0 ? `${skip.dataset.skipping} ${Math.ceil(shop.skip_s)} s` : skip.dataset.label;
}

function place(figure, x, y) {
  figure.style.transform = `translate(${x}px, ${y}px)`;
}

function choose(shopper) {
  chosen = shopper;
  const person = latest.people.find((one) => one.shopper === shopper);
  const { nobody, somebody, tag, noTag } = who.dataset;
  who.textContent = person ? `${person.name || somebody} · ${person.has_tag ? tag : noTag}` : nobody;
  document.getElementById("deeds").hidden = !shopper;
  for (const figure of people.children) figure.classList.toggle("chosen", figure.dataset.shopper === shopper);
}

/* Where on the floor a pointer is, in metres. */
function spot(event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(plan.getScreenCTM().inverse());
  return { x_m: at.x, y_m: at.y };
}

function nearestKiosk(shopper) {
  const person = latest.people.find((one) => one.shopper === shopper);
  if (person?.kiosk) return person.kiosk;
  const distance = (kiosk) => {
    const at = kiosk.transform.baseVal.consolidate().matrix;
    return Math.hypot(at.e - person.x_m, at.f - person.y_m);
  };
  const kiosks = [...plan.querySelectorAll(".kiosk")];
  return kiosks.reduce((best, one) => (distance(one) < distance(best) ? one : best)).dataset.kiosk;
}

people.addEventListener("pointerdown", (event) => {
  const figure = event.target.closest(".person");
  if (!figure) return;
  choose(figure.dataset.shopper);
  held = { figure, moved: false };
  plan.setPointerCapture(event.pointerId);
});
plan.addEventListener("pointermove", (event) => {
  if (!held) return;
  held.moved = true;
  held.figure.classList.add("held");
  const { x_m, y_m } = spot(event);
  place(held.figure, x_m, y_m);
});
plan.addEventListener("pointerup", async (event) => {
  if (!held) return;
  const { figure, moved } = held;
  if (moved) await tell("walk", { shopper: figure.dataset.shopper, ...spot(event), at_once: true });
  figure.classList.remove("held");
  held = null;
});
people.addEventListener("keydown", (event) => {
  if (event.key === "Enter" || event.key === " ") choose(event.target.closest(".person").dataset.shopper);
});

document.getElementById("deeds").addEventListener("click", ({ target }) => {
  if (target.dataset.lead) tell("walk", { shopper: chosen, kiosk: target.dataset.lead });
});
document.getElementById("hold").addEventListener("click", () => {
  tell("hold", { shopper: chosen, kiosk: nearestKiosk(chosen), code: document.getElementById("code").value });
});
document.getElementById("lower").addEventListener("click", () => tell("lower", { kiosk: nearestKiosk(chosen) }));
document.getElementById("let-go").addEventListener("click", () => tell("let-go", { shopper: chosen }));
document.getElementById("skip").addEventListener("click", () => tell("skip", { seconds: 60 }));
document.getElementById("autopilot").addEventListener("change", ({ target }) => tell("autopilot", { on: target.checked }));
document.getElementById("enter").addEventListener("click", async () => {
  const { shopper } = await tell("enter", { member: document.getElementById("guest").value });
  invited = shopper;
});

async function look() {
  try {
    const answer = await fetch("/stage/people", { cache: "no-store" });
    paint(await answer.json());
    document.getElementById("gone").hidden = true;
  } catch {
    document.getElementById("gone").hidden = false;
  }
}

setInterval(look, EVERY_MS);
look();
