/* Forms that are sent once, keep what was typed, and say calmly when something is not possible. */

import { addresses, announce, ask, changed, clockTime, csrf, landOn, make, newKey, retryAfter, say, toast, user, word } from "./page.js";

const SHOW_AFTER = 300;
const LONGEST_WAIT = 15000;
const DRAFT_LIFE = 12 * 3600 * 1000;
/** Left by a form that worked for the page it leads to. */
const ARRIVED = "form-arrived";

/* --- sending --- */

const isStale = () => ["stale", "out"].includes(document.body.dataset.link);

function onSubmit(event) {
  const form = event.target;
  const button = event.submitter;
  const wantsFresh = form.matches("[data-needs-fresh]") || (button && button.matches("[data-needs-fresh]"));
  if (wantsFresh && isStale()) {
    event.preventDefault();
    tell(form, word("needs_fresh"), "warn");
  } else if (form.matches("[data-once]") && (form.getAttribute("method") || "").toLowerCase() === "post") {
    event.preventDefault();
    if (!form.hasAttribute("data-busy")) send(form, button);
  }
}

function send(form, button) {
  const content = new FormData(form);
  if (button && button.name) content.append(button.name, button.value);
  const key = content.get("idempotency_key") || newKey();
  content.set("idempotency_key", key);
  const letter = {
    form,
    key,
    content,
    act: button ? button.textContent.replace(/\s+/g, " ").trim() : "",
    url: (button && button.getAttribute("formaction")) || form.getAttribute("action") || location.href,
    tries: 0,
    idle: showBusy(form, button),
  };
  attempt(letter);
}

/** Lock the form; after 300 ms the button says so. Returns what unlocks it. */
function showBusy(form, button) {
  form.setAttribute("data-busy", "");
  form.setAttribute("aria-busy", "true");
  const place = button || form.querySelector("button:not([type=button])");
  const label = place ? Array.from(place.childNodes) : [];
  const timer = setTimeout(() => place && place.replaceChildren(word("sending")), SHOW_AFTER);
  return () => {
    clearTimeout(timer);
    form.removeAttribute("data-busy");
    form.removeAttribute("aria-busy");
    if (place) place.replaceChildren(...label);
  };
}

async function attempt(letter) {
  const { form, key, content, url } = letter;
  content.set("csrfmiddlewaretoken", csrf());
  const headers = { "X-Form": "1", "X-Requested-With": "fetch", "Idempotency-Key": key, Accept: "text/html" };
  let answer;
  try {
    answer = await ask(url, { method: "POST", body: content, headers }, Number(form.dataset.timeout) || 15000);
  } catch (error) {
    return again(letter, 0);
  }
  const goal = answer.headers.get("X-Location") || (answer.redirected ? answer.url : "");
  if (goal && isSignIn(goal)) return pause(letter, word("signed_out_form"), true);
  if (goal) return arrive(letter, goal);
  if (answer.status === 401) return pause(letter, word("signed_out_form"), true);
  if ([429, 502, 503, 504].includes(answer.status)) return again(letter, retryAfter(answer.headers));
  if (answer.status >= 500) return pause(letter, refusalIn(answer.text) || word("not_done"));
  if (answer.status === 422 || answer.status === 400) return correct(letter, answer.text);
  if (answer.status >= 400) return refuse(letter, answer.text);
  return form.hasAttribute("data-stay") ? arrive(letter, "") : correct(letter, answer.text);
}

export const isSignIn = (url) => Boolean(addresses.sign_in) && new URL(url, location.href).pathname === addresses.sign_in && location.pathname !== addresses.sign_in;

/** It worked: go where the server says, or stay and show what has changed. */
function arrive(letter, goal) {
  const { form, idle, act } = letter;
  dropDraft(form);
  if (!form.hasAttribute("data-stay")) {
    const next = new URL(goal, location.href);
    const samePage = next.pathname + next.search === location.pathname + location.search;
    store(() => sessionStorage.setItem(ARRIVED, "1"));
    location.assign(next);
    if (samePage && next.hash) location.reload();
    return;
  }
  idle();
  clearNote(form);
  form.reset();
  renewKey(form);
  const dialog = form.closest("dialog");
  if (dialog && dialog.open) dialog.close();
  // Sent with Enter: nobody is typing there any more, so the list around it may move on.
  if (form.contains(document.activeElement) && document.activeElement.matches("input, textarea")) landOn(form.closest("[data-part]") || document.querySelector("main"));
  toast(form.dataset.done || (act ? word("done_act", { act }) : word("done")));
  announce("live:refresh");
}

/** After a form that worked: the answer it brought, or the title, not the top of the page. */
function welcome() {
  if (!store(() => sessionStorage.getItem(ARRIVED))) return;
  store(() => sessionStorage.removeItem(ARRIVED));
  const answer = document.querySelector("main > .note[role=status]");
  if (answer) answer.setAttribute("tabindex", "-1");
  if (answer) answer.focus();
  else landOn(document.querySelector("main"));
}

/** Not reachable for the moment: keep everything and try again with the same key. */
function again(letter, wish) {
  letter.tries += 1;
  const wait = Math.max(wish, Math.min(LONGEST_WAIT, 500 * 2 ** (letter.tries - 1)));
  const timer = setTimeout(() => attempt(letter), wait);
  const now = make("button", { type: "button", class: "button small", click: () => { clearTimeout(timer); attempt(letter); } }, word("retry"));
  if (letter.tries === 1 || !noteOf(letter.form)) tell(letter.form, word("kept_retrying"), "warn", now);
  else replaceAction(letter.form, now);
}

/** Wait for the reader: something else has to happen first. */
function pause(letter, text, signIn = false) {
  letter.idle();
  const retry = make("button", {
    type: "button",
    class: "button small",
    click: () => { letter.idle = showBusy(letter.form, null); clearNote(letter.form); attempt(letter); },
  }, word("retry"));
  const link = signIn && make("a", { href: addresses.sign_in, target: "_blank", class: "button small" }, word("sign_in"));
  tell(letter.form, text, "warn", link || null, retry);
}

/** A definite no: the sentence of the server, what was typed, and a new key for another try. */
function refuse(letter, html) {
  letter.idle();
  renewKey(letter.form);
  tell(letter.form, refusalIn(html) || word("not_done"), "bad", ...waysOut(html));
}

/** Where what stands in the way can be ended: the links of the refusal's page that lead elsewhere. */
function waysOut(html) {
  const links = new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-refusal-open] a");
  const elsewhere = Array.from(links).filter((link) => link.getAttribute("href") !== location.pathname);
  return elsewhere.map((link) => make("a", { href: link.getAttribute("href"), class: "button small" }, link.textContent.trim()));
}

/** The server has drawn the form again, with what is wrong. */
function correct(letter, html) {
  const { form, idle } = letter;
  const answer = new DOMParser().parseFromString(html, "text/html");
  const fresh = form.id && answer.getElementById(form.id);
  // No form came back, only a sentence: say it here, so that nothing typed is lost.
  if (!fresh && (answer.querySelector("[data-refusal]") || !answer.querySelector("main"))) return refuse(letter, html);
  idle();
  document.title = answer.title || document.title;
  const place = fresh || answer.querySelector("main");
  (fresh ? form : document.querySelector("main")).replaceWith(document.adoptNode(place));
  markAsTyped(place);
  const goal = place.querySelector("[data-error-summary]") || place.querySelector("[aria-invalid=true], [autofocus]") || place;
  goal.focus();
  goal.scrollIntoView({ block: "center" });
  changed(place);
}

/** What comes back in a corrected form was typed: to the browser it is a beginning, which a live part would replace. */
function markAsTyped(place) {
  for (const field of place.querySelectorAll("input, textarea, select")) {
    if (!isKept(field)) continue;
    if (field.checked) {
      field.defaultChecked = false;
      field.checked = true;
    } else if (field.options) Array.from(field.options).forEach((option) => { option.selected = Boolean(option.selected); });
    else if (field.type !== "checkbox" && field.type !== "radio") field.value = String(field.value);
  }
}

export function refusalIn(html) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  const sentence = answer.querySelector("[data-refusal-text]");
  const more = Array.from(answer.querySelectorAll("[data-refusal-fields] li"), (item) => item.textContent.trim());
  return sentence ? [sentence.textContent.trim(), ...more].join(" ") : "";
}

function renewKey(form) {
  const field = form.querySelector("input[name=idempotency_key]");
  if (field) field.value = newKey();
}

/* --- the note in a form --- */

const noteOf = (form) => form.querySelector("[data-form-note]");

function clearNote(form) {
  const note = noteOf(form);
  if (note) note.remove();
}

function tell(form, text, look, ...actions) {
  clearNote(form);
  const buttons = actions.filter(Boolean);
  form.prepend(make("div", { class: "note", "data-look": look, "data-form-note": true },
    make("p", {}, text), buttons.length ? make("div", { class: "row", "data-note-actions": true }, ...buttons) : ""));
  noteOf(form).scrollIntoView({ block: "nearest" });
  say(text);
}

function replaceAction(form, button) {
  const place = form.querySelector("[data-note-actions]");
  const hadFocus = place.contains(document.activeElement);
  place.replaceChildren(button);
  if (hadFocus) button.focus();
}

/* --- what the browser finds missing, said in the page's language --- */

/** The first that holds counts; the rest are for the server. */
const FAULTS = [
  ["valueMissing", "field_missing"],
  ["badInput", "field_unreadable"],
  ["typeMismatch", "field_unreadable"],
  ["patternMismatch", "field_unreadable"],
  ["stepMismatch", "field_unreadable"],
  ["rangeUnderflow", "field_low"],
  ["rangeOverflow", "field_high"],
  ["tooShort", "field_short"],
  ["tooLong", "field_long"],
];

function onInvalid(event) {
  const field = event.target;
  event.preventDefault();
  showFault(field, faultOf(field));
  const first = field.form && field.form.querySelector(":invalid:not(fieldset)");
  // The others' events come too; only the first takes the reader there.
  if (first === field) field.focus();
}

function faultOf(field) {
  const [, name] = FAULTS.find(([fault]) => field.validity[fault]) || [];
  if (!name) return field.validationMessage;
  const choice = field.matches("select, [type=radio], [type=checkbox]") && name === "field_missing";
  return word(choice ? "field_unchosen" : name, { min: field.min || field.minLength, max: field.max || field.maxLength });
}

/** All fields of one name get one sentence. */
const groupOf = (field) => Array.from(field.form.elements).filter((other) => other.name === field.name);

function showFault(field, text) {
  clearFault(field);
  const id = `${field.name}-fault`;
  const note = make("p", { class: "field-error", id, "data-fault": true }, text);
  const legend = field.type === "radio" && field.closest("fieldset") && field.closest("fieldset").querySelector("legend");
  if (legend) legend.after(note);
  else (field.closest("label") || field).before(note);
  groupOf(field).forEach((one) => { one.setAttribute("aria-invalid", "true"); one.setAttribute("aria-errormessage", id); });
  if (field.closest(".field")) field.closest(".field").setAttribute("data-invalid", "");
}

function clearFault(field) {
  const note = field.form.querySelector(`[data-fault][id="${CSS.escape(`${field.name}-fault`)}"]`);
  if (!note) return;
  note.remove();
  groupOf(field).forEach((one) => { one.removeAttribute("aria-invalid"); one.removeAttribute("aria-errormessage"); });
  if (field.closest(".field")) field.closest(".field").removeAttribute("data-invalid");
}

/* --- drafts --- */

const draftName = (form) => `draft:${user}:${form.dataset.draft}`;
const SECRET = /password|credential|one-time-code/;

const isKept = (field) => field.name && !field.disabled && !["hidden", "password", "file", "submit", "button", "image"].includes(field.type)
  && !SECRET.test(`${field.autocomplete} ${field.name}`);

/** Form → the timer that will save its draft. */
const timers = new Map();

function onInput(event) {
  const form = event.target.form;
  if (!form || !form.matches("[data-draft]")) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => saveDraft(form), 300));
}

/** Whoever leaves within the moment that a draft waits has typed it all the same. */
function saveWaitingDrafts() {
  for (const form of [...timers.keys()]) saveDraft(form);
}

function saveDraft(form) {
  clearTimeout(timers.get(form));
  timers.delete(form);
  store(() => localStorage.setItem(draftName(form), JSON.stringify({ at: Date.now(), values: valuesOf(form) })));
}

const valueOf = (field) => (field.multiple ? Array.from(field.selectedOptions, (option) => option.value) : field.value);

function restoreDraft(form) {
  // The server's own answer (a corrected form) is newer than any draft.
  if (form.querySelector("[data-error-summary]")) return;
  const draft = store(() => JSON.parse(localStorage.getItem(draftName(form)) || "null"));
  if (!draft) return;
  const before = new FormData(form);
  draft.values.forEach((value) => fill(form, value));
  if (String(new URLSearchParams(before)) === String(new URLSearchParams(new FormData(form)))) return;
  tell(form, word("draft_restored", { time: clockTime(draft.at, false) }), "info",
    make("button", { type: "button", class: "button small", click: () => { dropDraft(form); form.reset(); clearNote(form); } }, word("draft_drop")));
}

/** Put one saved value back where it was. Also used by the outbox. */
export function fill(form, [name, value, checked]) {
  for (const field of form.elements) {
    if (field.name !== name || !isKept(field)) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.value !== value) continue;
      field.checked = checked;
      if (checked && !field.defaultChecked) openTo(field);
    } else if (field.multiple) {
      Array.from(field.options).forEach((option) => { option.selected = value.includes(option.value); });
    } else {
      field.value = value;
      if (value && value !== field.defaultValue) openTo(field);
    }
  }
}

/** What was typed behind a summary is seen again. */
function openTo(field) {
  for (let around = field.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
}

export const valuesOf = (form) => Array.from(form.elements).filter(isKept).map((field) =>
  (field.type === "checkbox" || field.type === "radio" ? [field.name, field.value, field.checked] : [field.name, valueOf(field), null]));

function dropDraft(form) {
  clearTimeout(timers.get(form));
  timers.delete(form);
  if (form.dataset.draft) store(() => localStorage.removeItem(draftName(form)));
}

/** Not on a shared PC. */
function tidyDrafts(all = false) {
  if (all) [...timers.keys()].forEach(dropDraft);
  store(() => {
    for (const name of Object.keys(localStorage).filter((key) => key.startsWith("draft:"))) {
      const mine = !user || name.startsWith(`draft:${user}:`);
      const { at } = JSON.parse(localStorage.getItem(name) || "{}");
      if (all || !mine || !(Date.now() - at < DRAFT_LIFE)) localStorage.removeItem(name);
    }
  });
}

/** Storage may be switched off: then there are no drafts. */
function store(work) {
  try {
    return work();
  } catch (error) {
    return null;
  }
}

export function start() {
  document.addEventListener("submit", onSubmit);
  document.addEventListener("submit", (event) => event.target.matches("[data-sign-out]") && tidyDrafts(true));
  document.addEventListener("input", onInput);
  document.addEventListener("invalid", onInvalid, true);
  document.addEventListener("input", (event) => event.target.form && event.target.validity.valid && clearFault(event.target));
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (event.target.matches("[data-fill]")) form.requestSubmit(form.elements.fill);
    if (form && form.matches("[data-autosubmit]") && event.target.matches("select, [type=checkbox], [type=radio]")) form.requestSubmit();
  });
  window.addEventListener("pagehide", saveWaitingDrafts);
  window.addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form[data-busy]").forEach((form) => {
    form.removeAttribute("data-busy");
    form.removeAttribute("aria-busy");
    renewKey(form);
  }));
  welcome();
  tidyDrafts();
  document.querySelectorAll("form[data-draft]").forEach(restoreDraft);
}
