// The video room: coming, going, and what is said meanwhile. Whatever breaks, it joins again by itself.
import { Chat } from "./chat.js";
import { Lines } from "./lines.js";
import { Own } from "./own.js";
import { reportOn } from "./quality.js";
import { Screen } from "./screen.js";
import { Tiles } from "./tiles.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 4000;
const PATIENCE = 12_000; // a step that takes longer was lost on the way
const REPLACED = 4409, CLOSED = 4410, OUT = 4411, BUSY = 4429;

class Room {
  constructor(element) {
    this.element = element;
    this.texts = element.dataset;
    this.tiles = new Tiles(this.find("tiles"), this.texts, () => this.askForSound());
    this.own = new Own(this);
    this.lines = new Lines(this, this.own);
    this.screen = new Screen(this);
    this.chat = new Chat(this.find("chat"), this.find("say"), (text) => this.tell({ type: "chat", text }));
    this.wait = FIRST_WAIT;
    this.find("leave").addEventListener("click", () => this.leave());
    this.find("join").addEventListener("click", () => this.join());
    addEventListener("online", () => (this.timer ? this.connect() : this.lookForWay()));
    navigator.connection?.addEventListener("change", () => this.lookForWay());
  }

  // What other modules look at.

  get stream() {
    return this.own.stream;
  }

  get problem() {
    return this.own.problem;
  }

  get noPictures() {
    return this.own.noPictures;
  }

  soundOnly() {
    this.own.soundOnly();
  }

  find(name) {
    return this.element.querySelector(`[data-room-${name}]`);
  }

  say(text) {
    this.find("status").textContent = text;
  }

  // --- coming and going

  async join() {
    this.wanted = true;
    this.element.classList.remove("naru-room--out");
    this.find("join").hidden = true;
    if (!this.own.stream) await this.own.open();
    if (this.wanted) await this.connect();
  }

  /** Out of the room; the visit goes on. */
  leave(text = this.texts.left) {
    this.element.dispatchEvent(new Event("room:leaving"));
    this.wanted = false;
    this.screen.stop();
    this.hangUp();
    this.dropSocket();
    this.own.stop();
    this.tiles.keep([]);
    this.find("people").textContent = "";
    this.element.classList.add("naru-room--out");
    this.find("join").hidden = false;
    this.say(text);
  }

  over(text = this.texts.closed) {
    this.leave(text);
    this.find("join").hidden = true;
    if (!document.activeElement?.matches("textarea, input")) setTimeout(() => location.reload(), 1500);
  }

  // --- the socket

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  async connect() {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.wanted) return;
    this.say(this.texts.connecting);
    this.expect();
    try {
      const answer = await fetch(this.texts.seat, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.redirected || [403, 404, 409].includes(answer.status)) return this.over();
      const seat = await answer.json();
      this.iceServers = seat.iceServers;
      if (this.wanted) this.open(seat.token);
    } catch {
      this.again();
    }
  }

  open(token) {
    const url = new URL(this.texts.socket, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("token", token);
    this.dropSocket();
    const socket = (this.socket = new WebSocket(url));
    let last = Promise.resolve(); // one message after the other
    socket.onmessage = ({ data }) => {
      last = last.then(() => socket === this.socket && this.hear(JSON.parse(data))).catch(() => socket === this.socket && this.rejoin());
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.socket || !this.wanted) return;
      if (code === CLOSED) this.over();
      else if (code === OUT) this.over(this.texts.out);
      else if (code === REPLACED) this.leave(this.texts.replaced);
      else if (code === BUSY) this.leave(this.find("status").textContent);
      else this.again();
    };
  }

  dropSocket() {
    const socket = this.socket;
    this.socket = null;
    clearTimeout(this.patience);
    this.patience = null;
    socket?.close();
  }

  /** Try again soon; what still flows goes on flowing meanwhile. */
  again() {
    this.dropSocket();
    this.say(this.texts.lost);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), this.wait / 2 + (Math.random() * this.wait) / 2);
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  /** The lines are of no use any more. */
  rejoin() {
    if (!this.wanted) return;
    this.hangUp();
    this.again();
  }

  /** Whatever is under way must be done soon; messages can be lost. */
  expect() {
    this.patience ??= setTimeout(() => {
      this.patience = null;
      this.rejoin();
    }, PATIENCE);
  }

  settle() {
    if (!this.lines.areConnected) return;
    clearTimeout(this.patience);
    this.patience = null;
    this.wait = FIRST_WAIT;
    this.showHow();
  }

  tell(message) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  async hear(message) {
    switch (message.type) {
      case "joined": return this.start();
      case "answer": return this.lines.accepted(message);
      case "offer": return this.showStreams(await this.lines.receive(message));
      case "rejoin": return this.rejoin();
      case "replaced": return this.leave(this.texts.replaced);
      case "closed": return this.over();
      case "out": return this.over(this.texts.out);
      case "people": return this.showPeople(message);
      case "state": return this.tiles.mark(message.person, message);
      case "silent": return this.lookForWay();
      case "weak": return this.showWeak(message.weak);
      case "unseen": return this.own.rest(true);
      case "seen": return this.own.rest(false);
      case "chat": return this.chat.show(message);
      case "error": return this.say(message.text);
      default: this.element.dispatchEvent(new CustomEvent(`room:${message.type}`, { detail: message })); // other modules listen
    }
  }

  // --- sound and picture

  async start() {
    this.hangUp();
    if (this.noPictures) this.own.tellPictures();
    await this.lines.publish();
    await this.screen.goOn();
    this.settle();
  }

  hangUp() {
    this.lines.hangUp();
    this.weak = this.own.unseen = false;
  }

  async publishAgain() {
    if (this.wanted && this.isOpen) await this.lines.publish();
    this.showHow();
  }

  async lookForWay() {
    if (!this.wanted || this.timer || !this.isOpen) return;
    this.say(this.texts.looking);
    await this.lines.lookForWay();
  }

  stats() {
    return this.lines.stats();
  }

  // --- the page

  showStreams(tracks) {
    for (const [person, theirs] of tracks) this.tiles.showTracks(person, theirs);
    this.tiles.keep([...tracks.keys()]);
    this.showHow();
  }

  askForSound() {
    if (this.find("status").querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "nhsuk-button naru-small";
    button.textContent = this.texts.sound;
    button.onclick = () => {
      this.tiles.play();
      this.showHow();
    };
    this.find("status").replaceChildren(button);
  }

  showWeak(weak) {
    this.weak = weak;
    this.showHow();
  }

  showHow() {
    if (!this.wanted || this.timer || this.find("status").querySelector("button:not(:focus)")) return;
    const how = !this.lines.bringOthers ? "alone" : this.noPictures ? "soundonly" : this.weak ? "weak" : "connected";
    const more = [this.problem, this.screen.track && "sharing"].map((name) => this.texts[name]);
    this.say([this.texts[how], ...more].filter(Boolean).join(" "));
  }

  showPeople({ people, me }) {
    const newcomers = people.some(({ id }) => id !== me && !this.tiles.names.has(id));
    this.tiles.name(people);
    this.find("people").textContent = people.map((person) => `${person.name} (${person.role})`).join(" · ");
    if (newcomers) this.own.tellState();
    this.element.dispatchEvent(new Event("room:people"));
  }
}

const element = document.getElementById("room");
if (element) {
  window.naruRoom = new Room(element);
  reportOn(window.naruRoom);
  window.naruRoom.join();
}
