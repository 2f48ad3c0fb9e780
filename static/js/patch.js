/* Bring a part of the page to what the server has just rendered, touching as little as possible. */

import { csrf, landOn, newKey, word } from "./page.js";

/** Element with a key → the server's markup it was last drawn from (scripts may have changed it since). */
const drawn = new WeakMap();
/** List → the rendering that waits until nobody is in the middle of it. */
const waiting = new Map();

const TOKENS = / name="(csrfmiddlewaretoken|idempotency_key)" value="[^"]*"/g;
const OWN_ATTRIBUTES = new Set(["open", "data-busy", "data-new", "data-silenced", "data-off", "aria-busy"]);
const WRITING = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select";
const LEFT_ALONE = "[data-keep], [data-busy]";

const print = (element) => element.outerHTML.replace(TOKENS, "");
const keyOf = (node) => (node.nodeType === 1 ? node.getAttribute("data-key") : null);
const keyed = (element) => Array.from(element.children).filter(keyOf);

/** Remember the server's markup before scripts change it. */
export function remember(root) {
  if (keyOf(root)) drawn.set(root, print(root));
  root.querySelectorAll("[data-key]").forEach((element) => drawn.set(element, print(element)));
}

/** An answer comes without tokens, the same for everybody: this page's own, and a new key for each form. */
const withTokens = (html) => html.replace(/ name="(csrfmiddlewaretoken|idempotency_key)" value=""/g,
  (mark, name) => ` name="${name}" value="${name === "idempotency_key" ? newKey() : csrf()}"`);

/** The answer in which rows that were in `before` are only named (`data-same`), with those rows; null if one is not there.
    `before` is null where they came with the page: they are in `part`, and stay named. */
export function whole(text, before, part) {
  const rows = before === null ? null : rowsOf(before);
  const here = rows ? null : new Set(Array.from(part.querySelectorAll("[data-key]"), keyOf));
  const rowNamed = (stub, key) => (rows ? rows.get(key) : here.has(key) ? stub : undefined);
  const { head, pieces, keys, tail } = split(text);
  const found = pieces.map((piece, index) => (/^<li\b[^>]*\sdata-same>/.test(piece) ? rowNamed(piece, keys[index]) : piece));
  return found.includes(undefined) ? null : [head, ...found, tail].join("");
}

/** Replace the content of `part` by the server's answer. Returns the elements that are new in a list. */
export function apply(part, answer) {
  const html = withTokens(answer);
  const text = html.replace(TOKENS, "");
  if (answers.get(part) === text && !part.querySelector("[data-more]")) return [];
  const rows = rowsIn(part, text, html);
  answers.set(part, text);
  part.querySelectorAll("[data-more]").forEach((bar) => bar.remove());
  const news = [];
  const focus = document.activeElement;
  const wasHere = part.contains(focus);
  if (rows) updateRows(rows.list, rows.entries, news);
  else update(part, parse(part, html), news);
  if (focus && focus !== document.activeElement && focus.isConnected) focus.focus({ preventScroll: true });
  else if (wasHere && !focus.isConnected) landOn(part);
  showBars();
  return news;
}

function rowsOf(text) {
  const { keys, pieces } = split(text);
  return new Map(keys.map((key, index) => [key, pieces[index]]));
}

function parse(part, html) {
  const sheet = document.createElement("template");
  sheet.innerHTML = html;
  let fresh = sheet.content.querySelector(`[data-part="${part.dataset.part}"]`);
  if (!fresh) {
    fresh = part.cloneNode(false);
    fresh.append(sheet.content);
  }
  return fresh;
}

/* --- the fast way: a long list of which few rows differ from the last answer is compared as text --- */

/** Part → the last answer, without tokens. */
const answers = new WeakMap();
const BEFORE_ROW = /(?=<li\b[^>]*\sdata-key=")/;
const ROW_KEY = /\sdata-key="([^"]*)"/;

/** An answer in pieces: what comes before the rows, the rows by key, and what comes after them. */
function split(text) {
  const [head, ...pieces] = text.split(BEFORE_ROW);
  const end = pieces.length ? pieces[pieces.length - 1].lastIndexOf("</li>") + 5 : 0;
  const tail = pieces.length ? pieces[pieces.length - 1].slice(end) : "";
  if (pieces.length) pieces[pieces.length - 1] = pieces[pieces.length - 1].slice(0, end);
  return { head, tail, pieces, keys: pieces.map((piece) => piece.match(ROW_KEY)[1]) };
}

/** The rows of the answer, if it differs from the last one in nothing but rows of one list; else null. */
function rowsIn(part, text, html) {
  const before = answers.get(part);
  const lists = new Set(Array.from(part.querySelectorAll("[data-key]"), (row) => row.parentNode));
  const [list] = lists;
  if (!before || lists.size !== 1 || !list.hasAttribute("data-list")) return null;
  const old = split(before);
  const fresh = split(text);
  if (old.head !== fresh.head || old.tail.trim() !== fresh.tail.trim() || !fresh.pieces.length) return null;
  const known = new Map(old.keys.map((key, index) => [key, old.pieces[index].trim()]));
  const changed = fresh.keys.map((key, index) => known.get(key) !== fresh.pieces[index].trim());
  const raw = split(html).pieces;
  const elements = raw.map((piece, index) => (changed[index] ? rowFrom(piece) : null));
  if (elements.some((element, index) => changed[index] && !element)) return null;
  const entries = fresh.keys.map((key, index) => ({ key, isSame: () => !changed[index], element: () => elements[index] || rowFrom(raw[index]) }));
  return { list, entries };
}

function rowFrom(piece) {
  const sheet = document.createElement("template");
  sheet.innerHTML = piece;
  return sheet.content.children.length === 1 ? sheet.content.firstElementChild : null;
}

/* --- elements --- */

function update(old, fresh, news) {
  if (old.matches(LEFT_ALONE)) return;
  const source = keyOf(fresh) ? print(fresh) : null;
  copyAttributes(old, fresh);
  if (old.hasAttribute("data-list") || isAllKeyed(fresh)) updateList(old, fresh, news);
  else if (isPlain(old)) replaceContent(old, fresh);
  else updateContent(old, fresh, news);
  if (source !== null) drawn.set(old, source);
}

/** Keyed children beside others are no list: as one, the others would never be brought up to date. */
const isAllKeyed = (element) => element.children.length > 0 && keyed(element).length === element.children.length;

/** Nothing in there that a reader could lose: no focus, no open detail, no typed text, nothing chosen, no list. */
function isPlain(element) {
  return !element.contains(document.activeElement)
    && !element.querySelector(`[data-list], [data-key], details[open], dialog[open], ${LEFT_ALONE}, ${WRITING}`)
    && !Array.from(element.querySelectorAll("input")).some((field) => field.checked !== field.defaultChecked);
}

function replaceContent(old, fresh) {
  const nodes = Array.from(fresh.childNodes);
  old.replaceChildren(...nodes);
  nodes.forEach((node) => node.nodeType === 1 && remember(node));
}

function copyAttributes(old, fresh) {
  for (const { name, value } of Array.from(fresh.attributes)) {
    if (!OWN_ATTRIBUTES.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of Array.from(old.attributes)) {
    if (!OWN_ATTRIBUTES.has(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}

function alike(a, b) {
  if (a.nodeName !== b.nodeName || keyOf(a) !== keyOf(b)) return false;
  return a.nodeType !== 1 || (a.id === b.id && a.getAttribute("name") === b.getAttribute("name") && a.type === b.type);
}

function updateContent(old, fresh, news) {
  const nodes = Array.from(fresh.childNodes);
  let here = old.firstChild;
  nodes.forEach((node, index) => {
    if (here && !alike(here, node)) here = findPlace(here, node, nodes.slice(index + 1), old);
    if (here && alike(here, node)) {
      updateNode(here, node, news);
      here = here.nextSibling;
    } else {
      old.insertBefore(node, here);
      if (node.nodeType === 1) remember(node);
    }
  });
  while (here) here = drop(here);
}

/** Where `node` belongs: at a later twin of it, or before `here` if `here` is still wanted, or in its place. */
function findPlace(here, node, rest, parent) {
  if (rest.some((other) => alike(here, other))) return here;
  let twin = here;
  while (twin && !alike(twin, node)) twin = twin.nextSibling;
  const end = twin || here.nextSibling;
  while (here && here !== end) here = drop(here);
  return here && here.parentNode === parent ? here : null;
}

/** Remove a node unless the page keeps it; returns the next one. */
function drop(node) {
  const next = node.nextSibling;
  if (!(node.nodeType === 1 && node.matches(LEFT_ALONE))) node.remove();
  return next;
}

function updateNode(old, fresh, news) {
  if (old.nodeType !== 1) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
  } else if (!keyOf(old) || !isSame(old, fresh)) {
    update(old, fresh, news);
  }
}

function isSame(old, fresh) {
  if (fresh.hasAttribute("data-same")) return true;
  const rev = fresh.getAttribute("data-rev");
  return rev !== null ? rev === old.getAttribute("data-rev") : drawn.get(old) === print(fresh);
}

/* --- lists: rows keep their element; their order waits while somebody is working in them --- */

function updateList(list, fresh, news) {
  updateRows(list, Array.from(fresh.children, (row) => ({ key: keyOf(row), isSame: (old) => isSame(old, row), element: () => row })), news);
}

/** `entries` are the wanted rows in order: key, whether the old row will do, and the new element. */
function updateRows(list, entries, news) {
  const have = rowsByKey(list);
  for (const { key, isSame: isUnchanged, element } of entries) {
    const old = have.get(key);
    if (old && !isUnchanged(old)) update(old, element(), news);
  }
  const difference = countDifference(entries, have);
  if (difference && isInUse(list)) {
    waiting.set(list, { entries, difference });
    return;
  }
  waiting.delete(list);
  if (difference || !have.size) arrange(list, entries, have, news);
}

const rowsByKey = (list) => new Map(keyed(list).map((row) => [keyOf(row), row]));

function countDifference(entries, have) {
  const keys = entries.map(({ key }) => key).filter(Boolean);
  const wanted = new Set(keys);
  const added = keys.filter((key) => !have.has(key)).length;
  const gone = Array.from(have.keys()).filter((key) => !wanted.has(key)).length;
  const moved = keys.join("\n") !== Array.from(have.keys()).join("\n");
  return added + gone || (moved ? 1 : 0);
}

function arrange(list, entries, have, news) {
  const rows = entries.map(({ key, element }) => have.get(key) || element());
  const old = new Set(have.values());
  const kept = new Set(rows);
  Array.from(list.childNodes).forEach((node) => kept.has(node) || drop(node));
  let here = list.firstElementChild;
  for (const row of rows) {
    // The row before its place has moved away: take it out now, instead of moving all others over it.
    if (here && row !== here && row === here.nextElementSibling) {
      const stray = here;
      here = row;
      stray.remove();
    }
    if (row === here) {
      here = here.nextElementSibling;
    } else {
      const isNew = keyOf(row) && !old.has(row);
      if (isNew) remember(row);
      list.insertBefore(row, here);
      if (isNew) welcome(row, news);
    }
  }
}

function welcome(row, news) {
  news.push(row);
  row.setAttribute("data-new", "");
  setTimeout(() => row.removeAttribute("data-new"), 2500);
}

/* --- in use: typing in it, or the pointer or keyboard was busy in it within the last ten seconds --- */

const PATIENCE = 10000;
let touched = { at: -PATIENCE, where: null };
const touch = (event) => { touched = { at: performance.now(), where: event.target }; };
["pointermove", "pointerdown", "keydown"].forEach((name) => document.addEventListener(name, touch, { passive: true, capture: true }));

/** After the reader's own act the list shows what came of it at once. */
const OWN_ACT = 3000;
let acted = -OWN_ACT;
document.addEventListener("live:refresh", () => { acted = performance.now(); });

function isInUse(list) {
  const focus = document.activeElement;
  if (focus && list.contains(focus) && focus.matches(WRITING)) return true;
  if (performance.now() - acted < OWN_ACT) return false;
  return performance.now() - touched.at < PATIENCE && touched.where instanceof Node && list.contains(touched.where);
}

/** Show "3 updates" over each list that waits; it takes no room of its own, so that no row moves away from the pointer. */
function showBars() {
  for (const [list, { difference }] of waiting) {
    if (!list.isConnected) {
      waiting.delete(list);
      continue;
    }
    const bar = document.createElement("button");
    bar.type = "button";
    bar.className = "more button small";
    bar.setAttribute("data-more", "");
    bar.textContent = word("updates", { n: difference });
    bar.addEventListener("click", () => release(list));
    barOf(list)?.remove();
    layOver(wholeOf(list), bar);
  }
}

function layOver(list, bar) {
  const place = list.getBoundingClientRect().top;
  list.before(bar);
  bar.style.marginBottom = `${place - list.getBoundingClientRect().top}px`;
}

/** Between the rows of a table and its head no button may stand. */
const wholeOf = (list) => list.closest("table") || list;

function barOf(list) {
  const previous = wholeOf(list).previousElementSibling;
  return previous && previous.hasAttribute("data-more") ? previous : null;
}

function release(list) {
  const { entries } = waiting.get(list) || {};
  waiting.delete(list);
  barOf(list)?.remove();
  const news = [];
  if (entries) arrange(list, entries, rowsByKey(list), news);
  return news;
}

/** Let go of lists nobody is busy with any more. Called once a second. */
export function releaseIdle() {
  return Array.from(waiting.keys()).filter((list) => !isInUse(list)).flatMap(release);
}
