/* The page /check/: what this device can do. Asks for no permission; each test gives a state of its row. */

import { addresses, serverNow } from "./page.js";

const WAIT = 5000;
const MINUTE = 60000;

const within = (promise, fallback) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, WAIT, fallback))]);
const found = (is) => (is ? "ok" : "missing");

const TESTS = {
  secure: () => found(window.isSecureContext),
  worker,
  storage,
  live,
  sound: () => (window.AudioContext || window.webkitAudioContext ? "locked" : "missing"),
  position,
  notices: () => ("Notification" in window && Notification.permission !== "denied" ? "ok" : "no_matter"),
  push,
  clock: () => [found(Math.abs(serverNow() - Date.now()) <= MINUTE), `${Math.round((Date.now() - serverNow()) / 1000)} s`],
  screen: () => [found(window.innerWidth >= 320), `${window.innerWidth} × ${window.innerHeight}`],
  language: () => [navigator.language.slice(0, 2) === document.documentElement.lang.slice(0, 2) ? "ok" : "no_matter", navigator.language],
};

async function worker(row) {
  if (row.hasAttribute("data-switched-off")) return "off";
  if (!navigator.serviceWorker) return "missing";
  await navigator.serviceWorker.register(addresses.worker);
  return found(await within(navigator.serviceWorker.ready, null));
}

/** Whether the push service answers is seen at the switch alone: a test would register this device. */
async function push(row) {
  if (row.hasAttribute("data-switched-off")) return "off";
  if (!window.isSecureContext || !("PushManager" in window) || !("Notification" in window) || Notification.permission === "denied") return "no_matter";
  const registration = await navigator.serviceWorker.getRegistration();
  return registration && await registration.pushManager.getSubscription() ? "ok" : "asked";
}

/** In a base of its own, so that no alarm is touched. */
function storage() {
  return within(new Promise((resolve) => {
    const request = indexedDB.open("check", 1);
    const fail = () => resolve("missing");
    request.onupgradeneeded = () => request.result.createObjectStore("items");
    request.onerror = request.onblocked = fail;
    request.onsuccess = () => {
      const base = request.result;
      const transaction = base.transaction("items", "readwrite");
      transaction.objectStore("items").put(1, "one");
      transaction.onerror = transaction.onabort = fail;
      transaction.oncomplete = () => {
        base.close();
        indexedDB.deleteDatabase("check");
        resolve("ok");
      };
    };
  }), "missing");
}

function live() {
  const url = new URL(addresses.live, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url);
  const heard = new Promise((resolve) => {
    socket.addEventListener("message", () => resolve("ok"));
    socket.addEventListener("close", () => resolve("missing"));
  });
  return within(heard, "missing").finally(() => socket.close());
}

async function position() {
  if (!window.isSecureContext || !navigator.geolocation) return "missing";
  if (!navigator.permissions) return "asked";
  const { state } = await navigator.permissions.query({ name: "geolocation" });
  return { granted: "ok", denied: "missing" }[state] || "asked";
}

function show(row, state, measured) {
  row.dataset.state = state;
  row.querySelectorAll("[data-when]").forEach((part) => { part.hidden = !part.dataset.when.split(" ").includes(state); });
  if (measured) row.querySelector("[data-measured]").textContent = measured;
}

async function test(row) {
  const [state, measured] = await Promise.resolve(row).then(TESTS[row.dataset.check]).then((given) => [].concat(given)).catch(() => ["missing"]);
  show(row, state, measured);
  return state;
}

async function start() {
  document.querySelector("[data-browser]").textContent = navigator.userAgent;
  const rows = Array.from(document.querySelectorAll("[data-check]"));
  document.addEventListener("sound:played", () => show(rows.find((row) => row.dataset.check === "sound"), "ok"));
  const states = await Promise.all(rows.map(test));
  const whole = document.querySelector("[data-all-tested]");
  show(whole, found(!states.includes("missing")));
  whole.hidden = false;
}

start();
