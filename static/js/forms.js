// Forms work without this. It stops a second click, and keeps typed words until they are sent.
const prefix = `naru:${location.pathname}:`;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.querySelectorAll("[data-keep]").forEach((field) => sessionStorage.removeItem(prefix + field.name));
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

for (const field of document.querySelectorAll("[data-keep]")) {
  const kept = sessionStorage.getItem(prefix + field.name);
  if (kept && !field.value) field.value = kept;
  field.addEventListener("input", () => sessionStorage.setItem(prefix + field.name, field.value));
}
document.querySelector(".nhsuk-error-summary")?.focus();
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
