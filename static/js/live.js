/* The live channel: one socket that says what happened; the page asks again for the parts concerned.

   Freshness is derived from what was received, never from what the browser believes about the network. */

import { addresses, announce, ask, changed, clockTime, csrf, everySecond, say, serverNow, serverSays, toast, word } from "./page.js";
import { apply, releaseIdle, remember, whole } from "./patch.js";

const LATE = 9;          // seconds without a message: amber
const STALE = 20;        // red, nothing can be signed
const STABLE = 30000;    // a socket that has lived this long starts the backoff anew
const TOGETHER = 250;    // entries within this many ms are one look
const POLL_EVERY = 3000;
const body = document.body;

let last = Number(body.dataset.after);
let socket = null;
let openedAt = 0;
let failures = 0;
let spread = 8;          // the server may name another spread in its hello
let ended = "";          // "out": signed out; "gone": no longer allowed here
let reconnecting;
let polling = null;

/* --- when did we last hear anything? --- */

const mark = () => ({ steady: performance.now(), wall: Date.now() });
let heard = mark();
let everHeard = false;

/** Seconds since `then`: the larger of two clocks, because one stops while the PC sleeps and one may be set back. */
function secondsSince(then) {
  return Math.max(0, performance.now() - then.steady, Date.now() - then.wall) / 1000;
}

function hear() {
  heard = mark();
  everHeard = true;
  show();
}

/* --- the socket --- */

/** Seconds to wait before try number `tries`: anywhere up to a limit that doubles, so that a thousand screens spread out. */
export function backoff(tries, range = 8, random = Math.random) {
  const limit = Math.min(30, range * 2 ** Math.max(0, tries - 1));
  return 0.5 + random() * Math.max(0, limit - 0.5);
}

function connect() {
  clearTimeout(reconnecting);
  if (ended || socket) return;
  const url = new URL(addresses.live, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("after", last);
  const mine = new WebSocket(url);
  socket = mine;
  openedAt = 0;
  mine.addEventListener("message", (event) => mine === socket && receive(JSON.parse(event.data)));
  mine.addEventListener("close", (event) => mine === socket && lose(event.code));
  setTimeout(() => mine === socket && !openedAt && lose(0), 10000);
}

function lose(code) {
  const mine = socket;
  socket = null;
  if (mine) mine.close();
  if (code === 4401) return finish("out");
  failures += 1;
  if (failures >= 2) startPolling();
  clearTimeout(reconnecting);
  reconnecting = setTimeout(connect, 1000 * backoff(failures, spread));
}

function receive(message) {
  if (message.type === "hello") greet(message);
  else if (message.type === "entry") take([message]);
  else if (message.type === "beat") beat(message);
  else if (message.type === "rights") lookAgain();
  else if (message.type === "reload") startOver(message.number);
  hear();
}

function greet({ spread: wish }) {
  openedAt = performance.now();
  if (wish > 0) spread = wish;
  stopPolling();
  refreshParts(allParts().filter(isWaiting));
}

/** What lies between cannot be replayed, or the journal is another one: fetch everything, go on from `number`. */
function startOver(number) {
  last = number;
  states.forEach((state) => { state.number = 0; });
  refreshAll();
}

/** A beat follows everything before its number that this reader may see: go on from there after a break, and say that
    nothing is missing. */
function beat({ number, at }) {
  serverSays(at);
  last = Math.max(last, number);
  if (returning) toast(word(missed ? "said_caught_up" : "said_live", { n: missed }));
  [returning, missed] = [false, 0];
  if (performance.now() - openedAt > STABLE) failures = 0;
}

/** What this person may see has changed, perhaps this page: parts are asked for, a page without any asks for itself. */
async function lookAgain() {
  if (allParts().length) return refreshAll();
  try {
    const answer = await ask(location.href, { method: "HEAD", redirect: "manual" }, 10000);
    if ([403, 404, 410].includes(answer.status)) finish("gone");
  } catch (error) { /* the age on the screen says that nothing is heard */ }
}

/** Nothing of what is closed stays on the screen; the server says why. */
async function empty() {
  const main = document.getElementById("main");
  main.replaceChildren();
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  try {
    const { text } = await ask(location.href, { headers: { Accept: "text/html" }, redirect: "manual" }, 10000);
    const page = new DOMParser().parseFromString(text, "text/html");
    main.replaceChildren(...page.getElementById("main").childNodes);
    document.title = page.title;
  } catch (error) { /* it stays empty */ }
}

function finish(why) {
  const mine = socket;
  if (why === "gone" && ended !== "gone") empty();
  ended = why;
  socket = null;
  if (mine) mine.close();
  stopPolling();
  clearTimeout(reconnecting);
  show();
}

/* --- without a socket: ask for the journal --- */

function startPolling() {
  if (addresses.journal && polling === null && !ended) polling = setTimeout(poll, Math.random() * 1000);
}

function stopPolling() {
  clearTimeout(polling);
  polling = null;
}

async function poll() {
  const url = `${addresses.journal}?after=${last}&limit=200`;
  try {
    const answer = await ask(url, { headers: { Accept: "application/json" }, redirect: "manual" }, 8000);
    if (answer.status === 401 || answer.type === "opaqueredirect") return finish("out");
    if (answer.status === 200) {
      const { entries, last: reached, reload } = JSON.parse(answer.text);
      if (reload) startOver(reached);
      take(entries);
      last = Math.max(last, reached);
      hear();
    }
  } catch (error) { /* still no connection: the age on the screen says so */ }
  if (polling !== null) polling = setTimeout(poll, POLL_EVERY * (0.8 + 0.4 * Math.random()));
}

/* --- entries and the parts they touch --- */

let news = [];
let returning = false;   // the screen was behind, and no beat has come since: what comes is what it missed
let missed = 0;
let looking = null;
let lookedAt = 0;

function take(entries) {
  // The first of them may be here before anybody has looked whether the screen is live again.
  if (returning || ["late", "stale"].includes(shown)) missed += entries.length;
  for (const entry of entries) if (entry.number > last) last = entry.number;
  news.push(...entries);
  if (looking !== null || !news.length) return;
  // Where a crowd of screens was told the same, the server says over what time their questions are to be spread.
  const crowd = Math.max(...news.map((entry) => entry.spread || 0));
  looking = setTimeout(look, Math.max(30, TOGETHER - (performance.now() - lookedAt)) + Math.random() * crowd);
}

function look() {
  looking = null;
  lookedAt = performance.now();
  const entries = news;
  news = [];
  refreshParts(allParts().filter((part) => entries.some((entry) => entry.number > stateOf(part).number && touches(part, entry))));
  announce("live:entries", entries);
}

export function touches(part, entry) {
  const kinds = (part.dataset.kinds || "").split(/\s+/);
  if (!kinds.some((prefix) => prefix && (prefix === "*" || entry.kind.startsWith(prefix)))) return false;
  const subjects = (part.dataset.subjects || "").split(/\s+/).filter(Boolean);
  return !subjects.length || subjects.includes(entry.subject) || subjects.includes(entry.thread);
}

/* --- fetching parts --- */

const states = new Map();
/** Part → the tag of the answer that came with the page itself. */
const tags = JSON.parse(body.dataset.tags || "{}");
const allParts = () => Array.from(document.querySelectorAll("[data-part]"));

function stateOf(part) {
  const name = part.dataset.part;
  const has = tags[name] ? { tag: tags[name], html: null } : null;
  if (!states.has(name)) states.set(name, { number: Number(body.dataset.after) || 0, has, busy: false, again: false, since: null, tries: 0, at: mark() });
  return states.get(name);
}

export function refreshAll() {
  refreshParts(allParts());
}

/** Ask for these parts together; who is being asked for already is asked for once more afterwards. */
async function refreshParts(parts) {
  const asked = parts.filter(begin);
  if (!asked.length) return;
  const came = await fetchParts(asked);
  const again = asked.filter((part) => end(part, came.has(part)));
  if (again.length) setTimeout(() => refreshParts(again.filter(isWaiting)), TOGETHER);
}

function begin(part) {
  const state = stateOf(part);
  state.since = state.since || mark();
  state.again = state.busy;
  if (state.busy) return false;
  state.busy = true;
  return true;
}

/** Whether it has to be asked for again at once. One that did not come is tried by itself, later and later. */
function end(part, hasCome) {
  const state = stateOf(part);
  state.busy = false;
  if (ended || !part.isConnected) return false;
  if (hasCome && !state.again) settle(state);
  state.tries = hasCome ? 0 : state.tries + 1;
  if (!hasCome) setTimeout(() => isWaiting(part) && refreshParts([part]), 1000 * Math.min(15, backoff(state.tries, 1.5)));
  return hasCome && state.again;
}

const isWaiting = (part) => !stateOf(part).busy && stateOf(part).since !== null;

function settle(state) {
  state.since = null;
  state.tries = 0;
  state.at = mark();
  show();
}

/** Ask for parts in one request. Returns those that are up to date now. */
async function fetchParts(parts) {
  const url = new URL(location.href);
  url.hash = "";
  url.searchParams.delete("part");
  parts.forEach((part) => url.searchParams.append("part", part.dataset.part));
  const headers = { "X-Part": "1", Accept: parts.length > 1 ? "application/json" : "text/html" };
  // What is here already need not come again: all of it (304), or rows of it (226).
  const tags = parts.map((part) => stateOf(part).has).filter(Boolean).map(({ tag }) => tag);
  if (tags.length) Object.assign(headers, { "If-None-Match": tags.join(", "), "A-IM": "rows" });
  try {
    const answer = await ask(url, { headers, redirect: "manual" }, 10000);
    if (answer.type === "opaqueredirect" || answer.status === 401) finish("out");
    else if ([403, 404, 410].includes(answer.status)) finish("gone");
    if (![200, 226, 304].includes(answer.status)) return new Set();
    const answers = read(answer, parts);
    return new Set(parts.filter((part) => accept(part, answers(part))));
  } catch (error) {
    return new Set();
  }
}

/** Part → its status, tag, journal number and markup, out of the answer to one or to several. */
function read({ status, headers, text }, parts) {
  if (parts.length > 1 && status !== 304) {
    const members = JSON.parse(text);
    return (part) => members[part.dataset.part];
  }
  return () => ({ status, tag: headers.get("ETag"), number: Number(headers.get("X-Journal-Number")), html: text });
}

function accept(part, { status, tag, number, html }) {
  const state = stateOf(part);
  const markup = status === 226 ? whole(html, state.has.html, part) : html;
  if (markup === null) state.has = null;
  if (markup === null) return false;
  state.number = Math.max(state.number, number || 0);
  if (status === 304) return true;
  state.has = tag ? { tag, html: markup } : null;
  draw(part, markup);
  return true;
}

function draw(part, html) {
  const rows = apply(part, html);
  const text = part.dataset.announce;
  if (rows.length && text) say(text.replace("{n}", rows.length));
  if (rows.length) announce("live:rows", rows);
  changed(part);
}

/* --- showing how fresh the screen is --- */

let shown = "";

/** Age of the oldest thing on the screen that should have been renewed. */
function age() {
  const unanswered = Array.from(states.values()).filter((state) => state.since).map((state) => secondsSince(state.since));
  return Math.max(secondsSince(heard), ...unanswered);
}

function show() {
  const old = age();
  const now = ended ? "out" : old >= STALE ? "stale" : old >= LATE ? "late" : everHeard ? "live" : "connecting";
  const n = Math.floor(old);
  body.dataset.link = now;
  const dot = document.querySelector("[data-link-state]");
  const words = { live: "link_live", connecting: "link_connecting", late: "link_late", stale: "link_stale", out: outWord() };
  if (dot) setText(dot, word(words[now], { n }));
  showBar(now, n, clockTime(serverNow() - old * 1000));
  if (now === "live") document.querySelectorAll("[data-as-of]").forEach((place) => setText(place, clockTime(serverNow())));
  if (now !== shown) tell(now);
  shown = now;
}

const outWord = () => ended === "gone" ? "link_gone" : "link_out";
const setText = (element, text) => { if (element.textContent !== text) element.textContent = text; };

function showBar(now, n, time) {
  const bar = document.querySelector("[data-stale]");
  if (!bar) return;
  bar.hidden = !["late", "stale", "out"].includes(now);
  if (bar.hidden) return;
  const name = now === "late" ? "stale_late" : now === "stale" ? "stale_red" : ended === "gone" ? "stale_gone" : "stale_out";
  setText(bar.querySelector("[data-stale-text]"), word(name, { n, time }));
  bar.querySelector("[data-stale-sign-in]").hidden = ended !== "out";
  bar.querySelector("[data-stale-reload]").hidden = ended !== "gone";
}

function tell(now) {
  const texts = { late: "said_late", stale: "said_red", out: outWord() };
  if (texts[now]) say(word(texts[now]));
  else if (now === "live" && ["late", "stale"].includes(shown)) returning = true;
  announce("live:state", now);
}

/* --- the receipt of an open screen: what is in sight of somebody has been delivered to them --- */

const seen = new Set();

function unseen() {
  if (document.hidden) return [];
  return [...document.querySelectorAll("[data-unseen]")].map((row) => row.dataset.unseen).filter((id) => !seen.has(id));
}

async function tellSeen() {
  const list = document.querySelector("[data-seen-url]");
  const ids = unseen();
  if (!list || !ids.length) return;
  ids.forEach((id) => seen.add(id));
  const form = new URLSearchParams(ids.map((id) => ["notice", id]));
  try {
    const answer = await ask(list.dataset.seenUrl, { method: "POST", body: form, headers: { "X-CSRFToken": csrf() } });
    if (answer.status !== 204) ids.forEach((id) => seen.delete(id));
  } catch {
    ids.forEach((id) => seen.delete(id));
  }
}

/* --- start --- */

function watch() {
  show();
  // Half open: the network took the connection away without telling. Nine seconds are three missed beats.
  if (socket && openedAt && secondsSince(heard) >= LATE) lose(0);
  const rows = releaseIdle();
  if (rows.length) announce("live:rows", rows);
  if (!ended) refreshParts(allParts().filter(isOld));
}

/** Changes by time alone, and was fetched that long ago. */
function isOld(part) {
  const every = Number(part.dataset.every);
  const state = stateOf(part);
  if (!every || state.busy || secondsSince(state.at) < every) return false;
  state.at = mark();
  return true;
}

export function start() {
  allParts().forEach((part) => {
    remember(part);
    stateOf(part);
  });
  everySecond(watch);
  document.addEventListener("live:refresh", refreshAll);
  document.addEventListener("page:changed", tellSeen);
  document.addEventListener("visibilitychange", tellSeen);
  window.addEventListener("online", () => socket || connect());
  document.addEventListener("visibilitychange", () => document.hidden || socket || connect());
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    refreshAll();
    connect();
  });
  window.addEventListener("pagehide", () => {
    const mine = socket;
    socket = null;
    if (mine) mine.close();
  });
  connect();
  show();
  // Left out of the page because it is slow to make and few need it at once.
  refreshParts(allParts().filter((part) => part.hasAttribute("data-lazy")));
  tellSeen();
}
