// Prescription, letters, follow-up and the last look: parts of the page change by themselves, so that the video goes on.
const dialog = document.getElementById("review-dialog");
const phrases = read("phrases");

// What a script element of the page holds as data.
function read(id) {
  return JSON.parse(document.getElementById(id)?.textContent || "{}");
}

// A form that was not understood comes back with its words (422); a rule that says no is one sentence (409).
if (window.htmx) htmx.config.responseHandling.unshift({ code: "422", swap: true });
document.addEventListener("htmx:responseError", ({ detail }) => {
  const page = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
  const place = detail.target.querySelector("[data-refused]") || document.querySelector("[data-note-refused]");
  place.textContent = page.querySelector("main [role=alert]")?.textContent || "";
  place.hidden = !place.textContent;
});

// After a part came anew, go on where the hand was: at the doubt, at the next medicine, in the letter, at the signature.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "review-body" && !dialog.open) dialog.showModal();
  const part = document.getElementById(detail.target.id);
  if (!part?.matches(".naru-paper, #review-body")) return;
  const doubt = part.querySelector("[role=alert]:not([hidden]) input, .nhsuk-form-group--error input");
  const next = "#medicine-form input:not([type=hidden]), .naru-slots button, input:not([type=hidden]), textarea";
  (doubt || part.querySelector("#sign-all") || part.querySelector(next))?.focus();
  if (part.id === "review-body") dialog.scrollTop = 0; // it is read from the top
});
dialog?.addEventListener("close", () => document.querySelector("[data-finish]")?.focus());

// A medicine that this doctor gave before brings its usual dose along.
document.addEventListener("change", ({ target }) => {
  if (target.name !== "medicine-medication") return;
  const { medication, as_needed, ...usual } = read("usual")[target.value] || {};
  for (const [name, value] of Object.entries(usual)) target.form.elements[`medicine-${name}`].value = value;
  if (medication) target.form.elements["medicine-as_needed"].checked = as_needed;
});

// "/cold" and a space: each part goes to the end of its field, or to where it was typed.
function fill(shortcut, here) {
  for (const [part, text] of Object.entries(phrases[shortcut])) {
    const field = document.querySelector(`#note-form [name="note-${part}"]`);
    if (!text) continue;
    if (field === here) here.setRangeText(text, here.selectionStart, here.selectionEnd, "end");
    else field.value = [field.value.trimEnd(), text].filter(Boolean).join("\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function expand(field) {
  const before = field.value.slice(0, field.selectionStart);
  const [typed, gap, shortcut] = /(^|\s)\/(\S+)\s$/.exec(before) || [];
  if (!typed || !Object.hasOwn(phrases, shortcut.toLowerCase())) return;
  field.setRangeText("", before.length - typed.length + gap.length, before.length, "end");
  fill(shortcut.toLowerCase(), field);
}

document.getElementById("note-form")?.addEventListener("input", ({ target, isComposing }) => {
  if (target.localName === "textarea" && !isComposing) expand(target);
});
document.querySelector("[data-insert]")?.addEventListener("click", (event) => {
  event.preventDefault();
  fill(document.querySelector("[data-phrase]").value);
});
