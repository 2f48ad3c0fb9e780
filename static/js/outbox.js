/* What is pressed on this device is stored here first and sent until the server has it. */

import { announce, ask, csrf, everySecond, make, newKey, retryAfter, say, serverNow, user, word } from "./page.js";
import { fill, isSignIn, refusalIn, valuesOf } from "./forms.js";

const EVERY = 5000;
const KEPT_AFTER_SENT = 12 * 3600 * 1000;
const TWICE = 30000;       // the same press again within this time is the same alarm
const WITHDRAW_FOR = 10000;

/* --- storage: IndexedDB, or memory with a warning when the browser refuses it --- */

const memory = new Map();
let opening;

function database() {
  if (!opening) {
    opening = new Promise((resolve, reject) => {
      const request = indexedDB.open("outbox", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("items", { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error("blocked"));
    });
    opening.catch(() => {});
  }
  return opening;
}

async function inStore(mode, work) {
  const base = await database();
  return new Promise((resolve, reject) => {
    // strict: the alarm must survive the battery going flat right after the press.
    const transaction = base.transaction("items", mode, { durability: "strict" });
    const request = work(transaction.objectStore("items"));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

async function keep(item) {
  try {
    await inStore("readwrite", (store) => store.put(item));
    memory.delete(item.id);
  } catch (error) {
    memory.set(item.id, item);
  }
}

async function forget(id) {
  for (const name of [id, noteId(id)]) {
    memory.delete(name);
    await inStore("readwrite", (store) => store.delete(name)).catch(() => {});
  }
}

export async function all() {
  const stored = await inStore("readonly", (store) => store.getAll()).catch(() => []);
  return [...stored, ...memory.values()].sort((a, b) => a.at - b.at);
}

/** Change an item as it is stored at this moment; returns it as it is then. */
export async function change(id, work) {
  let item = memory.get(id);
  if (item) work(item);
  else item = await inStore("readwrite", (store) => changeIn(store, id, work)).catch(() => undefined);
  await draw();
  return item;
}

function changeIn(store, id, work) {
  const request = store.get(id);
  request.onsuccess = () => {
    if (!request.result) return;
    work(request.result);
    store.put(request.result);
  };
  return request;
}

/* --- writing --- */

/** The form as JSON: dots nest, `data-many` makes lists, empty numbers are left out. */
export function toBody(form, button) {
  const result = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || ["csrfmiddlewaretoken", "idempotency_key"].includes(field.name)) continue;
    if (["submit", "button", "image", "file", "reset"].includes(field.type)) continue;
    const isChoice = field.type === "checkbox" || field.type === "radio";
    if (field.hasAttribute("data-flag")) set(result, field.name, field.checked);
    else if (field.hasAttribute("data-many")) set(result, field.name, field.checked || !isChoice ? [field.value] : [], true);
    else if (!isChoice || field.checked) setValue(result, field);
  }
  if (button && button.name) set(result, button.name, button.value);
  return result;
}

function setValue(result, field) {
  const isNumber = field.type === "number" || field.hasAttribute("data-number");
  if (isNumber && field.value === "") return;
  set(result, field.name, isNumber ? Number(field.value) : field.value);
}

function set(result, path, value, append = false) {
  const names = path.split(".");
  const name = names.pop();
  const place = names.reduce((object, part) => (object[part] = object[part] || {}), result);
  place[name] = append ? [...(place[name] || []), ...value] : value;
}

async function onSubmit(event) {
  const form = event.target;
  if (!form.matches("[data-outbox]")) return;
  event.preventDefault();
  if (form.hasAttribute("data-busy")) return;
  form.setAttribute("data-busy", "");
  setTimeout(() => form.removeAttribute("data-busy"), 2000);
  const item = write(form, event.submitter);
  if (await isTwice(item)) return say(word("box_saved"));
  const note = noteOf(item, form);
  // The alarm first and alone: what is large takes the device a moment longer.
  await keep(item);
  if (note) await keep(note);
  item.unsaved = memory.has(item.id);
  say(word(item.unsaved ? "box_unsaved" : "box_saved"));
  await draw();
  announce("outbox:added", { form, item });
  flush();
}

function write(form, button) {
  const id = newKey();
  const content = toBody(form, button);
  if (form.dataset.outbox === "alarm") {
    content.client_id = id;
    content.known_at = content.known_at || new Date(serverNow()).toISOString();
    content.position = null;
  }
  return {
    id,
    box: form.dataset.outbox,
    user,
    url: form.dataset.url,
    method: form.dataset.method || "POST",
    body: content,
    fields: valuesOf(form),
    form: form.id,
    lateUrl: form.dataset.lateUrl || "",
    receiptUrl: form.dataset.receiptUrl || "",
    withdraw: form.hasAttribute("data-withdraw"),
    at: Date.now(),
    next: 0,
    tries: 0,
    state: "waiting",
  };
}

const bare = (box, url) => ({ id: newKey(), box, user, url, method: "POST", body: null, fields: [], at: Date.now(), next: 0, tries: 0, state: "waiting" });

/** Put something in the outbox that no form has written. */
export async function post(box, url, content) {
  await keep({ ...bare(box, url), body: content, quiet: true });
  flush();
}

/* --- what was said with an alarm: an item of its own, which follows it and keeps nothing else waiting --- */

/** Form → { blob, url, isWhole } (voice.js). */
export const recordings = new WeakMap();

export const noteId = (alarm) => `${alarm}-note`;

const noteItem = (alarm, url, blob) => ({ ...bare("voice", url.replace("{client_id}", alarm)), id: noteId(alarm), after: alarm, blob });

function noteOf(item, form) {
  const said = recordings.get(form);
  recordings.delete(form);
  // Its last piece may still be on its way from the microphone.
  return said && { ...noteItem(item.id, said.url, said.blob), next: said.isWhole ? 0 : Date.now() + 3000 };
}

export async function postNote(alarm, url, blob) {
  await keep(noteItem(alarm, url, blob));
  await draw();
  flush();
}

async function isTwice(item) {
  const same = ({ body: { client_id, known_at, position, ...rest } }) => JSON.stringify(rest);
  const recent = (await all()).filter((other) => other.box === item.box && other.state === "waiting" && item.at - other.at < TWICE);
  return recent.some((other) => other.url === item.url && same(other) === same(item));
}

/* --- sending --- */

/** A recording takes a weak network minutes; no alarm waits behind it. */
const LANES = [
  { lock: "outbox", takes: ({ blob }) => !blob },
  { lock: "outbox-voice", takes: ({ blob }) => blob },
];

/** One tab sends, the others look on; where there are no locks, the server's idempotency holds alone. */
const alone = (name, work) => (navigator.locks ? navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : null)) : work());

export const flush = () => Promise.all(LANES.map(run));

async function run(lane) {
  // The network may come back during a try that met none.
  lane.isAskedAgain = lane.isBusy;
  if (lane.isBusy) return;
  lane.isBusy = true;
  try {
    do {
      lane.isAskedAgain = false;
      await alone(lane.lock, () => sendAll(lane));
    } while (lane.isAskedAgain);
  } finally {
    lane.isBusy = false;
    await draw();
  }
}

async function sendAll({ takes }) {
  const sendable = (item) => item.state === "waiting" && item.user === user && Date.now() >= item.next;
  if (!user) return;
  const tried = new Set();
  for (;;) {
    const items = await all();
    const isFree = ({ after }) => !after || !items.some(({ id, state }) => id === after && state !== "sent");
    const item = items.find((other) => takes(other) && sendable(other) && isFree(other) && !tried.has(other.id));
    if (!item) return;
    tried.add(item.id);
    if ((await send(item)) === "offline") return;
  }
}

async function send({ id }) {
  // Counted before it is sent: from now on the body must not change, one key means one request.
  const item = await change(id, (now) => { now.tries += 1; });
  if (!item) return "gone";
  draw(id);
  let answer;
  try {
    const type = item.blob ? item.blob.type.split(";")[0] || "audio/webm" : "application/json";
    const headers = { "Content-Type": type, Accept: "application/json", "X-CSRFToken": csrf(), "Idempotency-Key": id };
    const body = item.blob || JSON.stringify(item.body);
    answer = await ask(item.url, { method: item.method, headers, body, redirect: "manual" }, item.blob ? 120000 : 15000);
  } catch (error) {
    await change(id, (now) => { now.why = "offline"; });
    return "offline";
  }
  if (answer.status >= 200 && answer.status < 300) await delivered(item, read(answer.text));
  else await notTaken(item, answer);
  return "answered";
}

function read(text) {
  try {
    return JSON.parse(text) || {};
  } catch (error) {
    return {};
  }
}

async function delivered(item, answer) {
  const stored = await change(item.id, (now) => {
    Object.assign(now, { state: "sent", sentAt: Date.now(), why: "", answer: brief(answer), body: null, blob: null, fields: [] });
  });
  if (!item.blob) run(LANES[1]);
  // A note is on its alarm's receipt.
  if (item.quiet || item.after) return forget(item.id);
  const form = item.form && document.getElementById(item.form);
  // Emptied only if nobody has begun to write the next one.
  if (form && JSON.stringify(valuesOf(form)) === JSON.stringify(item.fields)) form.reset();
  say(`${word("box_sent")} ${answer.number || answer.receipt || ""}`);
  if (stored) announce("outbox:sent", stored);
}

/** What is shown afterwards, and nothing else: a phone may be lost. */
const brief = ({ number, receipt, url, page, on_time, received_at, withdraw_url, masked_because }) => ({ number, receipt, url, page, on_time, received_at, withdraw_url, masked_because });

async function notTaken(item, answer) {
  const isKept = [0, 401, 403, 408, 425, 429].includes(answer.status) || answer.status >= 500;
  const { code = "", detail = "", errors = {} } = read(answer.text);
  const sentence = [detail, ...sentencesIn(errors)].join(" ");
  if (!isKept && item.quiet) return forget(item.id);
  // A position is never a reason for an alarm not to arrive: once more without it. A refusal has kept no key.
  const isRetried = !isKept && Boolean(item.body && item.body.position);
  await change(item.id, (now) => {
    now.why = [0, 401].includes(answer.status) ? "signed_out" : answer.status === 403 ? "refused" : code.startsWith("alarm_") ? "waits" : "busy";
    now.said = sentence;
    now.next = isRetried ? 0 : Date.now() + Math.max(retryAfter(answer.headers), patience(item.tries));
    if (isRetried) now.body.position = null;
    else if (!isKept) now.state = "failed";
  });
  if (isRetried) setTimeout(flush, 100);
  else if (!isKept) say(`${word("box_failed")} ${sentence}`);
}

/** Five seconds, later up to thirty, and not all phones at once. */
const patience = (tries) => Math.min(30000, EVERY * 1.5 ** Math.min(tries, 6)) * (0.7 + 0.6 * Math.random());

/** All sentences of a tree of errors, whatever its form. */
function sentencesIn(errors) {
  if (typeof errors === "string") return [errors];
  return errors && typeof errors === "object" ? Object.values(errors).flatMap(sentencesIn) : [];
}

/** The page that follows what becomes of it, where the form names one. */
export const receiptOf = ({ receiptUrl, answer }) =>
  (receiptUrl && answer && answer.number ? receiptUrl.replace("{number}", encodeURIComponent(answer.number)) : "");

/* --- showing --- */

async function draw(sending = "") {
  const items = await all();
  showChip(items);
  document.querySelectorAll("[data-outbox-list]").forEach((place) => {
    place.classList.add("outbox");
    const mine = items.filter((item) => item.box === place.dataset.outboxList && !item.quiet).reverse();
    const rows = new Map(Array.from(place.children).map((row) => [row.dataset.key, row]));
    const wanted = mine.map((item) => row(item, rows.get(item.id), item.id === sending));
    const isSame = wanted.length === place.children.length && wanted.every((element, index) => element === place.children[index]);
    if (!isSame) place.replaceChildren(...wanted);
  });
}

function showChip(items) {
  const chip = document.querySelector("[data-outbox-chip]");
  if (!chip) return;
  const waiting = items.filter((item) => item.state !== "sent" && item.state !== "withdrawn" && !item.quiet);
  chip.hidden = !waiting.length;
  if (!waiting.length) return;
  chip.querySelector("[data-outbox-count]").textContent = word("box_chip", { n: waiting.length });
  if (waiting[0].page) chip.href = waiting[0].page;
}

/** Draw an item; an unchanged one keeps its element, and so its focus. */
function row(item, old, sending) {
  const withdrawFor = secondsToWithdraw(item);
  const shown = JSON.stringify([item.state, item.why, item.said, sending, memory.has(item.id), item.withdrawSaid]);
  if (old && old.dataset.shown === shown) return old;
  return make("div", { class: "item", "data-key": item.id, "data-state": item.state, "data-shown": shown },
    make("div", { class: "grow" }, ...lines(item, sending)), ...buttons(item, withdrawFor));
}

function lines(item, sending) {
  if (item.after) return [make("b", {}, word("box_voice")), ...lines({ ...item, after: "" }, sending)];
  const answer = item.answer || {};
  if (item.state === "sent" || item.state === "withdrawn") {
    const name = answer.number || answer.receipt || "";
    const page = receiptOf(item) || answer.page || (answer.url && !answer.url.startsWith("/api/") ? answer.url : "");
    return [
      make("p", {}, word(item.state === "withdrawn" ? "withdrawn" : "box_sent"), answer.on_time === false ? ` · ${word("box_late")}` : ""),
      name ? make("p", { class: "number" }, page ? make("a", { href: page }, name) : name) : "",
      answer.masked_because ? make("p", { class: "note", "data-look": "warn", "data-masked": true }, answer.masked_because) : "",
      answer.note ? make("p", {}, answer.note) : "",
      item.withdrawSaid ? make("p", {}, item.withdrawSaid) : "",
    ];
  }
  if (item.state === "failed") return [make("p", {}, make("b", {}, word("box_failed"))), make("p", {}, item.said || "")];
  const place = word(memory.has(item.id) ? "box_unsaved" : "box_saved");
  const other = item.user !== user && user;
  const why = other ? word("box_other") : !user || item.why === "signed_out" ? word("box_signed_out")
    : item.why === "offline" ? word("box_offline") : item.why === "busy" ? word("box_busy") : item.why === "waits" ? item.said : item.why === "refused" ? item.said || word("box_signed_out") : "";
  return [make("p", {}, make("b", {}, place), ` · ${word(sending ? "box_sending" : "box_waiting")}`), why ? make("p", { class: "muted small" }, why) : ""];
}

function buttons(item, withdrawFor) {
  if (item.state === "failed") {
    return [
      item.after ? "" : make("button", { type: "button", class: "button", click: () => edit(item) }, word("box_edit")),
      make("button", { type: "button", class: "button quiet", click: () => forget(item.id).then(() => draw()) }, word("box_drop")),
    ];
  }
  if (withdrawFor > 0) return [make("button", { type: "button", class: "button danger", "data-withdraw-until": item.sentAt + WITHDRAW_FOR, click: (event) => withdraw(item, event.currentTarget) }, word("withdraw", { n: withdrawFor }))];
  return [];
}

/** Back into the form, with a new id: the old one belongs to what was refused. */
async function edit(item) {
  const form = document.getElementById(item.form);
  if (!form) return;
  const note = (await all()).find(({ after }) => after === item.id);
  if (note) recordings.set(form, { blob: note.blob });
  announce("outbox:edit", form);
  item.fields.forEach((value) => fill(form, value));
  await forget(item.id);
  await draw();
  const first = form.querySelector("input:not([type=hidden]), textarea, select");
  if (first) first.focus();
}

/* --- withdrawing a false alarm --- */

function secondsToWithdraw(item) {
  if (!item.withdraw || item.state !== "sent" || !(item.answer || {}).withdraw_url || item.withdrawSaid) return 0;
  return Math.ceil((item.sentAt + WITHDRAW_FOR - Date.now()) / 1000);
}

async function withdraw(item, button) {
  button.disabled = true;
  button.removeAttribute("data-withdraw-until");
  const { done, said } = await sendWithdrawal(item);
  const text = done ? "" : said || word("withdraw_failed");
  say(text || word("withdrawn"));
  if (done) await forget(noteId(item.id));
  await change(item.id, (now) => Object.assign(now, { state: done ? "withdrawn" : "sent", withdrawSaid: text }));
}

/** To the API or to an ordinary form. */
async function sendWithdrawal({ id, answer: { withdraw_url: url } }) {
  const key = `withdraw-${id}`;
  const isApi = url.startsWith("/api/");
  const headers = { Accept: isApi ? "application/json" : "text/html", "X-CSRFToken": csrf(), "Idempotency-Key": key, "X-Form": "1" };
  if (isApi) headers["Content-Type"] = "application/json";
  try {
    const answer = await ask(url, { method: "POST", headers, body: isApi ? "{}" : new URLSearchParams({ idempotency_key: key }), redirect: "manual" });
    const goal = answer.headers.get("X-Location");
    return { done: answer.status >= 200 && answer.status < 300 && !(goal && isSignIn(goal)), said: isApi ? read(answer.text).detail : refusalIn(answer.text) };
  } catch (error) {
    return { done: false, said: "" };
  }
}

function countWithdrawals() {
  document.querySelectorAll("[data-withdraw-until]").forEach((button) => {
    const left = Math.ceil((Number(button.dataset.withdrawUntil) - Date.now()) / 1000);
    if (left > 0) button.textContent = word("withdraw", { n: left });
    else button.remove();
  });
}

async function tidy() {
  for (const item of await all()) {
    const over = (item.state === "sent" || item.state === "withdrawn") && Date.now() - item.sentAt > KEPT_AFTER_SENT;
    if (over || (item.state !== "waiting" && item.user !== user && user)) await forget(item.id);
  }
}

const opened = Date.now();

/** A report that was sent leads to its receipt. */
function leave({ detail: { form, at, answer } }) {
  const place = form && document.getElementById(form);
  if (!place || place.dataset.outbox !== "zero") return;
  // What is being typed now is not left for something sent earlier.
  const isFree = at >= opened || !place.querySelector("textarea");
  if (isFree && answer && answer.page) location.assign(answer.page);
}

export async function start() {
  document.addEventListener("outbox:sent", leave);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("page:changed", () => draw());
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  setInterval(flush, EVERY);
  everySecond(countWithdrawals);
  await tidy();
  await flush();
}
