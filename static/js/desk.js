// Keys for those who sit here all day. Single keys can be switched off, and never act while somebody types.
const OFF = "naru:keys-off";
const dialog = document.querySelector("[data-keys]");
const opener = document.querySelector("[data-keys-open]");
const onOff = document.querySelector("[data-keys-on]");

function store(deed) {
  try {
    return deed(localStorage);
  } catch {
    return null;
  }
}

const isOn = () => store((storage) => storage.getItem(OFF)) !== "yes";
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");

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
  n: () => document.querySelector("[data-call-in]")?.focus(),
  w: write,
  "?": () => dialog.showModal(),
};

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
  onOff.checked = isOn();
  onOff.addEventListener("change", () => store((storage) => storage.setItem(OFF, onOff.checked ? "no" : "yes")));
  document.addEventListener("keydown", (event) => {
    const { altKey, ctrlKey, metaKey, key, target } = event;
    if (altKey || ctrlKey || metaKey || dialog.open || !KEYS[key] || !isOn() || isTyping(target)) return;
    event.preventDefault();
    KEYS[key]();
  });
}
