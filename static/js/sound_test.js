/* Once a day on each device: would an alarm be heard here? Kept on the device, in a cookie that nobody stores: by it
   the server draws the question in its place, so that nothing below moves when the scripts have come. */

import { everySecond, serverNow } from "./page.js";
import { isUnlocked, lasting, play, unlock } from "./sound.js";

const TONES = ["blue", "yellow", "orange", "red"];
const PAUSE = 400;

/** The day of this device's clock, as the server corrects it: 2026-11-22. */
const today = () => new Date(serverNow()).toLocaleDateString("sv");

/** `sound=2026-11-22` or, where the browser let the page sound at once, `sound=2026-11-22.open`. */
const heardOn = () => (document.cookie.match(/(?:^|; )sound=([\d-]{10})/) || ["", ""])[1];

function keep(day, isOpen) {
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `sound=${day}${isOpen ? ".open" : ""};path=/;samesite=lax;max-age=172800${secure}`;
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export function start() {
  const box = document.querySelector("[data-sound-daily]");
  const main = document.querySelector("main");
  const wasOpen = isUnlocked();
  const show = (step) => {
    box.dataset.step = step;
    box.querySelectorAll("[data-when]").forEach((part) => { part.hidden = !part.dataset.when.split(" ").includes(step); });
  };

  /** It stands there on a fresh page, and comes later never under a finger; what is shown stays until it is answered. */
  function look(isFirst) {
    box.toggleAttribute("data-locked", !isUnlocked());
    if (!isFirst && !box.hidden && box.dataset.step !== "heard") return;
    const isDue = heardOn() !== today();
    if (isFirst && !isDue) keep(today(), wasOpen);
    if (!isDue && isUnlocked()) {
      box.hidden = isFirst || box.hidden;
      return;
    }
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
    keep(today(), wasOpen);
    show("heard");
    box.querySelector("[data-said]").focus();
  });
  box.querySelectorAll("[data-sound-levels]").forEach((button) => { button.disabled = false; });
  look(true);
  everySecond(() => look(false));
}
