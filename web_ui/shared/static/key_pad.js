/* <key-pad>: digits typed in the page. What is typed stands here and in its output, and goes with the element.

   Says "digits" with every touch, and "typed" with all of them when the last key is pressed. */

class KeyPad extends HTMLElement {
  #digits = "";

  connectedCallback() {
    this.addEventListener("click", (event) => this.#touched(event.target.closest("button")));
    this.#draw();
  }

  get value() {
    return this.#digits;
  }

  set value(digits) {
    this.#digits = digits;
    this.#draw();
  }

  #touched(button) {
    if (!button) return;
    const length = Number(this.dataset.length);
    if ("done" in button.dataset) {
      if (this.#digits.length === length) this.#say("typed");
      return;
    }
    if ("erase" in button.dataset) this.value = this.#digits.slice(0, -1);
    else if (this.#digits.length < length) this.value = this.#digits + button.dataset.digit;
    this.#say("digits");
  }

  #say(name) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: this.#digits }));
  }

  /* "0901 234 5••": as people write it, with a place for each digit that is missing. */
  #draw() {
    const length = Number(this.dataset.length);
    const shown = "secret" in this.dataset ? "∗".repeat(this.#digits.length) : this.#digits;
    const places = shown.padEnd(length, "•");
    let at = 0;
    const groups = this.dataset.groups.split(" ").map((size) => places.slice(at, (at += Number(size))));
    const output = this.querySelector("output");
    if (output) output.textContent = groups.join("\u2009 ");
    this.querySelector("[data-done]")?.setAttribute("aria-disabled", String(this.#digits.length < length));
  }
}

customElements.define("key-pad", KeyPad);
