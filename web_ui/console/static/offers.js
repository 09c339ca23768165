/* Draws the kiosk's picture anew while an offer is typed: it presses the buttons that do so without a script, too. */

const SETTLE_MS = 400; // a pause between two words

const form = document.getElementById("offer");
const buttons = [...form.querySelectorAll("[data-glass]")];
let due = null;

/* One after the other: a form that is sent again before it left is sent once only. */
function draw() {
  buttons.forEach((button, index) => {
    const before = index && document.querySelector(`[name="${buttons[index - 1].formTarget}"]`);
    const send = () => form.requestSubmit(button);
    if (before) before.addEventListener("load", send, { once: true });
    else send();
  });
}

form.addEventListener("input", (change) => {
  if (change.target.name === "days") return;
  clearTimeout(due);
  due = setTimeout(draw, SETTLE_MS);
});
draw();
