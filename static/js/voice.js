/* What the reporter says, beside the alarm: recorded at the press of a button, half a minute at most, and never waited
   for. Where the device cannot record here, its own recorder may: the form's file. */

import { change, flush, noteId, postNote, recordings } from "./outbox.js";

const KINDS = ["audio/webm;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/mp4", "audio/ogg;codecs=opus"];
const PIECE = 250;   // what a battery that goes flat while somebody speaks may cost
const MOST = 1024 * 1024;

const kind = () => window.MediaRecorder && KINDS.find((one) => MediaRecorder.isTypeSupported(one));
const canRecord = () => window.isSecureContext && navigator.mediaDevices && navigator.mediaDevices.getUserMedia && kind();

let recording = null;   // { box, form, recorder, pieces, timer, until, item }

const formOf = (box) => box.closest("form");
const part = (box, name) => box.querySelector(`[data-voice-${name}]`);

/** `data-word-stop`: only this page has these words. */
const wordOf = (box, name) => box.getAttribute(`data-word-${name}`);

function tell(box, name, seconds = "") {
  part(box, "said").textContent = name ? wordOf(box, name).replace("{n}", seconds) : "";
}

/** Nothing, recording, or recorded. */
function show(box, state) {
  const button = part(box, "record");
  button.setAttribute("aria-pressed", String(state === "on"));
  button.lastElementChild.textContent = wordOf(box, { on: "stop", done: "again" }[state] || "record");
  part(box, "drop").hidden = state !== "done";
}

async function begin(box) {
  let sound;
  try {
    sound = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    return tell(box, "refused");
  }
  const form = formOf(box);
  const recorder = new MediaRecorder(sound, { mimeType: kind(), audioBitsPerSecond: 24000 });
  const mine = { box, form, recorder, pieces: [], item: null };
  recorder.addEventListener("dataavailable", ({ data }) => {
    mine.pieces.push(data);
    if (!mine.item) recordings.set(form, { blob: whole(mine), url: box.dataset.noteUrl });
  });
  recorder.addEventListener("stop", () => finish(mine, sound));
  recorder.start(PIECE);
  recording = mine;
  const until = Date.now() + 1000 * Number(box.dataset.voice);
  const count = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0) tell(box, "recording", left);
    else end();
  };
  mine.timer = setInterval(count, PIECE);
  show(box, "on");
  count();
}

const whole = ({ pieces, recorder }) => new Blob(pieces, { type: recorder.mimeType || kind() });

function end() {
  if (recording && recording.recorder.state !== "inactive") recording.recorder.stop();
}

async function finish(mine, sound) {
  clearInterval(mine.timer);
  sound.getTracks().forEach((track) => track.stop());
  recording = null;
  const blob = whole(mine);
  if (mine.item) {
    show(mine.box, "");
    tell(mine.box, "");
    // What is already being sent stays as it is.
    await change(noteId(mine.item.id), (now) => { if (!now.tries) Object.assign(now, { blob, next: 0 }); });
    return flush();
  }
  keep(mine.box, blob);
}

function keep(box, blob) {
  const isSmall = blob.size <= MOST;
  if (isSmall) recordings.set(formOf(box), { blob, url: box.dataset.noteUrl, isWhole: true });
  else drop(box);
  show(box, isSmall ? "done" : "");
  tell(box, isSmall ? "recorded" : "large");
}

function drop(box) {
  recordings.delete(formOf(box));
  box.querySelector("input[type=file]").value = "";
  show(box, "");
  tell(box, "");
}

function onClick({ target }) {
  const box = target.closest("[data-voice]");
  if (!box) return;
  if (target.closest("[data-voice-drop]")) drop(box);
  else if (target.closest("[data-voice-record]")) {
    if (recording) end();
    else begin(box);
  }
}

/** The alarm is on the device: what was said until now is with it, the last piece follows. */
function onAdded({ detail: { form, item } }) {
  const box = form.querySelector("[data-voice]");
  if (!box) return;
  if (recording && recording.form === form) {
    recording.item = item;
    end();
  } else drop(box);
}

/** A note that follows its alarm, from the receipt. */
function onSubmit(event) {
  const form = event.target;
  const { voiceFor } = form.dataset;
  const said = voiceFor && recordings.get(form);
  if (!said) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  postNote(voiceFor, said.url, said.blob);
  form.hidden = true;
}

export function start() {
  document.querySelectorAll("[data-voice]").forEach((box) => {
    if (canRecord()) part(box, "controls").hidden = false;
    box.querySelector("[data-voice-file]").hidden = Boolean(canRecord());
    box.addEventListener("change", ({ target }) => target.files && target.files[0] && keep(box, target.files[0]));
  });
  document.addEventListener("click", onClick);
  document.addEventListener("outbox:added", onAdded);
  document.addEventListener("outbox:edit", ({ detail }) => {
    const box = detail.querySelector("[data-voice]");
    const said = recordings.get(detail);
    if (box && said) keep(box, said.blob);
  });
  window.addEventListener("submit", onSubmit, true);
  window.addEventListener("pagehide", end);
}
