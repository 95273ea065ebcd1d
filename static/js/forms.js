// Forms work without this. It stops a second click, and keeps typed words until the server has them.
import { inTab } from "./store.js";

const FIRST_ANSWER = 10000; // after this long without a new page, sending again is allowed
const SENT = "naru:sent";
const kept = (field) => `naru:${location.pathname}:${field.name}`;

// The page that follows the form and is no refusal: what was sent has arrived, and only now the copy may go.
function forgetWhatArrived() {
  const sent = inTab((storage) => JSON.parse(storage.getItem(SENT)));
  inTab((storage) => storage.removeItem(SENT));
  if (!sent || !document.referrer || document.querySelector(".naru-main--failed")) return;
  const follows = new URL(document.referrer).pathname === sent.page && location.pathname !== sent.page;
  if (follows) sent.keys.forEach((key) => inTab((storage) => storage.removeItem(key)));
}

function keep(field) {
  const words = inTab((storage) => storage.getItem(kept(field)));
  if (words === field.value) inTab((storage) => storage.removeItem(kept(field)));
  else if (words) field.value = words;
  field.addEventListener("input", () => inTab((storage) => storage.setItem(kept(field), field.value)));
}

// After all others, so that a form that a module sends by itself is left alone.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.target === "_blank") return;
  if (form.dataset.sent) return event.preventDefault();
  if (form.getAttribute("action")?.endsWith("/logout/")) inTab((storage) => storage.clear()); // the next person may sit here
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  setTimeout(release, FIRST_ANSWER, form);
  const keys = [...form.querySelectorAll("[data-keep]")].map(kept);
  if (keys.length) inTab((storage) => storage.setItem(SENT, JSON.stringify({ page: location.pathname, keys })));
});

// No answer came: the words count as not sent.
function release(form) {
  inTab((storage) => storage.removeItem(SENT));
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
}
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

forgetWhatArrived();
document.querySelectorAll("[data-keep]").forEach(keep);
document.querySelector(".nhsuk-error-summary")?.focus();
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
