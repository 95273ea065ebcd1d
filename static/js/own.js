// What a person sends, and the buttons that change it: microphone, camera, sound only.
import { openDevices } from "./devices.js";
import { inTab } from "./store.js";

const BUTTONS = { audio: "mute", video: "camera" };
const KEPT = `naru.off.${location.pathname}`; // of this visit, in this tab: whoever reloads is not suddenly heard or seen

const kept = () => ({ audio: false, video: false, ...inTab((storage) => JSON.parse(storage.getItem(KEPT))) });

export class Own {
  constructor(room) {
    Object.assign(this, { room, stream: null, problem: "", off: kept(), unseen: false, noPictures: false });
    for (const [kind, name] of Object.entries(BUTTONS)) {
      room.find(name).addEventListener("click", () => this.choose(kind));
      this.show(name, this.off[kind]);
    }
    room.find("soundonly").addEventListener("click", () => this.soundOnly());
  }

  /** The camera is off, or nobody can take its picture now. */
  get rests() {
    return this.off.video || this.unseen;
  }

  has(kind) {
    return Boolean(this.stream?.getTracks().some((track) => track.kind === kind));
  }

  async open() {
    const { stream, problem } = await openDevices();
    if (!this.room.wanted) return stream?.getTracks().forEach((track) => track.stop());
    Object.assign(this, { stream, problem });
    for (const track of stream?.getTracks() || []) {
      track.enabled = !this.off[track.kind];
      track.onended = () => this.stream === stream && this.openAgain();
    }
    if (stream) this.room.tiles.show("self", stream);
    for (const [kind, name] of Object.entries(BUTTONS)) this.room.find(name).disabled = !this.has(kind);
  }

  /** A device was pulled out: go on with what is left. */
  async openAgain() {
    this.stop();
    await this.open();
    await this.room.publishAgain();
  }

  stop() {
    const stream = this.stream;
    this.stream = null;
    stream?.getTracks().forEach((track) => track.stop());
    this.room.tiles.drop("self");
  }

  choose(kind) {
    this.toggle(kind);
    inTab((storage) => storage.setItem(KEPT, JSON.stringify(this.off)));
  }

  toggle(kind) {
    this.off[kind] = !this.off[kind];
    for (const track of this.stream?.getTracks() || []) if (track.kind === kind) track.enabled = !this.off[kind];
    this.room.lines.sendOrRest();
    this.show(BUTTONS[kind], this.off[kind]);
    this.tellState();
  }

  show(name, off) {
    const button = this.room.find(name);
    button.textContent = off ? button.dataset.on : button.dataset.off;
    button.classList.toggle("naru-room__off", off);
  }

  rest(unseen) {
    this.unseen = unseen;
    this.room.lines.sendOrRest();
  }

  /** A person may give up the pictures, so that a weak link carries the voices. */
  soundOnly() {
    this.noPictures = !this.noPictures;
    this.show("soundonly", this.noPictures);
    if (this.noPictures !== this.off.video) this.toggle("video");
    this.tellPictures();
    this.room.showHow();
  }

  tellPictures() {
    this.room.tell({ type: "picture", wanted: !this.noPictures });
  }

  tellState() {
    this.room.tell({ type: "state", muted: !this.has("audio") || this.off.audio, camera: this.has("video") && !this.off.video });
  }
}
