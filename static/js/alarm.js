/* The position of an alarm: asked for beside it, never waited for, sent after it when it comes late. */

import { word } from "./page.js";
import { change, post } from "./outbox.js";

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

function onAdded({ detail: { form, item } }) {
  if (form.hasAttribute("data-position")) locate((fix) => attach(item.id, fix));
}

/** Into the alarm if it has not been sent yet; otherwise it follows. */
async function attach(id, fix) {
  const item = await change(id, (now) => {
    if (now.tries === 0) now.body.position = fix;
    else now.fix = fix;
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
  document.addEventListener("outbox:sent", ({ detail }) => detail.fix && follow(detail));
  warmUp();
}
