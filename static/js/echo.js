// The way to the clinic and back: what this browser sends comes back from a media worker, and is heard a second later.
import { playWhereChosen } from "./devices.js";
import { GET, Lines } from "./lines.js";

const LATER = 1000; // ms until one hears oneself, where the browser can wait: at once would only confuse
const ENOUGH = 25; // packets of sound that came back: half a second
const PICTURES = 5;
const PATIENCE = 15_000;
const LOOK = 250;

export class Echo {
  /** `done` hears once whether everything came back. */
  constructor(address, stream, done) {
    Object.assign(this, { stream, done, wanted: true, rests: false });
    this.lines = new Lines(this, this); // this page is the room, and what is sent is its stream
    const url = new URL(address, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(url);
    let last = Promise.resolve(); // one message after the other
    this.socket.onmessage = ({ data }) => (last = last.then(() => this.hear(JSON.parse(data))).catch(() => this.end(false)));
    this.socket.onclose = () => this.end(false);
    this.timer = setInterval(() => this.look(), LOOK);
    this.patience = setTimeout(() => this.end(false), PATIENCE);
  }

  async hear(message) {
    switch (message.type) {
      case "welcome": this.iceServers = message.iceServers; break;
      case "joined": return this.lines.publish();
      case "answer": return this.lines.accepted(message);
      case "offer": return this.play(await this.lines.receive(message));
    }
  }

  /** Back comes what was really decoded, not only what was promised. */
  async look() {
    const { packets, frames } = await this.lines.stats();
    const has = (kind) => this.stream.getTracks().some((track) => track.kind === kind);
    if ((!has("audio") || packets >= ENOUGH) && (!has("video") || frames >= PICTURES)) this.end(true);
  }

  play(tracks) {
    const sound = [...tracks.values()].flat().filter(({ kind }) => kind === "audio");
    for (const receiver of this.lines.get(GET).getReceivers()) if (sound.includes(receiver.track)) receiver.jitterBufferTarget = LATER;
    this.player = Object.assign(new Audio(), { srcObject: new MediaStream(sound) });
    this.player.play().catch(() => {});
    playWhereChosen(this.player);
  }

  /** The answer is known; the echo itself goes on until the page or the server ends it. */
  end(good) {
    clearInterval(this.timer);
    clearTimeout(this.patience);
    if (this.done) this.done(good);
    this.done = null;
    if (!good) this.stop();
  }

  stop() {
    this.done = null;
    clearInterval(this.timer);
    clearTimeout(this.patience);
    this.socket.onclose = null;
    this.socket.close();
    this.lines.hangUp();
    this.player?.pause();
  }

  // What the lines ask of a room.

  tell(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  rejoin() {
    this.end(false);
  }

  tellState() {}
  expect() {}
  settle() {}
  lookForWay() {}
}
