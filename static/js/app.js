/* The entry of every page: starts what the page needs. */

import { addresses, announce, user } from "./page.js";
import { start as startForms } from "./forms.js";
import { start as startOutbox } from "./outbox.js";

/* --- menus and dialogs --- */

function onClick(event) {
  const target = event.target;
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => menu.contains(target) || menu.removeAttribute("open"));
  const opener = target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog && dialog.showModal) {
    event.preventDefault();
    dialog.showModal();
  }
  if (target.closest("[data-close]")) target.closest("dialog").close();
  if (target.closest("[data-print]")) window.print();
  const help = target.closest("[data-help]");
  if (help && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
    event.preventDefault();
    import("./keys.js").then((keys) => keys.sheet(help, "help"));
  }
  if (target.closest("[data-back]") && history.length > 1) {
    event.preventDefault();
    history.back();
  }
}

function onKey(event) {
  if (event.key !== "Escape") return onShortcut(event);
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  });
}

/** What keys do on a desk is asked for at the first press: a telephone never loads it. */
async function onShortcut(event) {
  if (event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
  // Some browsers look for text in the page with it.
  if (event.key === "/" && !document.cookie.includes("keys=off")) event.preventDefault();
  (await import("./keys.js")).press(event.key);
}

/* --- theme and letter size: at once, without a trip to the server --- */

function onPreference(event) {
  const button = event.submitter;
  if (!event.target.matches("[data-preferences]") || !button || button.name === "language") return;
  event.preventDefault();
  const { name, value } = button;
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `${name}=${value};path=/;samesite=lax;max-age=${value ? 31536000 : 0}${secure}`;
  if (value) document.documentElement.setAttribute(`data-${name}`, value);
  else document.documentElement.removeAttribute(`data-${name}`);
  document.querySelectorAll(`[data-preferences] [name="${name}"]`).forEach((other) => other.setAttribute("aria-pressed", String(other.value === value)));
}

/* --- desktop notices: asked of the browser only at a press --- */

async function startDesktop() {
  const button = needs("[data-desktop]");
  if (!button) return;
  button.addEventListener("click", async () => (await import("./desktop.js")).press(button));
  try {
    const whose = localStorage.getItem("desktop-notices");
    if (whose === user) (await import("./desktop.js")).start(button);
    // This browser is told of what asks of somebody who is not here any more.
    else if (whose && localStorage.getItem("desktop-pushed")) (await import("./desktop.js")).leave();
  } catch (error) { /* a device that keeps nothing has them off */ }
}

/* --- security keys: a signature may come into the page later --- */

async function startKeys() {
  if (needs("[data-key-press]") || (addresses.security_key && needs("[data-security-key]"))) (await import("./security_keys.js")).start();
}

document.addEventListener("page:changed", startKeys);
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("submit", onPreference);

/* --- for when the network is gone --- */

/** Long after what the page needs itself: an alarm on a weak network waits for nothing. */
const LATER = 5000;

function keepOfflinePage() {
  if (addresses.worker && navigator.serviceWorker) setTimeout(() => navigator.serviceWorker.register(addresses.worker).catch(() => {}), LATER);
}

/** The number of the duty room stays on the device until somebody signs out. */
function keepDutyPhone() {
  const room = needs("[data-duty-phone]");
  try {
    if (room) localStorage.setItem("duty-phone", room.dataset.dutyPhone);
  } catch (error) { /* a device that keeps nothing */ }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-sign-out]")) return;
  try {
    localStorage.removeItem("duty-phone");
  } catch (error) { /* nothing was kept */ }
});

const needs = (selector) => document.querySelector(selector);

const isInView = (element) => element.getBoundingClientRect().bottom <= window.innerHeight;

async function start() {
  // The live channel first: it remembers the server's markup before the clocks write into it.
  if (document.body.dataset.after !== undefined) (await import("./live.js")).start();
  startForms();
  if (needs("form[data-position], [data-receipt-of]")) (await import("./alarm.js")).start();
  if (needs("[data-voice]")) (await import("./voice.js")).start();
  startOutbox();
  if (needs("time-left, [data-ago], [data-gone-at], [data-wall-clock], [data-part]")) (await import("./clocks.js")).start();
  if (document.body.dataset.after !== undefined || needs("[data-sound-test]")) (await import("./sound.js")).start();
  if (needs("[data-sound-daily]")) (await import("./sound_test.js")).start();
  if (needs("[data-keys-switch]")) (await import("./keys.js")).start();
  if (needs("[data-pages]")) (await import("./wall.js")).start();
  startDesktop();
  startKeys();
  // A table of days begins with the first; what is asked for is the present one: a column beside, or a row below.
  const today = needs("table [aria-current=date]");
  if (today) today.scrollIntoView({ block: today.scope === "col" || isInView(today) ? "nearest" : "center", inline: "end" });
  keepDutyPhone();
  keepOfflinePage();
  announce("page:ready");
}

start();
