// Single keys: when they act, and the switch that turns them off.
const OFF = "naru:keys-off";

function store(deed) {
  try {
    return deed(localStorage);
  } catch {
    return null; // a private window: the keys are on
  }
}

// A box to tick takes no letters. It may have the focus (a dialog that closes leaves it there for a moment), and the keys still act.
export const isTyping = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
export const areOn = () => store((storage) => storage.getItem(OFF)) !== "yes";
export const turn = (on) => store((storage) => storage.setItem(OFF, on ? "no" : "yes"));
