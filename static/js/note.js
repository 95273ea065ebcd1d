// Keeps the note while it is written, and signs without leaving the page when something is missing: the video goes on.
// Without this the doctor presses "Keep draft".
import { inTab } from "./store.js";

const form = document.getElementById("note-form");
const PAUSE = 2000;
const AGAIN = 10000;
const JUST_LEFT = 10000;

class Note {
  constructor(element) {
    this.form = element;
    this.status = element.querySelector("[data-note-status]");
    this.refusal = element.querySelector("[data-note-refused]");
    this.changes = this.kept = 0;
    this.touched = new Set();
    this.sent = {}; // by field, what was sent: no other window wrote it
    document.addEventListener("input", ({ target }) => target.form === element && this.typed(target)); // letters belong to it too
    document.addEventListener("htmx:configRequest", ({ detail }) => {
      for (const name of this.untouched()) delete detail.parameters[name];
      this.sayKnown(detail.formData);
    });
    document.addEventListener("htmx:responseError", ({ detail }) => this.join(read(detail.xhr.responseText)));
    element.addEventListener("submit", (event) => this.submit(event));
    addEventListener("pagehide", () => this.leave());
    this.comeBack();
  }

  typed(field) {
    this.changes += 1;
    this.touched.add(field.name);
    this.refuse("");
    this.later(PAUSE);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), wait);
  }

  // A field that nobody touched here stays as it was written elsewhere, say in a second window of the same doctor.
  untouched() {
    const texts = [...this.form.elements].filter((field) => field.matches("textarea, input[type=text], input[type=date]"));
    return texts.filter(({ name, value, defaultValue }) => value === defaultValue && !this.touched.has(name)).map(({ name }) => name);
  }

  send(address, options = {}) {
    const body = new URLSearchParams(new FormData(this.form));
    this.untouched().forEach((name) => body.delete(name));
    this.sayKnown(body);
    return fetch(address, { method: "POST", body, headers: { Accept: "text/plain" }, redirect: "manual", ...options });
  }

  // The server keeps both texts where it finds one that this window did not know; its own it knows, even if no answer came.
  sayKnown(body) {
    for (const { name, value } of this.written().filter(({ name }) => body.has(name))) {
      const texts = this.sent[name] || [];
      texts.forEach((text) => body.append(`known-${name}`, text));
      this.sent[name] = [...texts.filter((text) => text !== value), value];
    }
  }

  // What another window wrote in the same field comes above what is written here.
  join(page) {
    const parts = [...page.querySelectorAll("[data-joined]")];
    for (const { dataset, textContent } of parts) {
      const field = this.form.elements[dataset.joined];
      this.sent[field.name] = this.sent[field.name].map((text) => textContent + text.trimStart());
      field.setRangeText(textContent, 0, 0, "preserve");
    }
    return parts.length > 0;
  }

  // One at a time: on a slow line an older text must never arrive after a newer one.
  keep() {
    clearTimeout(this.timer);
    this.keeping = (this.keeping || Promise.resolve()).then(() => this.keepNow());
    return this.keeping;
  }

  async keepNow() {
    const changes = this.changes;
    try {
      const answer = await this.send(this.form.action);
      if (answer.ok) return this.arrived(changes);
      if (answer.type === "opaqueredirect") return this.failed(this.form.dataset.signedOut);
      if (answer.status === 409) return this.stopped(read(await answer.text()), changes);
    } catch {
      // no line: the next try says how it went
    }
    return this.failed(this.form.dataset.lost);
  }

  // Two windows: both texts are kept. Or a colleague has written here: their words must stay.
  stopped(page, changes) {
    if (this.join(page)) this.arrived(changes);
    else this.overtaken = true;
    return this.refuse(sentence(page));
  }

  arrived(changes) {
    this.overtaken = false;
    this.kept = changes;
    for (const texts of Object.values(this.sent)) texts.splice(0, texts.length - 1); // the last one has arrived
    this.status.textContent = `${this.form.dataset.kept} ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
    if (this.changes > changes) this.later(PAUSE);
    return true;
  }

  failed(text) {
    this.status.textContent = text;
    this.later(AGAIN);
    return false;
  }

  refuse(text) {
    this.refusal.textContent = text;
    this.refusal.hidden = !text;
    if (text) this.status.textContent = "";
    return false;
  }

  async submit(event) {
    event.preventDefault();
    if (this.busy) return;
    if (event.submitter?.id === "sign" && this.isTyped()) return this.refuse(this.form.dataset.typed);
    this.busy = true;
    const kept = await this.keep();
    if (kept && event.submitter?.id === "sign") await this.sign(event.submitter.formAction);
    this.busy = false;
  }

  // A medicine that was typed and not added would be lost without a word.
  isTyped() {
    return Boolean(document.querySelector("#medicine-form [name=medicine-medication]")?.value.trim());
  }

  async sign(address) {
    try {
      const answer = await this.send(address);
      if (answer.type === "opaqueredirect") return location.assign(this.form.dataset.done);
      if (answer.status === 409) return this.point(read(await answer.text()));
    } catch {
      // no line: nothing was signed, or the page says so when it is back
    }
    return this.failed(this.form.dataset.lost);
  }

  // Say what is missing and stand at the first empty field that is not folded away.
  point(page) {
    this.join(page);
    this.refuse(sentence(page));
    const fields = [...this.form.querySelectorAll(":scope > .nhsuk-form-group textarea")];
    fields.find((field) => !field.value.trim())?.focus();
    return false;
  }

  // Somebody turns to another patient: the last words go along, and stay in this tab for a moment.
  leave() {
    if (this.changes <= this.kept) return;
    this.send(this.form.action, { keepalive: true }).catch(() => {});
    const signsOut = document.querySelector("form[action$='/logout/'][data-sent]"); // the next person may sit here
    const own = this.written().filter(({ name }) => this.touched.has(name)); // what another window wrote stays
    const words = Object.fromEntries(
      own.map(({ name, value, defaultValue }) => [name, { text: value, known: [defaultValue, ...(this.sent[name] || [])] }]),
    );
    if (!this.overtaken && !signsOut) inTab((storage) => storage.setItem(this.form.action, JSON.stringify({ at: Date.now(), words })));
  }

  // A reload may be answered before the last words have arrived: the page would show the older ones.
  comeBack() {
    const left = inTab((storage) => JSON.parse(storage.getItem(this.form.action)));
    inTab((storage) => storage.removeItem(this.form.action));
    if (!left || Date.now() - left.at > JUST_LEFT) return;
    for (const field of this.written().filter(({ name }) => name in left.words)) {
      const { text, known } = left.words[field.name];
      if (!known.some((one) => one.trim() === field.value.trim())) continue; // another window wrote here, and both are kept
      field.value = text;
      this.typed(field);
    }
  }

  written() {
    return [...this.form.elements].filter(({ type }) => ["textarea", "text", "date"].includes(type));
  }
}

function read(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

// What the refusal's page says to the person.
function sentence(page) {
  return page.querySelector("main [role=alert]")?.textContent || "";
}

if (form) new Note(form);
