/* The menu closes when one turns to something else, or presses Escape. Without this it opens and closes all the same. */

const menu = document.querySelector(".grouped");

function close(event) {
  const open = menu?.querySelector("details[open]");
  if (!open || (event.type !== "keydown" && open.contains(event.target))) return;
  open.open = false;
  if (event.type === "keydown" && open.contains(document.activeElement)) open.querySelector("summary").focus();
}

addEventListener("pointerdown", close);
addEventListener("focusin", close);
addEventListener("keydown", (event) => event.key === "Escape" && close(event));
