// How it ended, with one key: the number while everything is looked at, Shift and the number on the page. Enter still signs.
import { areOn, isTyping } from "./keys.js";

document.addEventListener("keydown", ({ altKey, code, ctrlKey, key, metaKey, shiftKey, target }) => {
  const dialog = document.querySelector("dialog[open]");
  const part = (dialog || document).querySelector("[data-outcome]");
  const [, number] = /^(?:Digit|Numpad)(\d)$/.exec(code) || [];
  if (!part || !number || altKey || ctrlKey || metaKey || isTyping(target) || !areOn()) return;
  const choice = part.querySelectorAll("input")[number - 1];
  if (choice && (dialog || (shiftKey && key !== number))) choice.checked = true;
});
