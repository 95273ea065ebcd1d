// The video room: one connection to send, one to receive everybody else. Whatever breaks, it joins again by itself.
import { openDevices } from "./devices.js";

const SEND = "publish";
const GET = "receive";
const VIDEO_BITRATE = 600_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 4000;
const PATIENCE = 12_000; // a step that takes longer was lost on the way
const SHAKY = 4000; // so long may a line be interrupted before we join again
const REPLACED = 4409, CLOSED = 4410, BUSY = 4429;

class Room {
  constructor(element) {
    this.element = element;
    this.texts = element.dataset;
    this.lines = new Map();
    this.names = new Map();
    this.states = new Map();
    this.streams = {};
    this.off = { audio: false, video: false };
    this.wait = FIRST_WAIT;
    this.find("mute").addEventListener("click", () => this.toggle("audio", this.find("mute")));
    this.find("camera").addEventListener("click", () => this.toggle("video", this.find("camera")));
    this.find("leave").addEventListener("click", () => this.leave());
    this.find("join").addEventListener("click", () => this.join());
    this.find("say").addEventListener("submit", (event) => this.sayLine(event));
    addEventListener("online", () => this.timer && this.connect());
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
    if (!this.stream) await this.openOwn();
    if (this.wanted) await this.connect();
  }

  async openOwn() {
    const { stream, problem } = await openDevices();
    if (!this.wanted) return stream?.getTracks().forEach((track) => track.stop());
    Object.assign(this, { stream, problem });
    for (const track of stream?.getTracks() || []) {
      track.enabled = !this.off[track.kind];
      track.onended = () => this.stream === stream && this.openAgain();
    }
    if (stream) this.show("self", stream);
    for (const [name, kind] of [["mute", "audio"], ["camera", "video"]]) {
      this.find(name).disabled = !stream?.getTracks().some((track) => track.kind === kind);
    }
  }

  /** A device was pulled out: go on with what is left. */
  async openAgain() {
    this.stopOwn();
    await this.openOwn();
    if (this.wanted && this.socket?.readyState === WebSocket.OPEN) await this.publish();
    this.showHow();
  }

  stopOwn() {
    const stream = this.stream;
    this.stream = null;
    stream?.getTracks().forEach((track) => track.stop());
    this.tile("self")?.remove();
  }

  /** Out of the room; the visit goes on. */
  leave(text = this.texts.left) {
    this.wanted = false;
    this.hangUp();
    this.dropSocket();
    this.stopOwn();
    this.keepTiles([]);
    this.find("people").textContent = "";
    this.element.classList.add("naru-room--out");
    this.find("join").hidden = false;
    this.say(text);
  }

  over() {
    this.leave(this.texts.closed);
    this.find("join").hidden = true;
    if (!document.activeElement?.matches("textarea, input")) setTimeout(() => location.reload(), 1500);
  }

  // --- the socket

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
    if ([...this.lines.values()].some((line) => line.connectionState !== "connected")) return;
    clearTimeout(this.patience);
    this.patience = null;
    this.wait = FIRST_WAIT;
    this.showHow();
  }

  tell(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  async hear(message) {
    switch (message.type) {
      case "joined": return this.start();
      case "answer": return this.lines.get(SEND)?.setRemoteDescription({ type: "answer", sdp: message.sdp });
      case "offer": return this.receive(message);
      case "rejoin": return this.rejoin();
      case "replaced": return this.leave(this.texts.replaced);
      case "closed": return this.over();
      case "people": return this.showPeople(message);
      case "state": return this.showState(message);
      case "chat": return this.showLine(message);
      case "error": return this.say(message.text);
    }
  }

  // --- sound and picture

  async start() {
    this.hangUp();
    await this.publish();
    this.settle();
  }

  hangUp() {
    for (const id of [...this.lines.keys()]) this.drop(id);
    this.streams = {};
  }

  drop(id) {
    const line = this.lines.get(id);
    this.lines.delete(id);
    line?.close();
  }

  newLine(id) {
    this.drop(id);
    this.expect();
    const line = new RTCPeerConnection({ iceServers: this.iceServers, bundlePolicy: "max-bundle" });
    this.lines.set(id, line);
    line.onconnectionstatechange = () => this.watch(id, line);
    return line;
  }

  watch(id, line) {
    if (this.lines.get(id) !== line) return;
    clearTimeout(line.shaky);
    if (line.connectionState === "connected") this.settle();
    if (line.connectionState === "failed") this.rejoin();
    if (line.connectionState === "disconnected") {
      this.say(this.texts.lost);
      line.shaky = setTimeout(() => this.lines.get(id) === line && this.rejoin(), SHAKY);
    }
  }

  async publish() {
    this.tellState();
    if (!this.stream) return this.drop(SEND);
    const line = this.newLine(SEND);
    for (const track of this.stream.getTracks()) {
      const sendEncodings = track.kind === "video" ? [{ maxBitrate: VIDEO_BITRATE }] : [{}];
      line.addTransceiver(track, { direction: "sendonly", streams: [this.stream], sendEncodings });
    }
    await line.setLocalDescription();
    this.tell({ type: "offer", sdp: line.localDescription.sdp });
  }

  /** The server says what it sends, and whose each part is. */
  async receive({ sdp, number, fresh, streams }) {
    const line = (!fresh && this.lines.get(GET)) || this.newLine(GET);
    await line.setRemoteDescription({ type: "offer", sdp });
    await line.setLocalDescription();
    this.tell({ type: "answer", number, sdp: line.localDescription.sdp });
    this.streams = streams;
    this.showStreams(line);
  }

  showStreams(line) {
    const tracks = new Map();
    for (const { mid, receiver } of line.getTransceivers()) {
      const person = this.streams[mid];
      if (person) tracks.set(person, [...(tracks.get(person) || []), receiver.track]);
    }
    for (const [person, theirs] of tracks) {
      const shown = this.tile(person)?.querySelector("video").srcObject;
      const same = shown && shown.getTracks().length === theirs.length && theirs.every((track) => shown.getTrackById(track.id) === track);
      if (!same) this.show(person, new MediaStream(theirs));
    }
    this.keepTiles([...tracks.keys()]);
    this.showHow();
  }

  toggle(kind, button) {
    this.off[kind] = !this.off[kind];
    for (const track of this.stream?.getTracks() || []) if (track.kind === kind) track.enabled = !this.off[kind];
    button.textContent = this.off[kind] ? button.dataset.on : button.dataset.off;
    button.classList.toggle("naru-room__off", this.off[kind]);
    this.tellState();
  }

  tellState() {
    const on = (kind) => Boolean(this.stream?.getTracks().some((track) => track.kind === kind && track.enabled));
    this.tell({ type: "state", muted: !on("audio"), camera: on("video") });
  }

  // --- the page

  tile(id) {
    return this.element.querySelector(`[data-tile="${CSS.escape(id)}"]`);
  }

  show(id, stream) {
    let tile = this.tile(id);
    if (!tile) {
      tile = document.createElement("figure");
      tile.className = id === "self" ? "naru-tile naru-tile--self" : "naru-tile";
      tile.dataset.tile = id;
      tile.append(document.createElement("video"), document.createElement("figcaption"));
      this.find("tiles")[id === "self" ? "append" : "prepend"](tile);
    }
    const video = tile.querySelector("video");
    Object.assign(video, { autoplay: true, playsInline: true, muted: id === "self", srcObject: stream });
    video.play().catch((error) => error.name === "NotAllowedError" && this.askForSound());
    this.caption(id);
  }

  keepTiles(ids) {
    for (const tile of this.element.querySelectorAll("[data-tile]")) {
      if (tile.dataset.tile !== "self" && !ids.includes(tile.dataset.tile)) tile.remove();
    }
  }

  caption(id) {
    const { muted, camera } = this.states.get(id) || { muted: false, camera: true };
    const words = [this.names.get(id), muted && this.texts.muted, !camera && this.texts.nopicture].filter(Boolean);
    const place = this.tile(id)?.querySelector("figcaption");
    if (place) place.textContent = id === "self" ? this.texts.self : words.join(" · ");
  }

  askForSound() {
    if (this.find("status").querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "nhsuk-button naru-small";
    button.textContent = this.texts.sound;
    button.onclick = () => {
      this.element.querySelectorAll("video").forEach((video) => video.play());
      this.showHow();
    };
    this.find("status").replaceChildren(button);
  }

  showHow() {
    if (!this.wanted || this.timer || this.find("status").querySelector("button:not(:focus)")) return;
    const others = this.lines.get(GET)?.connectionState === "connected" && Object.keys(this.streams).length;
    this.say([others ? this.texts.connected : this.texts.alone, this.texts[this.problem] || ""].join(" ").trim());
  }

  showPeople({ people, me }) {
    const newcomers = people.some(({ id }) => id !== me && !this.names.has(id));
    this.names = new Map(people.map((person) => [person.id, person.name]));
    this.find("people").textContent = people.map((person) => `${person.name} (${person.role})`).join(" · ");
    for (const id of this.names.keys()) this.caption(id);
    if (newcomers) this.tellState();
  }

  showState({ person, muted, camera }) {
    this.states.set(person, { muted, camera });
    this.caption(person);
  }

  showLine({ id, name, text, mine }) {
    if (this.element.querySelector(`[data-line="${id}"]`)) return;
    const item = document.createElement("li");
    item.dataset.line = id;
    if (mine) item.className = "naru-chat__mine";
    item.textContent = `${name}: ${text}`;
    this.find("chat").append(item);
    this.find("chat").scrollTop = this.find("chat").scrollHeight;
  }

  sayLine(event) {
    event.stopPropagation();
    if (this.socket?.readyState !== WebSocket.OPEN) return; // the form itself goes to the server then
    event.preventDefault();
    const field = event.target.elements.text;
    this.tell({ type: "chat", text: field.value });
    field.value = "";
    field.focus();
  }

  /** What is really received, in all and of each person: used by the tests and by whoever asks for help. */
  async stats() {
    const found = { frames: 0, sound: 0, packets: 0, remotes: {} };
    for (const report of (await this.lines.get(GET)?.getStats())?.values() || []) {
      if (report.type !== "inbound-rtp") continue;
      const remote = (found.remotes[this.streams[report.mid]] ??= { framesDecoded: 0, audioEnergy: 0, audioLevel: 0 });
      found.frames += report.framesDecoded || 0;
      remote.framesDecoded += report.framesDecoded || 0;
      if (report.kind !== "audio") continue;
      found.sound += report.totalAudioEnergy || 0;
      found.packets += report.packetsReceived || 0;
      remote.audioEnergy += report.totalAudioEnergy || 0;
      remote.audioLevel = report.audioLevel || 0;
    }
    return found;
  }
}

const element = document.getElementById("room");
if (element) {
  window.naruRoom = new Room(element);
  window.naruRoom.join();
}
