/* The board's service worker: a page that says there is no network, and words on a locked screen.

   It keeps KEPT and nothing else, whatever a page asks for. VERSION, OFFLINE and KEPT come before this text. */

const CACHE = `hien-staff-${VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE)
      .then((cache) => cache.addAll(KEPT.map((path) => new Request(path, { cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith("hien-staff-") && name !== CACHE;
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  else if (KEPT.includes(pathname)) event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(request)));
});

/* --- words for whoever looks elsewhere */

self.addEventListener("push", (event) => event.waitUntil(show(event.data?.json() ?? {})));

async function show({ title = "Hiên", tag }) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (windows.some(isBoardInFront)) return; // it has rung already
  await self.registration.showNotification(title, { tag, icon: "/static/mark.svg", renotify: Boolean(tag) });
}

function isBoardInFront({ url, visibilityState }) {
  return visibilityState === "visible" && isBoard(url);
}

function isBoard(url) {
  return new URL(url).pathname === "/staff/";
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(toTheBoard());
});

async function toTheBoard() {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const board = windows.find(({ url }) => isBoard(url));
  return board ? board.focus() : self.clients.openWindow("/staff/");
}
