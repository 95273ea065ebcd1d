// Keeps the note while it is written. Without this the doctor presses "Keep draft".
const form = document.getElementById("note-form");
const PAUSE = 2000;

if (form) {
  const status = form.querySelector("[data-note-status]");
  let timer;
  async function keep() {
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), headers: { Accept: "text/plain" } });
      status.textContent = answer.ok ? `${form.dataset.kept} ${new Date().toLocaleTimeString()}` : form.dataset.lost;
      if (!answer.ok) timer = setTimeout(keep, 5 * PAUSE);
    } catch {
      status.textContent = form.dataset.lost;
      timer = setTimeout(keep, 5 * PAUSE);
    }
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}
