// The video room: one connection to send, one for each person who is seen. Whatever breaks, it joins again by itself.
import { openDevices } from "./devices.js";

const SEND = "publish";
const VIDEO_BITRATE = 600_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;

class Room {
  constructor(element) {
    this.element = element;
    this.texts = element.dataset;
    this.lines = new Map();
    this.names = new Map();
    this.wait = FIRST_WAIT;
    this.wanted = true;
    this.find("mute").addEventListener("click", () => this.toggle("audio", this.find("mute")));
    this.find("camera").addEventListener("click", () => this.toggle("video", this.find("camera")));
    this.find("leave").addEventListener("click", () => this.leave());
    this.find("join").addEventListener("click", () => this.join());
    this.find("say").addEventListener("submit", (event) => this.sayLine(event));
    addEventListener("online", () => this.socket?.readyState > 1 && this.connect());
  }

  find(name) {
    return this.element.querySelector(`[data-room-${name}]`);
  }

  say(text) {
    this.find("status").textContent = text;
  }

  async join() {
    this.wanted = true;
    this.find("join").hidden = true;
    if (!this.stream) {
      const { stream, problem } = await openDevices();
      this.stream = stream;
      this.problem = problem;
      if (stream) this.show("self", stream, this.texts.self, true);
    }
    await this.connect();
  }

  leave() {
    this.wanted = false;
    this.socket?.close();
    this.hangUp();
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.element.querySelector("[data-tile=self]")?.remove();
    this.find("join").hidden = false;
    this.say(this.texts.left);
  }

  async connect() {
    if (!this.wanted) return;
    clearTimeout(this.timer);
    this.say(this.texts.connecting);
    try {
      const answer = await fetch(this.texts.seat, { headers: { Accept: "application/json" } });
      if ([403, 404, 409].includes(answer.status)) return this.over();
      const seat = await answer.json();
      this.iceServers = seat.iceServers;
      this.open(seat.token);
    } catch {
      this.again();
    }
  }

  open(token) {
    const url = new URL(this.texts.socket, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("token", token);
    const socket = (this.socket = new WebSocket(url));
    socket.onmessage = (message) => socket === this.socket && this.hear(JSON.parse(message.data));
    socket.onclose = (event) => {
      if (socket !== this.socket || !this.wanted) return;
      if (event.code === 4410) return this.over();
      this.again();
    };
  }

  again() {
    this.say(this.texts.lost);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), this.wait / 2 + (Math.random() * this.wait) / 2);
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  over() {
    this.wanted = false;
    this.hangUp();
    this.say(this.texts.closed);
    this.stream?.getTracks().forEach((track) => track.stop());
    setTimeout(() => location.reload(), 1500);
  }

  hangUp() {
    for (const id of [...this.lines.keys()]) this.drop(id);
  }

  async hear(message) {
    if (message.type === "joined") await this.publish();
    else if (message.type === "answer") await this.lines.get(SEND)?.setRemoteDescription({ type: "answer", sdp: message.sdp });
    else if (message.type === "offer") await this.receive(message.line, message.sdp);
    else if (message.type === "gone") this.drop(message.line);
    else if (message.type === "failed" || message.type === "rejoin") this.socket.close();
    else if (message.type === "people") this.showPeople(message);
    else if (message.type === "state") this.showState(message);
    else if (message.type === "chat") this.showLine(message);
    else if (message.type === "closed") this.over();
    else if (message.type === "error") this.say(message.text);
  }

  newLine(id) {
    this.drop(id, true);
    const line = new RTCPeerConnection({ iceServers: this.iceServers });
    this.lines.set(id, line);
    line.onicecandidate = ({ candidate }) => candidate?.candidate && this.tell({ type: "candidate", line: id, candidate: candidate.toJSON() });
    line.onconnectionstatechange = () => {
      if (this.lines.get(id) !== line) return;
      if (line.connectionState === "failed") this.socket?.close();
      if (line.connectionState === "connected") {
        this.wait = FIRST_WAIT;
        this.showHow();
      }
    };
    return line;
  }

  async publish() {
    this.hangUp();
    this.showHow();
    this.tellState();
    if (!this.stream) return;
    const line = this.newLine(SEND);
    for (const track of this.stream.getTracks()) {
      const sendEncodings = track.kind === "video" ? [{ maxBitrate: VIDEO_BITRATE }] : [{}];
      line.addTransceiver(track, { direction: "sendonly", streams: [this.stream], sendEncodings });
    }
    await line.setLocalDescription();
    this.tell({ type: "offer", line: SEND, sdp: line.localDescription.sdp });
  }

  async receive(id, sdp) {
    const line = this.newLine(id);
    const stream = new MediaStream();
    line.ontrack = ({ track }) => {
      stream.addTrack(track);
      this.show(id, stream, this.names.get(id) || "");
    };
    await line.setRemoteDescription({ type: "offer", sdp });
    await line.setLocalDescription();
    this.tell({ type: "answer", line: id, sdp: line.localDescription.sdp });
  }

  drop(id, keepTile = false) {
    this.lines.get(id)?.close();
    this.lines.delete(id);
    if (id !== SEND && !keepTile) this.element.querySelector(`[data-tile="${id}"]`)?.remove();
  }

  tell(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  tellState() {
    const on = (kind) => Boolean(this.stream?.getTracks().some((track) => track.kind === kind && track.enabled));
    this.tell({ type: "state", muted: !on("audio"), camera: on("video") });
  }

  toggle(kind, button) {
    const tracks = this.stream?.getTracks().filter((track) => track.kind === kind) || [];
    tracks.forEach((track) => (track.enabled = !track.enabled));
    button.setAttribute("aria-pressed", String(tracks.length > 0 && !tracks[0].enabled));
    this.tellState();
  }

  show(id, stream, name, self = false) {
    let tile = this.element.querySelector(`[data-tile="${id}"]`);
    if (!tile) {
      tile = document.createElement("figure");
      tile.className = `naru-tile${self ? " naru-tile--self" : ""}`;
      tile.dataset.tile = id;
      tile.append(document.createElement("video"), document.createElement("figcaption"));
      this.find("tiles")[self ? "append" : "prepend"](tile);
    }
    const video = tile.querySelector("video");
    Object.assign(video, { autoplay: true, playsInline: true, muted: self });
    if (video.srcObject !== stream) video.srcObject = stream;
    tile.querySelector("figcaption").textContent = name;
    video.play().catch(() => this.askForSound());
  }

  askForSound() {
    if (this.find("status").querySelector("button")) return;
    const button = document.createElement("button");
    button.textContent = this.texts.sound;
    button.onclick = () => {
      this.element.querySelectorAll("video").forEach((video) => video.play());
      this.showHow();
    };
    this.find("status").replaceChildren(button);
  }

  showHow() {
    const others = [...this.lines].some(([id, line]) => id !== SEND && line.connectionState === "connected");
    this.say([others ? this.texts.connected : this.texts.alone, this.texts[this.problem] || ""].join(" "));
  }

  showPeople({ people, me }) {
    this.names = new Map(people.map((person) => [person.id, person.name]));
    this.find("people").textContent = people.map((person) => `${person.name} (${person.role})`).join(" · ");
    for (const tile of this.element.querySelectorAll("[data-tile]")) {
      const name = this.names.get(tile.dataset.tile);
      if (name && tile.dataset.tile !== me) tile.querySelector("figcaption").textContent = name;
    }
  }

  showState({ person, muted, camera }) {
    const caption = this.element.querySelector(`[data-tile="${person}"] figcaption`);
    if (caption) caption.textContent = [this.names.get(person), muted ? "🔇" : "", camera ? "" : "📷✕"].join(" ").trim();
  }

  showLine({ id, name, text, mine }) {
    if (this.element.querySelector(`[data-line="${id}"]`)) return;
    const item = document.createElement("li");
    item.dataset.line = id;
    if (mine) item.className = "naru-chat__mine";
    item.textContent = `${name}: ${text}`;
    this.find("chat").append(item);
    item.scrollIntoView({ block: "nearest" });
  }

  sayLine(event) {
    if (this.socket?.readyState !== WebSocket.OPEN) return; // the form itself goes to the server then
    event.preventDefault();
    event.stopPropagation();
    const field = event.target.elements.text;
    this.tell({ type: "chat", text: field.value });
    field.value = "";
    field.focus();
  }

  /** What is really received: used by the tests and by whoever asks for help. */
  async stats() {
    const found = { frames: 0, sound: 0, packets: 0 };
    for (const [id, line] of this.lines) {
      if (id === SEND) continue;
      for (const report of (await line.getStats()).values()) {
        if (report.type !== "inbound-rtp") continue;
        if (report.kind === "video") found.frames += report.framesDecoded || 0;
        if (report.kind === "audio") {
          found.sound += report.totalAudioEnergy || 0;
          found.packets += report.packetsReceived || 0;
        }
      }
    }
    return found;
  }
}

const element = document.getElementById("room");
if (element) {
  window.naruRoom = new Room(element);
  window.naruRoom.join();
}
