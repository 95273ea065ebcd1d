// Live fragments: a socket says that something changed, the page asks again. Without sockets the page asks every 30 s.
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const AT_MOST_EVERY = 1000;
const BESIDE = 2000;
const SILENT = 2000; // so long a page waits for what it asked by its line
const SETTLED = 5000; // a line that held this long was a good one
const NOT_ALLOWED = 4404;

class Line {
  constructor(element) {
    this.element = element;
    this.wait = FIRST_WAIT;
    this.url = new URL(element.dataset.live, location.href);
    this.url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.connect();
  }

  // The socket brings hints only; the truth is asked for, at once, but not more often than every second. A list beside other work
  // lets those who have nothing else before them ask first. A list that nobody looks at asks when somebody looks again (a
  // patient's page asks always: it has to say that the doctor calls).
  ask(whole = false) {
    this.whole ||= whole;
    if (document.hidden && "whenSeen" in this.element.dataset) return;
    const turn = "beside" in this.element.dataset ? Math.random() * BESIDE : 0;
    const wait = Math.max(turn, (this.askedAt ?? 0) + AT_MOST_EVERY - Date.now());
    if (wait > 0) this.later ??= setTimeout(() => this.askNow(), wait);
    else this.askNow();
  }

  askNow() {
    clearTimeout(this.later);
    this.later = undefined;
    this.askedAt = Date.now();
    const byLine = !this.whole && "byLine" in this.element.dataset && this.socket?.readyState === WebSocket.OPEN;
    if (!byLine) return this.get();
    this.socket.send("list");
    this.getting ??= setTimeout(() => this.get(), SILENT);
  }

  get() {
    clearTimeout(this.getting);
    this.getting = undefined;
    this.whole = false;
    window.htmx?.trigger(this.element, "naru:changed");
  }

  // The list came by the line. What is this doctor's own is not in it, and stays; who may veto a swap is asked as ever.
  show(list) {
    clearTimeout(this.getting);
    this.getting = undefined;
    const xhr = { responseURL: "", status: 200 };
    const detail = { target: this.element, xhr, shouldSwap: true };
    this.element.dispatchEvent(new CustomEvent("htmx:beforeSwap", { bubbles: true, detail }));
    if (!detail.shouldSwap) return;
    const callbacks = { ...window.Idiomorph.defaults.callbacks, beforeNodeMorphed: (old) => !("own" in (old.dataset ?? {})) };
    window.Idiomorph.morph(this.element, list, { morphStyle: "innerHTML", callbacks });
  }

  // Who is on duty changed: a doctor's own line above the page asks again, everybody else the list.
  hear({ duty, list, own: mine }) {
    if (list) return this.show(list);
    const own = duty && document.getElementById("duty");
    if (own) window.htmx?.trigger(own, "naru:duty");
    else this.ask(mine);
  }

  say(text = "") {
    const place = document.querySelector("[data-live-status]");
    if (place && place.textContent !== text) place.textContent = text;
  }

  connect() {
    clearTimeout(this.timer);
    if (!this.element.isConnected) return;
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => {
      this.openedAt = Date.now();
      this.say(this.element.dataset.connected);
      this.ask(true); // what happened while we were away?
    };
    socket.onmessage = ({ data }) => this.hear(JSON.parse(data));
    socket.onclose = (event) => socket === this.socket && this.lost(event.code);
  }

  lost(code) {
    this.socket = null;
    if (code === NOT_ALLOWED || !this.element.isConnected) return;
    if (this.openedAt && Date.now() - this.openedAt > SETTLED) this.wait = FIRST_WAIT;
    this.openedAt = 0;
    this.say(this.element.dataset.lost);
    this.timer = setTimeout(() => this.connect(), this.wait * (0.5 + Math.random() / 2)); // not everybody at once
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  // The person looks again, or the network is back: read now, and do not wait for the next try.
  wake() {
    this.ask(true);
    if (!this.socket && this.timer) this.connect();
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.later);
    clearTimeout(this.getting);
    this.socket?.close();
  }
}

const lines = new Map();

function look() {
  for (const [element, line] of lines) {
    if (element.isConnected && element.dataset.live) continue;
    line.close();
    lines.delete(element);
  }
  for (const element of document.querySelectorAll("[data-live]")) {
    if (!lines.has(element)) lines.set(element, new Line(element));
  }
}

const wakeAll = () => lines.forEach((line) => line.wake());
addEventListener("online", wakeAll);
addEventListener("pageshow", (event) => event.persisted && wakeAll());
document.addEventListener("visibilitychange", () => document.hidden || wakeAll());
document.addEventListener("htmx:afterSettle", look);

// The visit is no longer ours, or the session ended: the whole page says so better than a fragment could.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { responseURL, status } = event.detail.xhr;
  const signIn = responseURL && new URL(responseURL).pathname.startsWith("/account/");
  if (!signIn && ![401, 403, 404].includes(status)) return;
  event.detail.shouldSwap = false;
  if (performance.now() > SETTLED) location.reload(); // a page that was just read would only be read in circles
});

// A fresh fragment never takes away what somebody typed, ticked or unfolded.
function touched(field) {
  if (field.type === "hidden") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  return "defaultValue" in field && field.value !== field.defaultValue;
}
function chosen(select) {
  const first = [...(select?.options ?? [])].findIndex((option) => option.defaultSelected);
  return Boolean(select) && select.selectedIndex !== Math.max(first, 0);
}
if (window.Idiomorph) {
  const { defaults } = window.Idiomorph;
  defaults.ignoreActiveValue = true;
  defaults.callbacks.beforeAttributeUpdated = (name, element) => {
    if (name === "open" && element.localName === "details") return false;
    if (name === "selected") return !chosen(element.closest("select"));
    if (name === "value" || name === "checked") return !touched(element);
    return true;
  };
}

look();
