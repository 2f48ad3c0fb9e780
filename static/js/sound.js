/* Sounds: tones made here, one at a time, the highest level wins. Silence is not acknowledge. */

import { announce, everySecond, say, word } from "./page.js";
import { touches } from "./live.js";

/** Tone → frequencies in Hz, played one after the other. */
const PATTERNS = {
  red: [880, 660, 880, 660],
  orange: [740, 740, 740],
  yellow: [587, 587],
  blue: [523],
  neutral: [523],
};
const RANK = ["neutral", "blue", "yellow", "orange", "red"];
const REPEATS = new Set(["red", "orange"]);
const REPEAT_AFTER = 10000;
const FLOOD = 10;          // more new sounds than this in ten minutes: at most one a minute
const NOTE = 0.22;

let audio = null;
let playing = { rank: -1, until: 0, gain: null };
let lastPlayed = -REPEAT_AFTER;
let recent = [];
const once = new Set();

/* --- the device --- */

function device() {
  const Audio = window.AudioContext || window.webkitAudioContext;
  if (!audio && Audio) audio = new Audio();
  return audio;
}

export const isUnlocked = () => Boolean(audio && audio.state === "running");

export async function unlock() {
  const context = device();
  if (context && context.state !== "running") await context.resume().catch(() => {});
  showLocked();
}

function showLocked() {
  const chip = document.querySelector("[data-sound-on]");
  if (chip) chip.hidden = !isWanted() || isUnlocked();
}

const isWanted = () => Boolean(document.querySelector("[data-alarm], [data-sound-kinds], [data-sound], [data-sound-test], [data-sound-daily]"));

/* --- playing --- */

/** How long a tone is heard, in ms. */
export const lasting = (tone) => PATTERNS[tone].length * NOTE * 1000;

export function play(tone) {
  const rank = RANK.indexOf(tone);
  const now = performance.now();
  if (!isUnlocked() || (now < playing.until && rank <= playing.rank)) return false;
  if (now < playing.until) playing.gain.gain.value = 0;
  const notes = PATTERNS[tone] || PATTERNS.neutral;
  const gain = audio.createGain();
  gain.connect(audio.destination);
  notes.forEach((frequency, index) => sound(gain, frequency, audio.currentTime + 0.02 + index * NOTE));
  playing = { rank, until: now + notes.length * NOTE * 1000, gain };
  lastPlayed = now;
  announce("sound:played", tone);
  return true;
}

function sound(output, frequency, start) {
  const tone = audio.createOscillator();
  const envelope = audio.createGain();
  tone.frequency.value = frequency;
  envelope.gain.setValueAtTime(0, start);
  envelope.gain.linearRampToValueAtTime(0.3, start + 0.02);
  envelope.gain.setValueAtTime(0.3, start + NOTE - 0.06);
  envelope.gain.linearRampToValueAtTime(0, start + NOTE - 0.01);
  tone.connect(envelope).connect(output);
  tone.start(start);
  tone.stop(start + NOTE);
}

/** Something new: sounds once, unless there have been too many. */
function playNew(tone) {
  const now = performance.now();
  recent = recent.filter((at) => now - at < 600000);
  if (recent.length > FLOOD && now - recent[recent.length - 1] < 60000) return;
  if (play(tone)) recent.push(now);
}

/* --- alarms on the page: they sound until silenced or answered --- */

const name = (row) => `${(row.closest("[data-key]") || row).dataset.key || ""}:${row.dataset.alarm}`;
const silenced = new Set((read("silenced") || "").split("\n").filter(Boolean));

function read(key) {
  try {
    return sessionStorage.getItem(key);
  } catch (error) {
    return null;
  }
}

function silence(button) {
  const row = button.closest("[data-alarm]");
  if (!row) return;
  silenced.add(name(row));
  try {
    sessionStorage.setItem("silenced", Array.from(silenced).slice(-200).join("\n"));
  } catch (error) { /* silent in this page only */ }
  if (playing.gain) playing.gain.gain.value = 0;
  playing.until = 0;
  showSilenced();
  say(word("silenced"));
}

function showSilenced() {
  document.querySelectorAll("[data-alarm]").forEach((row) => {
    const isSilent = silenced.has(name(row));
    row.toggleAttribute("data-silenced", isSilent);
    const button = row.querySelector("[data-silence]");
    if (!button || button.hasAttribute("aria-pressed") === isSilent) return;
    if (isSilent) {
      button.setAttribute("aria-pressed", "true");
      button.replaceChildren(word("silenced"));
    }
  });
}

function watch() {
  showLocked();
  if (!isUnlocked()) return;
  const ringing = Array.from(document.querySelectorAll("[data-alarm]")).filter((row) => !silenced.has(name(row)));
  const highest = (rows) => rows.map((row) => row.dataset.alarm).sort((a, b) => RANK.indexOf(b) - RANK.indexOf(a))[0];
  const fresh = ringing.filter((row) => !once.has(name(row)));
  fresh.forEach((row) => once.add(name(row)));
  if (fresh.length) playNew(highest(fresh));
  const repeating = ringing.filter((row) => REPEATS.has(row.dataset.alarm));
  if (repeating.length && performance.now() - lastPlayed >= REPEAT_AFTER) play(highest(repeating));
}

/* --- entries and state --- */

/** Level ids are the plan's; the page may say which tone each one has. */
function toneOf(level) {
  const names = JSON.parse(document.body.dataset.tones || "{}");
  return names[level] || (PATTERNS[level] ? level : "neutral");
}

function onEntries({ detail: entries }) {
  const parts = Array.from(document.querySelectorAll("[data-sound-kinds]"));
  const tones = entries.filter((entry) => parts.some((part) => touches({ dataset: { kinds: part.dataset.soundKinds } }, entry))).map((entry) => toneOf(entry.level));
  if (tones.length) playNew(tones.sort((a, b) => RANK.indexOf(b) - RANK.indexOf(a))[0]);
}

export function start() {
  document.addEventListener("live:entries", onEntries);
  document.addEventListener("live:state", ({ detail }) => detail === "stale" && play("orange"));
  document.addEventListener("page:changed", showSilenced);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-silence], [data-sound-on], [data-sound-test]");
    if (!button) return;
    if (button.matches("[data-silence]")) silence(button);
    else unlock().then(() => play(button.dataset.soundTest || "blue") && say(word("sound_on")));
  });
  ["pointerdown", "keydown"].forEach((event) => document.addEventListener(event, unlock, { once: true }));
  device();
  showSilenced();
  showLocked();
  everySecond(watch);
}
