/* Security keys and passkeys (WebAuthn): the browser asks the key, a form carries what it answered. The server puts the
   question and looks at the answer; here is only the way between them. */

import { addresses, ask, csrf, make, say, word } from "./page.js";

/** Undefined where the browser knows no keys, and on a connection that is not protected. */
const canAsk = () => Boolean(window.PublicKeyCredential && navigator.credentials);

/* --- bytes: the server writes them as base64url; older browsers cannot read that themselves --- */

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

/** What the key answered, as text for a form. */
function written(key, parts) {
  const response = Object.fromEntries(parts.map((part) => [part, text(key.response[part])]));
  return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response });
}

const ASK = {
  async get({ publicKey }) {
    const question = { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: named(publicKey.allowCredentials) };
    const key = await navigator.credentials.get({ publicKey: question });
    return written(key, ["clientDataJSON", "authenticatorData", "signature"]);
  },
  async create({ publicKey }) {
    const user = { ...publicKey.user, id: bytes(publicKey.user.id) };
    const question = { ...publicKey, user, challenge: bytes(publicKey.challenge), excludeCredentials: named(publicKey.excludeCredentials) };
    const key = await navigator.credentials.create({ publicKey: question });
    return written(key, ["clientDataJSON", "attestationObject"]);
  },
};

/** The browser's names for what went wrong; it does not tell a stopped question from a foreign key. */
const SENTENCES = { NotAllowedError: "key_cancelled", AbortError: "key_cancelled", InvalidStateError: "key_known" };
const sentence = (error) => error.said || word(SENTENCES[error.name] || "key_failed", { why: error.name });

/** Ask the key at a press; `use` gets its answer, and the reader a sentence if there is none. */
async function press(button, line, question, act, use) {
  button.disabled = true;
  line.hidden = true;
  try {
    const answer = await ASK[act](await question());
    button.disabled = false;
    use(answer);
  } catch (error) {
    button.disabled = false;
    line.textContent = sentence(error);
    line.hidden = false;
    say(line.textContent);
  }
}

/* --- a page that asks for a key: its question came with it --- */

function startForm(box) {
  const form = box.closest("form");
  const why = form.querySelector("[data-key-why]");
  why.textContent = word("key_missing");
  why.hidden = canAsk();
  if (!canAsk()) return;
  const button = box.querySelector("button");
  const question = () => JSON.parse(document.getElementById("key-question").textContent);
  box.hidden = false;
  button.addEventListener("click", () => {
    if (!form.reportValidity()) return;
    press(button, form.querySelector("[data-key-said]"), question, box.dataset.keyPress, (answer) => {
      form.elements.credential.value = answer;
      form.submit();
    });
  });
  form.addEventListener("submit", (event) => {
    // Enter in the field beside it: the key has not been asked yet.
    event.preventDefault();
    button.click();
  });
}

/* --- a signature: the key is asked in place of the password --- */

/** The question is fetched at the press: the page may have stood open for hours. */
async function fetchQuestion() {
  const headers = { "X-CSRFToken": csrf(), "X-Requested-With": "fetch", Accept: "application/json" };
  const answer = await ask(addresses.security_key, { method: "POST", headers }).catch(() => ({ status: 0 }));
  if (answer.status === 200) return JSON.parse(answer.text);
  let said = "";
  try {
    said = JSON.parse(answer.text).message;
  } catch (error) { /* a page of the proxy, or nothing at all */ }
  throw Object.assign(new Error("no question"), { said: said || word("not_done") });
}

function offer(field) {
  const line = make("p", { class: "field-error", role: "alert", hidden: true });
  // Kept: a live part is drawn anew by the server, which knows nothing of it.
  const place = make("div", { class: "stack key-place", "data-keep": true, "data-key-place": true });
  field.after(place);
  if (!canAsk()) {
    place.append(make("p", { class: "muted small" }, word("key_missing")));
    return;
  }
  const button = make("button", { type: "button", class: "button", click: () => useFor(field, button, line) }, word("key_use"));
  place.append(button, line);
}

/** The button that sends what is asked for here: a form may have several, for other answers. */
const buttonAfter = (field) => Array.from(field.form.elements).find((one) => one.type === "submit" && field.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);

function useFor(field, button, line) {
  const { form } = field;
  const isNeeded = field.required;
  field.required = false;
  const isWhole = form.reportValidity();
  field.required = isNeeded;
  if (!isWhole) return;
  press(button, line, fetchQuestion, "get", (answer) => {
    field.value = answer;
    form.requestSubmit(buttonAfter(field));
    // What was sent is taken down already; an answer works once.
    field.value = "";
  });
}

export function start() {
  document.querySelectorAll("[data-key-press][hidden]").forEach(startForm);
  if (!addresses.security_key) return;
  document.querySelectorAll("input[data-security-key]").forEach((field) => {
    const next = field.nextElementSibling;
    if (!next || !next.matches("[data-key-place]")) offer(field);
  });
}
