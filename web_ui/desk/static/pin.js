/* A pad for the PIN; the keyboard works as well. */

const pad = document.querySelector(".keypad");
const pin = document.querySelector(".pin");

if (pad) {
  pad.hidden = false;
  document.querySelector(".enter").hidden = true;
  pad.addEventListener("click", (event) => {
    const digit = event.target.closest("[data-digit]")?.dataset.digit;
    if (!digit) return;
    pin.value = digit === "back" ? pin.value.slice(0, -1) : (pin.value + digit).slice(0, pin.maxLength);
  });
  document.querySelector(".people").addEventListener("change", () => {
    pin.value = "";
    pin.focus();
  });
}
