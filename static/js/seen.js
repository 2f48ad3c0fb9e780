/* The receipt of an open screen: what is in sight of somebody has been delivered to them. */

import { ask, csrf } from "./page.js";

const told = new Set();

function unseen() {
  if (document.hidden) return [];
  return [...document.querySelectorAll("[data-unseen]")].map((row) => row.dataset.unseen).filter((id) => !told.has(id));
}

async function tell() {
  const list = document.querySelector("[data-seen-url]");
  const ids = unseen();
  if (!list || !ids.length) return;
  ids.forEach((id) => told.add(id));
  const body = new URLSearchParams(ids.map((id) => ["notice", id]));
  try {
    const answer = await ask(list.dataset.seenUrl, { method: "POST", body, headers: { "X-CSRFToken": csrf() } });
    if (answer.status !== 204) ids.forEach((id) => told.delete(id));
  } catch {
    ids.forEach((id) => told.delete(id));
  }
}

export function start() {
  document.addEventListener("page:changed", tell);
  document.addEventListener("visibilitychange", tell);
  tell();
}
