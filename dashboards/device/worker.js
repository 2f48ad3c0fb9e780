/* The service worker: files whose name changes with their content, and one page for when the network is gone.
   Never a page with data. A classic script: module workers need newer browsers. KEPT stands above (views.worker). */

const HASHED = /\.[0-9a-f]{12}\.\w+$/;

self.addEventListener("install", (event) => {
  event.waitUntil(fill());
  self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(empty()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // A form that is sent is left to the browser, which asks before it sends it twice.
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => stored(KEPT.page)));
  else if (url.pathname.startsWith(KEPT.static)) event.respondWith(file(request, url));
});

/** A desktop notice was pressed: to the page it is about, in a window that is here already if there is one. */
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  if (event.notification.data) event.waitUntil(goTo(new URL(event.notification.data, self.location.origin).href));
});

async function goTo(address) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((page) => page.url.split("#")[0] === address);
  return there ? there.focus() : self.clients.openWindow(address);
}

/** Without cookies: what is kept is the same for everybody. */
async function fill() {
  const store = await caches.open(KEPT.store);
  await store.addAll([KEPT.page, ...KEPT.files].map((address) => new Request(address, { credentials: "omit" })));
}

async function empty() {
  for (const name of await caches.keys()) if (name.startsWith("kept-") && name !== KEPT.store) await caches.delete(name);
}

const stored = async (address) => (await (await caches.open(KEPT.store)).match(address)) || Response.error();

async function file(request, url) {
  if (!HASHED.test(url.pathname)) return fetch(request).catch(() => stored(url.pathname));
  const store = await caches.open(KEPT.store);
  const known = await store.match(request);
  if (known) return known;
  const answer = await fetch(request);
  // A full device keeps nothing more; the page has its file all the same.
  if (answer.ok) store.put(request, answer.clone()).catch(() => {});
  return answer;
}
