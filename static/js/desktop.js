/* Desktop notices: for a page that is open and not looked at. Loaded once somebody has switched them on. */

import { addresses, ask, say, toast, user, word } from "./page.js";

const KEPT = "desktop-notices";     // whose notices are on, on this device
const SHOWN = "desktop-shown";      // what every tab of it has shown
const AT_MOST_EVERY = 2000;

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
    return showState(button, false);
  }
  if (!window.Notification || !window.isSecureContext) return toast(word("desktop_missing"));
  if (await Notification.requestPermission() !== "granted") return toast(word("desktop_refused"));
  keep(KEPT, user);
  start(button);
  say(word("desktop_on"));
}

/** What is there already was seen on the page. */
export function start(button) {
  isListening = isAllowed();
  showState(button, isListening);
  if (isListening) look(true);
}

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

async function show({ title, body, tag, url, stays }) {
  const options = { body, tag, renotify: true, requireInteraction: stays, data: url };
  const registration = navigator.serviceWorker && await navigator.serviceWorker.getRegistration();
  if (registration && registration.active) return registration.showNotification(title, options);
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
