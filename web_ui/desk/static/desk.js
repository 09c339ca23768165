/* Keeps a part of a page up to date: when something changed, it is asked for again. */

import { listen } from "/static/live.js";

const badge = document.querySelector("[data-live]");
const SETTLE_MS = 150; // a batch of events is one change to a person

export function follow(nouns, part) {
  let due = null;

  function refresh() {
    due = null;
    part.dispatchEvent(new Event("live"));
  }

  function changed() {
    due ??= setTimeout(refresh, SETTLE_MS);
  }

  listen("/live", {
    events: Object.fromEntries([...nouns, "missed"].map((noun) => [noun, changed])),
    onOpen: refresh,
    onPoll: refresh,
    onState(state) {
      badge.dataset.live = state;
      badge.textContent = badge.dataset[state];
    },
  });
}
