/* Once a day on each device: would an alarm be heard here? Kept on the device; nobody else is told. */

import { everySecond, serverNow } from "./page.js";
import { isUnlocked, lasting, play, unlock } from "./sound.js";

const KEPT = "sound-heard";         // the day on which somebody heard all of them
const TONES = ["blue", "yellow", "orange", "red"];
const PAUSE = 400;

/** The day of this device's clock, as the server corrects it: 2026-11-22. */
const today = () => new Date(serverNow()).toLocaleDateString("sv");

let heardHere = "";

function heardOn() {
  try {
    return localStorage.getItem(KEPT) || heardHere;
  } catch (error) {
    return heardHere;
  }
}

function keep(day) {
  heardHere = day;
  try {
    localStorage.setItem(KEPT, day);
  } catch (error) { /* asked again when the page is opened again */ }
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export function start() {
  const box = document.querySelector("[data-sound-daily]");
  const main = document.querySelector("main");
  const show = (step) => {
    box.dataset.step = step;
    box.querySelectorAll("[data-when]").forEach((part) => { part.hidden = !part.dataset.when.split(" ").includes(step); });
  };

  /** It comes at once on a fresh page, and later never under a finger; what is shown stays until it is answered. */
  function look(isFirst) {
    box.toggleAttribute("data-locked", !isUnlocked());
    if (!box.hidden && box.dataset.step !== "heard") return;
    const isDue = heardOn() !== today();
    if (!isDue && isUnlocked()) return;
    if (!isFirst && main.matches(":hover")) return;
    show(isDue ? "ask" : "locked");
    box.hidden = false;
  }

  /** An alarm that sounds meanwhile comes first: its tone is not interrupted by a lower one. */
  async function sound() {
    show("playing");
    await unlock();
    for (const tone of TONES) {
      if (!isUnlocked()) break;
      box.querySelectorAll("[data-plays]").forEach((one) => one.toggleAttribute("data-on", one.dataset.plays === tone));
      play(tone);
      await wait(lasting(tone) + PAUSE);
    }
    box.querySelectorAll("[data-on]").forEach((one) => one.removeAttribute("data-on"));
    show(isUnlocked() ? "question" : "broken");
    box.querySelector(isUnlocked() ? "[data-heard]" : "[data-not-heard]").focus();
  }

  box.addEventListener("click", (event) => {
    if (event.target.closest("[data-sound-levels]")) sound();
    if (!event.target.closest("[data-heard]")) return;
    keep(today());
    show("heard");
    box.querySelector("[data-said]").focus();
  });
  look(true);
  everySecond(() => look(false));
}
