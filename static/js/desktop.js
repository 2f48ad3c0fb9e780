/* Desktop notices: for a page that is open and not looked at, and where the installation can, for when none is open.
   Loaded once somebody has switched them on. */

import { addresses, ask, csrf, say, toast, user, word } from "./page.js";

const KEPT = "desktop-notices";     // whose notices are on, on this device
const SHOWN = "desktop-shown";      // what every tab of it has shown
const PUSHED = "desktop-pushed";    // for which sign-in and address the server was told of this browser
const AT_MOST_EVERY = 2000;
const PUSH_WAIT = 15000;

let waiting = null;
let isListening = false;

function read(name) {
  try {
    return localStorage.getItem(name);
  } catch (error) {
    return null;
  }
}

function keep(name, value) {
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch (error) { /* on in this page only */ }
}

const isAway = () => document.hidden || !document.hasFocus();
const isAllowed = () => window.Notification && Notification.permission === "granted";

/* --- the switch --- */

/** The name of a switch stays: whether it is on is said by `aria-pressed`, and written for whoever sees it. */
export function showState(button, isOn) {
  button.setAttribute("aria-pressed", String(isOn));
  button.querySelector("[data-desktop-state]").textContent = word(isOn ? "switched_on" : "switched_off");
}

export async function press(button) {
  if (button.getAttribute("aria-pressed") === "true") {
    keep(KEPT, "");
    isListening = false;
    showState(button, false);
    return leave();
  }
  if (!window.Notification || !window.isSecureContext) return toast(word("desktop_missing"));
  if (await Notification.requestPermission() !== "granted") return toast(word("desktop_refused"));
  keep(KEPT, user);
  listen(button);
  say(word("desktop_on"));
  if (addresses.push) toast(await pushed(true));
}

/** At each page: a browser that is told without one is renewed at each sign-in. */
export function start(button) {
  listen(button);
  if (isListening && addresses.push) pushed(false);
}

/** What is there already was seen on the page. */
function listen(button) {
  isListening = isAllowed();
  showState(button, isListening);
  if (isListening) look(true);
}

/* --- told while no page is open --- */

/** Register this browser; a sentence of what came of it. Once for each sign-in: what somebody ended on their own page
    stays ended until then. */
async function pushed(isPressed) {
  try {
    const subscription = await within(subscribed(), PUSH_WAIT);
    const mark = `${addresses.push.session} ${subscription.endpoint}`;
    if (!isPressed && read(PUSHED) === mark) return word("push_on");
    const { keys } = subscription.toJSON();
    const answer = await send({ endpoint: subscription.endpoint, ...keys });
    if (answer.status < 500) keep(PUSHED, mark);
    if (answer.status === 201) return word("push_on");
    await subscription.unsubscribe();
    return JSON.parse(answer.text).message;
  } catch (error) {
    return word("push_failed");
  }
}

/** Without asking the reader: they have allowed notices. A subscription for another key of ours is of no use. */
async function subscribed() {
  const registration = await navigator.serviceWorker.register(addresses.worker).then(() => navigator.serviceWorker.ready);
  const found = await registration.pushManager.getSubscription();
  if (found && packed(found.options.applicationServerKey) === addresses.push.key) return found;
  if (found) await found.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: addresses.push.key });
}

/** Tell this browser nothing more: its reader has switched it off, or somebody else signed in here. */
export async function leave() {
  keep(PUSHED, "");
  const registration = navigator.serviceWorker && await navigator.serviceWorker.getRegistration();
  const found = registration && registration.pushManager && await registration.pushManager.getSubscription();
  if (!found) return;
  if (addresses.push) await send({ endpoint: found.endpoint, off: 1 }).catch(() => {});
  await found.unsubscribe();
}

function send(fields) {
  const headers = { "X-CSRFToken": csrf(), Accept: "application/json" };
  return ask(addresses.push.address, { method: "POST", headers, body: new URLSearchParams(fields), redirect: "manual" });
}

const packed = (key) => btoa(String.fromCharCode(...new Uint8Array(key))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const within = (promise, milliseconds) => Promise.race([
  promise,
  new Promise((resolve, refuse) => setTimeout(refuse, milliseconds, new Error("no answer"))),
]);

/* --- showing --- */

async function look(isSilent) {
  const answer = await ask(addresses.desktop, { headers: { Accept: "application/json" }, redirect: "manual" }, 10000).catch(() => ({}));
  if (answer.status !== 200) return;
  const { notices } = JSON.parse(answer.text);
  const shown = (read(SHOWN) || "").split(" ");
  const fresh = notices.filter((one) => !shown.includes(String(one.id)));
  // Kept before they are shown: another tab of this device was told the same.
  if (fresh.length) keep(SHOWN, [...shown, ...fresh.map((one) => one.id)].slice(-100).join(" ").trim());
  // The newest last, and one for each incident.
  if (!isSilent && isAway()) for (const one of fresh.reverse()) await show(one).catch(() => {});
}

async function show({ id, title, body, tag, url, stays }) {
  const options = { body, tag, renotify: true, requireInteraction: stays, data: { id, url } };
  const registration = navigator.serviceWorker && await navigator.serviceWorker.getRegistration();
  if (registration && registration.active) {
    const standing = await registration.getNotifications({ tag });
    // A push to this browser was faster.
    if (standing.some((one) => one.data && one.data.id === id)) return undefined;
    return registration.showNotification(title, options);
  }
  const note = new Notification(title, options);
  note.addEventListener("click", () => {
    window.focus();
    note.close();
    location.assign(url);
  });
}

/** Many entries come together; the notice of one may follow its entry by a moment. */
document.addEventListener("live:entries", () => {
  if (!isListening || waiting !== null) return;
  waiting = setTimeout(() => {
    waiting = null;
    look(false);
  }, AT_MOST_EVERY);
});
