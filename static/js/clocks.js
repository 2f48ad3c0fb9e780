/* Countdowns: the deadline is an attribute, one timer for all of them, the server's time. */

import { clockTime, everySecond, say, serverNow, word } from "./page.js";

const SOON = 120;
const spoken = new WeakMap();
const living = new Set();

const two = (number) => String(number).padStart(2, "0");

/** Seconds in the words of the page: mm:ss below an hour, hours, then days. */
export function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours < 1) return `${two(minutes)}:${two(seconds % 60)}`;
  if (hours < 48) return word("hours", { h: hours, m: two(minutes % 60) });
  return word("days", { d: Math.floor(hours / 24), h: hours % 24 });
}

class TimeLeft extends HTMLElement {
  connectedCallback() {
    if (this.hasAttribute("due") || this.hasAttribute("since")) living.add(this);
    this.draw();
  }

  disconnectedCallback() {
    living.delete(this);
  }

  draw() {
    const now = serverNow();
    if (this.hasAttribute("due")) this.count(Date.parse(this.getAttribute("due")) - now);
    else if (this.hasAttribute("since")) this.write("open", word("elapsed", { t: duration(whole(now - Date.parse(this.getAttribute("since")))) }));
  }

  count(left) {
    // Up to and including the deadline it is in time; the last second reads 00:00.
    const seconds = left >= 0 ? Math.floor(left / 1000) : whole(-left);
    const state = left < 0 ? "over" : seconds <= SOON ? "soon" : "run";
    this.write(state, word(left < 0 ? "over" : "left", { t: duration(seconds) }));
    if (this.hasAttribute("announce")) this.speak(left < 0 ? -1 : Math.ceil(left / 60000));
  }

  write(state, text) {
    const place = this.querySelector("b");
    if (place && place.textContent !== text) place.textContent = text;
    if (this.dataset.state !== state) this.dataset.state = state;
  }

  /** Five minutes, one minute, over: once each, and only when it happens while the reader is here. */
  speak(minutes) {
    const step = minutes < 0 ? 0 : minutes <= 1 ? 1 : minutes <= 5 ? 5 : 9;
    const before = spoken.get(this);
    spoken.set(this, step);
    if (before === undefined || step >= before) return;
    const label = this.getAttribute("aria-label") || "";
    say(step === 0 ? word("said_over", { label }) : word("said_minutes", { label, n: step }));
  }
}

const whole = (milliseconds) => Math.max(0, Math.floor(milliseconds / 1000));

function drawAges() {
  const now = serverNow();
  document.querySelectorAll("time[data-ago]").forEach((time) => {
    const minutes = Math.floor((now - Date.parse(time.dateTime)) / 60000);
    const text = minutes < 1 ? word("ago_now") : minutes < 60 ? word("ago_minutes", { n: minutes }) : word("ago_hours", { n: Math.floor(minutes / 60) });
    if (time.textContent !== text) time.textContent = text;
  });
  document.querySelectorAll("[data-wall-clock]").forEach((place) => { place.textContent = clockTime(now); });
}

/** What is offered for a moment only (`data-gone-at`): the seconds left, and away with it. */
function drawOffers() {
  document.querySelectorAll("[data-gone-at]").forEach((offer) => {
    const left = Math.ceil((Date.parse(offer.dataset.goneAt) - serverNow()) / 1000);
    const place = offer.querySelector("[data-left]");
    if (place) place.textContent = left > 0 ? `(${left})` : "";
    if (left <= 0) offer.hidden = true;
  });
}

export function start() {
  customElements.define("time-left", TimeLeft);
  everySecond(() => {
    living.forEach((clock) => clock.draw());
    drawAges();
    drawOffers();
  });
  drawAges();
  drawOffers();
}
