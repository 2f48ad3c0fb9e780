/* An alarm after the press: its receipt takes the place of the form. Its position is asked for beside it, never
   waited for, and sent after it when it comes late, from the receipt's page too. */

import { user, word } from "./page.js";
import { all, change, post, receiptOf } from "./outbox.js";

const opened = Date.now();
const STILL_THERE = 120000;   // a position found later is not that of the alarm

const PATIENCE = { enableHighAccuracy: true, timeout: 120000, maximumAge: 60000 };

function locate(found) {
  if (navigator.geolocation && window.isSecureContext) navigator.geolocation.getCurrentPosition((fix) => found(position(fix)), () => {}, PATIENCE);
}

function position({ coords }) {
  return {
    latitude: Number(coords.latitude.toFixed(6)),
    longitude: Number(coords.longitude.toFixed(6)),
    accuracy_m: Math.round(coords.accuracy),
    crs: "WGS84",
  };
}

/* --- the form is away once it was pressed; another alarm is an act of its own --- */

const formOf = (id) => document.querySelector(`form#${CSS.escape(id)}[data-position]`);

function turn(form, isPressed) {
  form.hidden = isPressed;
  document.querySelectorAll("[data-before-press]").forEach((element) => { element.hidden = isPressed; });
  const pressed = document.querySelector("[data-pressed]");
  if (!pressed) return;
  pressed.hidden = !isPressed;
  if (isPressed) pressed.querySelector("[tabindex]").focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function onSent({ detail }) {
  if (detail.fix) follow(detail);
  const isMine = formOf(detail.form || "none") && detail.at >= opened;
  if (isMine && detail.receiptUrl && detail.answer.number) location.replace(receiptOf(detail));
}

function onClick({ target }) {
  const form = target.closest("[data-again]") && document.querySelector("form[data-position]");
  if (!form) return;
  form.reset();
  turn(form, false);
}

/** What was pressed before and still waits here is not pressed again by somebody who thinks that nothing happened. */
async function showWaiting() {
  const form = document.querySelector("form[data-position]");
  const waiting = (await all()).some((item) => item.box === "alarm" && item.state === "waiting" && item.user === user && !item.quiet);
  if (form && waiting) turn(form, true);
}

/** The receipt has been opened: the device may still be looking where it is. */
async function resume(number) {
  const item = (await all()).find(({ answer, located, at }) => answer && answer.number === number && !located && Date.now() - at < STILL_THERE);
  if (item) locate((fix) => attach(item.id, fix));
}

function onAdded({ detail: { form, item } }) {
  if (form.hasAttribute("data-position") && document.querySelector("[data-pressed]")) turn(form, true);
  if (form.hasAttribute("data-position")) locate((fix) => attach(item.id, fix));
}

/** Into the alarm if it has not been sent yet; otherwise it follows. */
async function attach(id, fix) {
  const item = await change(id, (now) => {
    if (now.tries === 0) now.body.position = fix;
    else now.fix = fix;
    now.located = true;
  });
  if (item && item.state === "sent") follow(item);
}

async function follow({ id, lateUrl, answer }) {
  let fix = null;
  await change(id, (now) => {
    fix = now.fix;
    now.fix = null;
  });
  if (!fix || !lateUrl || !answer.number) return;
  const url = lateUrl.replace("{number}", encodeURIComponent(answer.number));
  post("position", url, { what: word("position_later"), facts: {}, position: fix });
}

/** Where the right was given before, look already while the page is read: a fix takes a phone many seconds. */
async function warmUp() {
  if (!document.querySelector("form[data-position]") || !navigator.permissions) return;
  const right = await navigator.permissions.query({ name: "geolocation" }).catch(() => ({}));
  if (right.state === "granted") locate(() => {});
}

export function start() {
  document.addEventListener("outbox:added", onAdded);
  document.addEventListener("outbox:sent", onSent);
  document.addEventListener("outbox:edit", ({ detail }) => turn(detail, false));
  document.addEventListener("click", onClick);
  if (document.body.dataset.receiptOf) resume(document.body.dataset.receiptOf);
  showWaiting();
  warmUp();
}
