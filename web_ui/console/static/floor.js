/* Places are tapped on the plan; the fields take the metres, and are what is sent. Without this they are typed. */

const floor = document.querySelector("svg.floor");
let placing = null;

function choose(button) {
  placing?.setAttribute("aria-pressed", "false");
  placing = button === placing ? null : button;
  placing?.setAttribute("aria-pressed", "true");
  floor.classList.toggle("placing", placing !== null);
  if (placing) floor.scrollIntoView({ block: "nearest" });
}

/* The marker goes where the fields say. */
function follow(row) {
  const [x, y] = ["x", "y"].map((name) => row.querySelector(`[name=${name}]`).value);
  const spot = floor.querySelector(`[data-item="${CSS.escape(row.querySelector("[name=item]").value)}"]`);
  if (!spot || x === "" || y === "") return;
  spot.was ??= spot.getBBox && [...spot.children].find((part) => part.matches("rect, circle")).getBBox();
  const scale = floor.viewBox.baseVal.width / floor.dataset.width;
  spot.setAttribute("transform", `translate(${x * scale - spot.was.x - spot.was.width / 2} ${y * scale - spot.was.y - spot.was.height / 2})`);
}

if (floor) {
  for (const button of document.querySelectorAll("[data-place]")) {
    button.hidden = false;
    button.addEventListener("click", () => choose(button));
  }
  floor.addEventListener("click", (event) => {
    if (!placing) return;
    const box = floor.getBoundingClientRect();
    const row = placing.closest("tr");
    const metres = [
      ["x", ((event.clientX - box.left) / box.width) * floor.dataset.width],
      ["y", ((event.clientY - box.top) / box.height) * floor.dataset.depth],
    ];
    for (const [name, value] of metres) row.querySelector(`[name=${name}]`).value = value.toFixed(1);
    follow(row);
    choose(placing);
    row.querySelector("[name=x]").focus({ preventScroll: true });
  });
  document.querySelector(".places").addEventListener("input", (event) => follow(event.target.closest("tr")));
}
