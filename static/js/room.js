// The video room: one connection to send, one to receive everybody else. Whatever breaks, it joins again by itself.
import { Chat } from "./chat.js";
import { openDevices } from "./devices.js";
import { reportOn } from "./quality.js";
import { Tiles } from "./tiles.js";

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
    this.tiles = new Tiles(this.find("tiles"), this.texts, () => this.askForSound());
    this.streams = {};
    this.off = { audio: false, video: false };
    this.wait = FIRST_WAIT;
    this.find("mute").addEventListener("click", () => this.toggle("audio", this.find("mute")));
    this.find("camera").addEventListener("click", () => this.toggle("video", this.find("camera")));
    this.find("leave").addEventListener("click", () => this.leave());
    this.find("join").addEventListener("click", () => this.join());
    this.chat = new Chat(this.find("chat"), this.find("say"), (text) => this.tell({ type: "chat", text }));
    this.find("soundonly").addEventListener("click", () => this.soundOnly());
    addEventListener("online", () => (this.timer ? this.connect() : this.lookForWay()));
    navigator.connection?.addEventListener("change", () => this.lookForWay());
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
    if (stream) this.tiles.show("self", stream);
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
    this.tiles.drop("self");
  }

  /** Out of the room; the visit goes on. */
  leave(text = this.texts.left) {
    this.element.dispatchEvent(new Event("room:leaving"));
    this.wanted = false;
    this.hangUp();
    this.dropSocket();
    this.stopOwn();
    this.tiles.keep([]);
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
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
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
      case "state": return this.tiles.mark(message.person, message);
      case "silent": return this.lookForWay();
      case "weak": return this.showWeak(message.weak);
      case "unseen": return this.restCamera(true);
      case "seen": return this.restCamera(false);
      case "chat": return this.chat.show(message);
      case "error": return this.say(message.text);
      default: this.element.dispatchEvent(new CustomEvent(`room:${message.type}`, { detail: message })); // other modules listen
    }
  }

  // --- sound and picture

  async start() {
    this.hangUp();
    if (this.noPictures) this.tellPictures();
    await this.publish();
    this.settle();
  }

  hangUp() {
    for (const id of [...this.lines.keys()]) this.drop(id);
    this.streams = {};
    this.weak = this.unseen = false;
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
      this.lookForWay();
      line.shaky = setTimeout(() => this.lines.get(id) === line && this.rejoin(), SHAKY);
    }
  }

  /** This device may be at another address now: both lines look for their way again, and nothing else stops. */
  async lookForWay() {
    if (!this.wanted || this.timer || this.socket?.readyState !== WebSocket.OPEN) return;
    this.say(this.texts.looking);
    this.tell({ type: "restart" });
    const line = this.lines.get(SEND);
    if (!line || line.signalingState !== "stable") return;
    line.restartIce();
    await this.offer(line);
  }

  async offer(line) {
    await line.setLocalDescription();
    this.tell({ type: "offer", sdp: line.localDescription.sdp });
  }

  async publish() {
    this.tellState();
    if (!this.stream) return this.drop(SEND);
    const line = this.newLine(SEND);
    for (const track of this.stream.getTracks()) {
      const sendEncodings = track.kind === "video" ? [{ maxBitrate: VIDEO_BITRATE, active: !this.off.video }] : [{}];
      line.addTransceiver(track, { direction: "sendonly", streams: [this.stream], sendEncodings });
    }
    await this.offer(line);
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
    for (const [person, theirs] of tracks) this.tiles.showTracks(person, theirs);
    this.tiles.keep([...tracks.keys()]);
    this.showHow();
  }

  toggle(kind, button) {
    this.off[kind] = !this.off[kind];
    for (const track of this.stream?.getTracks() || []) if (track.kind === kind) track.enabled = !this.off[kind];
    this.sendOrRest();
    button.textContent = this.off[kind] ? button.dataset.on : button.dataset.off;
    button.classList.toggle("naru-room__off", this.off[kind]);
    this.tellState();
  }

  restCamera(unseen) {
    this.unseen = unseen;
    this.sendOrRest();
  }

  /** A camera that is off, or that nobody can see on their weak link, costs nothing on the way. */
  sendOrRest() {
    const sender = this.lines.get(SEND)?.getSenders().find(({ track }) => track?.kind === "video");
    if (!sender) return;
    const how = sender.getParameters();
    for (const encoding of how.encodings) encoding.active = !this.off.video && !this.unseen;
    sender.setParameters(how).catch(() => {}); // a browser that cannot, sends black
  }

  /** A person may give up the pictures, so that a weak link carries the voices. */
  soundOnly() {
    const button = this.find("soundonly");
    this.noPictures = !this.noPictures;
    button.textContent = this.noPictures ? button.dataset.on : button.dataset.off;
    button.classList.toggle("naru-room__off", this.noPictures);
    if (this.noPictures !== this.off.video) this.toggle("video", this.find("camera"));
    this.tellPictures();
    this.showHow();
  }

  tellPictures() {
    this.tell({ type: "picture", wanted: !this.noPictures });
  }

  showWeak(weak) {
    this.weak = weak;
    this.showHow();
  }

  tellState() {
    const on = (kind) => Boolean(this.stream?.getTracks().some((track) => track.kind === kind && track.enabled));
    this.tell({ type: "state", muted: !on("audio"), camera: on("video") });
  }

  // --- the page

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

  showHow() {
    if (!this.wanted || this.timer || this.find("status").querySelector("button:not(:focus)")) return;
    const others = this.lines.get(GET)?.connectionState === "connected" && Object.keys(this.streams).length;
    const how = !others ? this.texts.alone : this.noPictures ? this.texts.soundonly : this.weak ? this.texts.weak : this.texts.connected;
    this.say([how, this.texts[this.problem] || ""].join(" ").trim());
  }

  showPeople({ people, me }) {
    const newcomers = people.some(({ id }) => id !== me && !this.tiles.names.has(id));
    this.tiles.name(people);
    this.find("people").textContent = people.map((person) => `${person.name} (${person.role})`).join(" · ");
    if (newcomers) this.tellState();
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
  reportOn(window.naruRoom);
  window.naruRoom.join();
}
