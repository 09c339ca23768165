/* Notices of a page, outside of what it draws anew, so that the next change does not wipe one unread. */

const NOTICE_MS = 6_000;

export function show(notice, forMs = NOTICE_MS) {
  document.getElementById("notices").replaceChildren(notice);
  if (forMs !== Infinity) setTimeout(() => notice.remove(), forMs);
}
