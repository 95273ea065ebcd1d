// Keys for those who sit here all day. Single keys can be switched off, and never act while somebody types.
import { areOn, isTyping, turn } from "./keys.js";

const dialog = document.querySelector("[data-keys]");
const opener = document.querySelector("[data-keys-open]");
const onOff = document.querySelector("[data-keys-on]");

function step(by) {
  const links = [...document.querySelectorAll("[data-row] a.naru-row__name, .naru-short a")];
  const at = links.indexOf(document.activeElement);
  links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
}

function write() {
  const fields = [...document.querySelectorAll("#note-form > .nhsuk-form-group textarea")];
  (fields.find((field) => !field.value.trim()) || fields[0])?.focus();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  n: next,
  w: write,
  f: finish,
  m: () => document.querySelector("[data-room-mute]")?.click(),
  "?": () => dialog.showModal(),
};

// With somebody in the room the button is only gone to: a slip of the finger must not call in a second patient.
function next() {
  const button = document.querySelector("[data-call-in]");
  button?.focus();
  if (!document.getElementById("room")) button?.click();
}

function finish() {
  document.querySelector("[data-finish]")?.click();
}

// What the page itself names a key for: a part to unfold and write in, or a button to press.
function open(key) {
  const part = document.querySelector(`[data-key="${key}"]`);
  if (part?.localName !== "details") return part?.click();
  part.open = true;
  part.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

// A list that moves under the pointer would call in the wrong person: it waits until the hand has rested for a moment.
const REST = 1000;
let aimedAt = -REST;
document.addEventListener("pointermove", (event) => {
  if (event.target.closest?.("[data-call-in], [data-aim]")) aimedAt = performance.now();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const list = event.detail.target;
  if (performance.now() - aimedAt > REST || !list.querySelector?.("[data-call-in], [data-aim]")) return;
  event.detail.shouldSwap = false;
  setTimeout(() => window.htmx?.trigger(list, "naru:changed"), REST);
});

if (dialog) {
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  onOff.checked = areOn();
  onOff.addEventListener("change", () => turn(onOff.checked));
  document.addEventListener("keydown", (event) => {
    const { altKey, ctrlKey, metaKey, key, target } = event;
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    if (key === "Escape" && isTyping(target)) return target.blur();
    if (key === "Enter" && (ctrlKey || metaKey)) return event.preventDefault(), finish(); // a field would send its own form
    const deed = KEYS[key] || (document.querySelector(`[data-key="${CSS.escape(key)}"]`) && (() => open(key)));
    if (altKey || ctrlKey || metaKey || !deed || !areOn() || isTyping(target)) return;
    event.preventDefault();
    deed();
  });
}
