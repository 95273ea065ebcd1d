// Forms work without this. It stops a second click, and keeps typed words until the server has them.
const FIRST_ANSWER = 10000; // after this long without a new page, sending again is allowed
const SENT = "naru:sent";
const kept = (field) => `naru:${location.pathname}:${field.name}`;

// No storage (a private window, a full disk) means no keeping, and nothing else.
function store(deed) {
  try {
    return deed(sessionStorage);
  } catch {
    return null;
  }
}

// A page that is no refusal has come: what was sent has arrived, and only now the copy may go.
function forgetWhatArrived() {
  if (document.querySelector(".naru-main--failed")) return;
  store((storage) => {
    JSON.parse(storage.getItem(SENT) || "[]").forEach((key) => storage.removeItem(key));
    storage.removeItem(SENT);
  });
}

function keep(field) {
  const words = store((storage) => storage.getItem(kept(field)));
  if (words && words !== field.value) field.value = words;
  field.addEventListener("input", () => store((storage) => storage.setItem(kept(field), field.value)));
}

// After all others, so that a form that a module sends by itself is left alone.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.target === "_blank") return;
  if (form.dataset.sent) return event.preventDefault();
  if (form.getAttribute("action")?.endsWith("/logout/")) store((storage) => storage.clear()); // the next person may sit here
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  setTimeout(release, FIRST_ANSWER, form);
  const words = [...form.querySelectorAll("[data-keep]")].map(kept);
  if (words.length) store((storage) => storage.setItem(SENT, JSON.stringify(words)));
});

function release(form) {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
}
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

forgetWhatArrived();
document.querySelectorAll("[data-keep]").forEach(keep);
document.querySelector(".nhsuk-error-summary")?.focus();
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
