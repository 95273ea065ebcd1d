// The people of a room on the page: a picture for each, with name, and what is off. A person can make one of them large.

import { playWhereChosen } from "./devices.js";
import { inTab } from "./store.js";

const KEPT = "naru.pinned";
const SELF = "self";
const SCREEN = "/screen"; // a person's screen stands under their name and this

export class Tiles {
  /** `texts`: the sentences of the page; `blocked` is called when the browser wants a tap before it plays sound. */
  constructor(place, texts, blocked) {
    Object.assign(this, { place, texts, blocked, names: new Map(), states: new Map() });
    this.pinned = inTab((storage) => storage.getItem(KEPT)) || "";
  }

  find(id) {
    return this.place.querySelector(`[data-tile="${CSS.escape(id)}"]`);
  }

  get all() {
    return [...this.place.querySelectorAll("[data-tile]")];
  }

  show(id, stream) {
    const tile = this.find(id) || this.make(id);
    const video = tile.querySelector("video");
    Object.assign(video, { autoplay: true, playsInline: true, muted: id === SELF, srcObject: stream });
    if (id !== SELF) playWhereChosen(video);
    video.play().catch(({ name }) => name === "NotAllowedError" && this.playSilently(video));
    this.caption(id);
    this.arrange();
  }

  make(id) {
    const tile = document.createElement("figure");
    tile.className = id === SELF ? "naru-tile naru-tile--self" : id.endsWith(SCREEN) ? "naru-tile naru-tile--screen" : "naru-tile";
    tile.dataset.tile = id;
    tile.append(document.createElement("video"), document.createElement("figcaption"));
    if (id !== SELF && !id.endsWith(SCREEN)) tile.append(this.pinButton(id));
    this.place.append(tile);
    return tile;
  }

  pinButton(id) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "naru-tile__pin";
    button.addEventListener("click", () => this.pin(this.pinned === id ? "" : id));
    return button;
  }

  /** Large and first for this person alone: an interpreter's hands, a doctor's face. */
  pin(id) {
    this.pinned = id;
    inTab((storage) => storage.setItem(KEPT, id));
    const focus = document.activeElement;
    this.arrange();
    focus?.focus();
  }

  /** First a screen, then who is pinned, last oneself; the order of the page is the order of the keys. */
  arrange() {
    const rank = ({ dataset: { tile } }) => (tile.endsWith(SCREEN) ? 0 : tile === this.pinned ? 1 : tile === SELF ? 3 : 2);
    const tiles = this.all;
    const sorted = [...tiles].sort((one, other) => rank(one) - rank(other));
    if (sorted.some((tile, index) => tile !== tiles[index])) this.place.append(...sorted);
    for (const tile of tiles) {
      const isPinned = tile.dataset.tile === this.pinned;
      tile.classList.toggle("naru-tile--large", isPinned || tile.dataset.tile.endsWith(SCREEN));
      tile.querySelector("button")?.setAttribute("aria-pressed", isPinned);
    }
    this.place.dataset.people = tiles.length;
    this.place.classList.toggle("naru-room__tiles--one-large", tiles.some((tile) => tile.classList.contains("naru-tile--large")));
  }

  /** The same tracks are not shown again: that would flicker. */
  showTracks(id, tracks) {
    const shown = this.find(id)?.querySelector("video").srcObject;
    const same = shown && shown.getTracks().length === tracks.length && tracks.every((track) => shown.getTrackById(track.id) === track);
    if (!same) this.show(id, new MediaStream(tracks));
  }

  drop(id) {
    this.find(id)?.remove();
    this.arrange();
  }

  keep(ids) {
    for (const tile of this.all) if (tile.dataset.tile !== SELF && !ids.includes(tile.dataset.tile)) tile.remove();
    this.arrange();
  }

  /** The browser wants a tap before it plays sound; the picture needs none. */
  playSilently(video) {
    video.muted = true;
    video.play().catch(() => {});
    this.blocked();
  }

  play() {
    for (const tile of this.all) {
      const video = tile.querySelector("video");
      video.muted = tile.dataset.tile === SELF;
      video.play();
    }
  }

  name(people) {
    this.names = new Map(people.map((person) => [person.id, person.name]));
    for (const { dataset } of this.all) this.caption(dataset.tile);
  }

  mark(id, state) {
    this.states.set(id, state);
    this.caption(id);
  }

  caption(id) {
    const tile = this.find(id);
    if (!tile) return;
    const [person, part] = id.split("/");
    const { muted, camera } = (!part && this.states.get(id)) || { muted: false, camera: true };
    const words = [this.names.get(person), part && this.texts.screen, muted && this.texts.muted, !camera && this.texts.nopicture];
    tile.querySelector("figcaption").textContent = id === SELF ? this.texts.self : words.filter(Boolean).join(" · ");
    tile.classList.toggle("naru-tile--dark", !camera); // never the last picture of a camera that is off
    const label = this.texts.pin.replace("{name}", this.names.get(id) || "");
    Object.assign(tile.querySelector("button") || {}, { title: label, ariaLabel: label });
  }
}
