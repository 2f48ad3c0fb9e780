/* The wall: nobody scrolls there, so lists that overflow turn their pages, whole rows at a time. */

import { word } from "./page.js";

const TURN = 15000;
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

export function start() {
  const all = (step) => document.querySelectorAll("[data-pages]").forEach((list) => show(list, step));
  setInterval(() => all(1), TURN);
  document.addEventListener("page:changed", () => all(0));
  window.addEventListener("resize", () => all(0));
  all(0);
}
