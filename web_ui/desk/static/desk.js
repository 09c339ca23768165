/* Keeps a part of a page up to date: when something changed, it is asked for again. */

import { listen } from "/static/live.js";

const badge = document.querySelector("[data-live]");
const SETTLE_MS = 150; // what follows the first event of a batch so soon is one more change to a person

export function follow(nouns, part) {
  let due = null;
  let isMore = false;

  /* A page without such a part still shows whether it is connected. */
  function refresh() {
    part?.dispatchEvent(new Event("live"));
  }

  /* The first is asked for at once; those that come while it settles, together afterwards. */
  function changed() {
    if (due) {
      isMore = true;
      return;
    }
    refresh();
    due = setTimeout(() => {
      due = null;
      if (isMore) changed();
      isMore = false;
    }, SETTLE_MS);
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
