// A doctor's level with one key (1 to 5) and one reason: the key ticks the level, Enter keeps it with the reason in focus.
const part = document.querySelector("[data-level]");
const OFF = "naru:keys-off"; // the switch of desk.js
const isTyping = (target) => target.closest("input:not([type=radio]), textarea, select, [contenteditable], dialog");

function keysAreOn() {
  try {
    return localStorage.getItem(OFF) !== "yes";
  } catch {
    return true;
  }
}

if (part) {
  document.addEventListener("keydown", ({ altKey, ctrlKey, metaKey, key, target }) => {
    const level = part.querySelector(`input[name=level][value="${CSS.escape(key)}"]`);
    if (!level || altKey || ctrlKey || metaKey || isTyping(target) || !keysAreOn()) return;
    part.open = true;
    level.checked = true;
    part.querySelector("button[name=reason]").focus();
  });
}
