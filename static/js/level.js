// A doctor's level with one key (1 to 5) and one reason: the key ticks the level, Enter keeps it with the reason in focus.
import { areOn, isTyping } from "./keys.js";

const part = document.querySelector("[data-level]");
if (part) {
  document.addEventListener("keydown", ({ altKey, ctrlKey, metaKey, key, target }) => {
    const level = part.querySelector(`input[name=level][value="${CSS.escape(key)}"]`);
    if (!level || altKey || ctrlKey || metaKey || isTyping(target) || target.closest("dialog[open]") || !areOn()) return;
    part.open = true;
    level.checked = true;
    part.querySelector("button[name=reason]").focus();
  });
}
