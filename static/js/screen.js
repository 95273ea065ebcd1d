// Showing one's screen to the others: chosen in the browser's own dialog, and ended here or in the browser's bar.
const PICTURE = { frameRate: { ideal: 10, max: 15 }, width: { max: 1920 }, height: { max: 1080 } };

export class Screen {
  constructor(room) {
    this.room = room;
    this.button = room.find("share");
    this.button.hidden = !navigator.mediaDevices?.getDisplayMedia; // no phone can
    this.button.addEventListener("click", () => (this.track ? this.stop() : this.start()));
  }

  async start() {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: PICTURE, audio: false }).catch(() => null);
    if (!stream) return; // the person thought better of it
    [this.track] = stream.getVideoTracks();
    this.track.contentHint = "detail"; // letters are to be read
    this.track.onended = () => this.stop();
    this.show();
    await this.goOn();
  }

  /** After every joining again, what was shown is shown on. */
  async goOn() {
    if (this.track && this.room.isOpen) await this.room.lines.show(this.track);
  }

  stop() {
    if (!this.track) return;
    const { track } = this;
    this.track = null;
    track.stop();
    this.room.lines.hide();
    this.show();
  }

  show() {
    this.button.textContent = this.track ? this.button.dataset.on : this.button.dataset.off;
    this.button.classList.toggle("naru-room__off", Boolean(this.track));
    this.room.showHow();
  }
}
