// The people of a room on the page: a picture for each, with name, and what is off.

export class Tiles {
  /** `texts`: the sentences of the page; `blocked` is called when the browser wants a tap before it plays sound. */
  constructor(place, texts, blocked) {
    Object.assign(this, { place, texts, blocked, names: new Map(), states: new Map() });
  }

  find(id) {
    return this.place.querySelector(`[data-tile="${CSS.escape(id)}"]`);
  }

  show(id, stream) {
    let tile = this.find(id);
    if (!tile) {
      tile = document.createElement("figure");
      tile.className = id === "self" ? "naru-tile naru-tile--self" : "naru-tile";
      tile.dataset.tile = id;
      tile.append(document.createElement("video"), document.createElement("figcaption"));
      this.place[id === "self" ? "append" : "prepend"](tile);
    }
    const video = tile.querySelector("video");
    Object.assign(video, { autoplay: true, playsInline: true, muted: id === "self", srcObject: stream });
    video.play().catch((error) => error.name === "NotAllowedError" && this.blocked());
    this.caption(id);
  }

  /** The same tracks are not shown again: that would flicker. */
  showTracks(id, tracks) {
    const shown = this.find(id)?.querySelector("video").srcObject;
    const same = shown && shown.getTracks().length === tracks.length && tracks.every((track) => shown.getTrackById(track.id) === track);
    if (!same) this.show(id, new MediaStream(tracks));
  }

  drop(id) {
    this.find(id)?.remove();
  }

  keep(ids) {
    for (const tile of this.place.querySelectorAll("[data-tile]")) {
      if (tile.dataset.tile !== "self" && !ids.includes(tile.dataset.tile)) tile.remove();
    }
  }

  play() {
    this.place.querySelectorAll("video").forEach((video) => video.play());
  }

  name(people) {
    this.names = new Map(people.map((person) => [person.id, person.name]));
    for (const id of this.names.keys()) this.caption(id);
  }

  mark(id, state) {
    this.states.set(id, state);
    this.caption(id);
  }

  caption(id) {
    const { muted, camera } = this.states.get(id) || { muted: false, camera: true };
    const words = [this.names.get(id), muted && this.texts.muted, !camera && this.texts.nopicture].filter(Boolean);
    const tile = this.find(id);
    if (!tile) return;
    tile.querySelector("figcaption").textContent = id === "self" ? this.texts.self : words.join(" · ");
    tile.classList.toggle("naru-tile--dark", !camera); // never the last picture of a camera that is off
  }
}
