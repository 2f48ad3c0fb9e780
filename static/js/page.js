/* What every module needs of the page. */

const page = JSON.parse(document.getElementById("page").textContent);

export const addresses = page;
export const user = document.body.dataset.user || "";

/** A text in the reader's language; `{n}` marks are filled in, and n = 1 takes the `_one` form. */
export function word(name, values = {}) {
  const text = (values.n === 1 && page.words[`${name}_one`]) || page.words[name] || name;
  return text.replace(/\{(\w+)\}/g, (mark, key) => (key in values ? values[key] : mark));
}

/* --- the server's time --- */

const samples = [];

/** Tell that the server's clock showed `at` just now. The largest of the last differences had the least delay. */
export function serverSays(at, heardAt = Date.now()) {
  const moment = typeof at === "number" ? at : Date.parse(at);
  if (!Number.isNaN(moment)) samples.push(moment - heardAt);
  if (samples.length > 8) samples.shift();
}

export const serverNow = () => Date.now() + (samples.length ? Math.max(...samples) : 0);

const [visit] = performance.getEntriesByType("navigation");
const asked = visit && visit.requestStart ? performance.timeOrigin + visit.requestStart : Date.now();
serverSays(document.body.dataset.now, asked);

const inShanghai = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hourCycle: "h23", ...options });
const seconds = inShanghai({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minutes = inShanghai({ hour: "2-digit", minute: "2-digit" });

export const clockTime = (moment, withSeconds = true) => (withSeconds ? seconds : minutes).format(moment);

/* --- one timer for everything that counts --- */

const counters = new Set();

export function everySecond(work) {
  counters.add(work);
}

/** Run all counters now; after new markup has come in. */
export function tick() {
  counters.forEach((work) => work());
}

setInterval(tick, 1000);
document.addEventListener("visibilitychange", () => document.hidden || tick());

/* --- telling --- */

let saying;

/** Put a text where screen readers hear it without moving anything. */
export function say(text) {
  const line = document.querySelector("[data-status]");
  if (!line) return;
  clearTimeout(saying);
  line.textContent = "";
  saying = setTimeout(() => { line.textContent = text; }, 50);
}

/** The same, and visible for a few seconds. */
export function toast(text) {
  const box = document.querySelector("[data-toasts]");
  if (box) {
    const note = document.createElement("p");
    note.className = "toast";
    note.textContent = text;
    // The newest alone: several of them cover the next button on a telephone.
    box.replaceChildren(note);
    setTimeout(() => note.remove(), 6000);
  }
  say(text);
}

export const announce = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

/** Markup was replaced: the counters draw it before the next paint. */
export function changed(root) {
  announce("page:changed", root);
  tick();
}

/* --- asking the server --- */

/** The token as it is now: it changes when somebody signs in again in another tab. */
export function csrf() {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(`${page.csrf_cookie}=`));
  return cookie ? cookie.slice(page.csrf_cookie.length + 1) : page.csrf;
}

/** `fetch` that gives up. A hung connection is a failed one. */
export async function ask(url, options = {}, timeout = 15000) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), timeout);
  try {
    const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", ...options, signal: control.signal });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, url: answer.url, redirected: answer.redirected, type: answer.type, text };
  } finally {
    clearTimeout(timer);
  }
}

/** A new random key; crypto.randomUUID is missing on plain http. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export const retryAfter = (headers) => 1000 * (parseInt(headers.get("Retry-After"), 10) || 0);

/** What had the focus is gone: go on from the title of its place. */
export function landOn(place) {
  const goal = place.querySelector("h1, h2, h3") || place;
  if (!goal.hasAttribute("tabindex")) goal.setAttribute("tabindex", "-1");
  goal.focus({ preventScroll: true });
}

/** An element with text children and attributes. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "click") element.addEventListener("click", value);
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}
