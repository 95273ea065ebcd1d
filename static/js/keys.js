// Single keys: when they act, and the switch that turns them off.
import { onDevice } from "./store.js";

const OFF = "naru:keys-off";

// A box to tick takes no letters. It may have the focus (a dialog that closes leaves it there for a moment), and the keys still act.
export const isTyping = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
export const areOn = () => onDevice((storage) => storage.getItem(OFF)) !== "yes";
export const turn = (on) => onDevice((storage) => storage.setItem(OFF, on ? "no" : "yes"));
