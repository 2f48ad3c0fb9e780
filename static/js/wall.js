/* The wall: nobody scrolls there, so lists that overflow turn their pages, whole rows at a time; and nobody is there to
   load the page again, so it does that by itself, but never while the server would not answer. */

import { ask, word } from "./page.js";

const TURN = 15000;
const LETTERS = 15;              // of a drawing, in its own units
const AGAIN = 10000;             // after a session that has ended, and while the server is not back
const ANEW = 6 * 3600 * 1000;    // what an update of the product brings is on the wall within six hours
const current = new WeakMap();

/** Fill pages with as many whole rows as fit; a row taller than the list has a page of its own. */
function pagesOf(list) {
  const rows = Array.from(list.children);
  rows.forEach((row) => row.removeAttribute("data-off"));
  const pages = [[]];
  let room = list.clientHeight + 1;
  for (const row of rows) {
    const height = row.getBoundingClientRect().height;
    if (height > room && pages[pages.length - 1].length) {
      pages.push([]);
      room = list.clientHeight + 1;
    }
    pages[pages.length - 1].push(row);
    room -= height;
  }
  return pages;
}

function show(list, step = 0) {
  const pages = pagesOf(list);
  const number = ((current.get(list) || 0) + step) % pages.length;
  current.set(list, number);
  pages.forEach((rows, index) => rows.forEach((row) => row.toggleAttribute("data-off", index !== number)));
  const place = document.querySelector(`[data-page-of="${list.dataset.pages}"]`);
  if (!place) return;
  place.textContent = pages.length < 2 ? "" : word("page_of", { n: number + 1, m: pages.length });
}

/** Where letters are so large that panels have no room beside each other (`data-turns`), they take turns. */
function turn(place, step = 0) {
  const panels = Array.from(place.children);
  const number = ((current.get(place) || 0) + step) % panels.length;
  current.set(place, number);
  panels.forEach((panel, index) => panel.toggleAttribute("data-off", index !== number));
}

/** A drawing is as large as its place, and its letters would shrink with it: they are drawn as large as the smallest beside it. */
function fit(drawing) {
  const size = drawing.getScreenCTM();
  if (size && size.a) drawing.style.setProperty("--grows", parseFloat(getComputedStyle(drawing).fontSize) / size.a / LETTERS);
}

/** Its place changes with what stands around it, and whenever its panel has its turn. */
const places = new ResizeObserver((seen) => seen.forEach(({ target }) => fit(target)));

function enlarge() {
  document.querySelectorAll("[data-from-afar]").forEach((drawing) => {
    fit(drawing);
    places.observe(drawing);
  });
}

/** What has just come stands first (`data-newest`): back to the first page. */
function redraw(part) {
  part.querySelectorAll("[data-pages][data-newest]").forEach((list) => current.delete(list));
  document.querySelectorAll("[data-pages]").forEach((list) => show(list));
  enlarge();
}

/** Load the page again, once the server answers. */
async function renew() {
  try {
    const { status, type } = await ask(location.href, { method: "HEAD", redirect: "manual" }, 8000);
    if (status === 200 || type === "opaqueredirect") location.reload();
    else setTimeout(renew, AGAIN);
  } catch (error) {
    setTimeout(renew, AGAIN);
  }
}

/** A screen that hangs on a wall: nobody presses anything there. */
function keepUp(screen) {
  let leaving = false;
  const leave = (wait) => {
    if (!leaving) setTimeout(renew, wait);
    leaving = true;
  };
  document.addEventListener("live:state", ({ detail }) => detail === "out" && leave(AGAIN));
  document.addEventListener("live:entries", ({ detail }) => {
    if (detail.some(({ kind, subject }) => kind === "screen.changed" && subject === screen)) leave(1000);
  });
  setTimeout(() => leave(0), ANEW);
}

export function start() {
  const all = (step) => {
    document.querySelectorAll("[data-turns]").forEach((place) => turn(place, step));
    document.querySelectorAll("[data-pages]").forEach((list) => show(list, step));
    enlarge();
  };
  setInterval(() => all(1), TURN);
  document.addEventListener("page:changed", ({ detail }) => redraw(detail));
  window.addEventListener("resize", () => all(0));
  if (document.body.dataset.wall) keepUp(document.body.dataset.wall);
  all(0);
}
