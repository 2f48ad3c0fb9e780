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

/** Told by the server while perhaps no page is open: what a locked screen may show, kept nowhere. */
self.addEventListener("push", (event) => event.waitUntil(tell(event.data)));

async function tell(data) {
  let one;
  try {
    one = data.json();
  } catch (error) {
    return;
  }
  const standing = await self.registration.getNotifications({ tag: one.tag });
  if (one.over) return takeBack(one, standing);
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  // Whoever looks at a page sees it there. A page that is hidden may have been faster.
  if (pages.some((page) => page.focused) || standing.some((old) => old.data && old.data.id === one.id)) return;
  const { id, url } = one;
  await self.registration.showNotification(one.title, {
    body: one.body, tag: one.tag, renotify: true, requireInteraction: one.stays, data: { id, url },
  });
}

/** Browsers want to see something for each push: what stood there says that it is over, without a sound. */
async function takeBack({ body, tag }, standing) {
  for (const old of standing) await self.registration.showNotification(old.title, { body, tag, silent: true, data: old.data });
}

/** A desktop notice was pressed: to the page it is about, in a window that is here already if there is one. */
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { data } = event.notification;
  if (data) event.waitUntil(goTo(new URL(data.url, self.location.origin).href));
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
