/* Keys for a desk. They work while nobody is typing, and can be switched off (WCAG 2.1.4). */

const isOff = () => document.cookie.split("; ").includes("keys=off");

/* --- what each of them does --- */

function find() {
  const box = document.querySelector("#search-q");
  if (box) box.select();
  else document.querySelector("[data-find]")?.click();
}

/** The link of the card after (or before) the one in focus. */
function go(by) {
  const links = [...document.querySelectorAll("[data-list] > [data-key] h3 a, [data-list] > [data-key] a.clamp")];
  const here = links.findIndex((link) => link.closest("[data-key]").contains(document.activeElement));
  links[Math.min(Math.max(here < 0 ? 0 : here + by, 0), links.length - 1)]?.focus();
}

/** Show a part of the page behind a link in a dialog; closed, the focus is back where it was. */
export async function sheet(link, part) {
  if (!link) return;
  try {
    const page = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
    const dialog = document.createElement("dialog");
    dialog.append(page.getElementById(part));
    dialog.querySelector("[data-close]").hidden = false;
    dialog.classList.toggle("drawer", part === "help");
    dialog.setAttribute("aria-labelledby", `${part}-title`);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    start();
  } catch {
    location.assign(link.href);
  }
}

const open = (address) => document.querySelector(`a[href="${address}"]`)?.click();

const KEYS = {
  "/": find,
  "?": () => sheet(document.querySelector("[data-shortcuts]"), "shortcuts"),
  i: () => document.querySelector("[data-help]")?.click(),
  n: () => go(1),
  p: () => go(-1),
  a: () => open("/alarm/"),
  h: () => open("/"),
};

/** The key was pressed while nobody was typing. */
export function press(key) {
  const act = KEYS[key.toLowerCase()];
  if (act && !isOff()) act();
}

/* --- switching them off, on their page --- */

function onSwitch(event) {
  const button = event.target.closest("[data-keys-switch]");
  if (!button) return;
  document.cookie = `keys=off;path=/;samesite=lax;max-age=${isOff() ? 0 : 31536000}${location.protocol === "https:" ? ";secure" : ""}`;
  show();
}

function show() {
  document.querySelectorAll("[data-keys-switch]").forEach((button) => {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(!isOff()));
  });
}

export function start() {
  document.addEventListener("click", onSwitch);
  show();
}
