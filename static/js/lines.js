// The connections of a person in a room: one to send, one to receive everybody else, and one more while they show their screen.

export const SEND = "publish";
export const GET = "receive";
export const SHOW = "screen";
const VIDEO_BITRATE = 600_000;
const SCREEN_BITRATE = 1_000_000;
const SHAKY = 4000; // so long may a line be interrupted before we join again

export class Lines extends Map {
  /** `room`: what happens to the lines is told there; `own`: what this person sends. */
  constructor(room, own) {
    super();
    Object.assign(this, { room, own, streams: {} });
  }

  hangUp() {
    for (const id of [...this.keys()]) this.drop(id);
    this.streams = {};
  }

  drop(id) {
    const line = this.get(id);
    this.delete(id);
    line?.close();
  }

  get areConnected() {
    return [...this.values()].every((line) => line.connectionState === "connected");
  }

  /** Somebody is there, and what they send comes. */
  get bringOthers() {
    return this.get(GET)?.connectionState === "connected" && Object.keys(this.streams).length > 0;
  }

  open(id) {
    this.drop(id);
    this.room.expect();
    const line = new RTCPeerConnection({ iceServers: this.room.iceServers, bundlePolicy: "max-bundle" });
    this.set(id, line);
    line.onconnectionstatechange = () => this.watch(id, line);
    return line;
  }

  watch(id, line) {
    if (this.get(id) !== line) return;
    clearTimeout(line.shaky);
    if (line.connectionState === "connected") this.room.settle();
    if (line.connectionState === "failed") this.room.rejoin();
    if (line.connectionState === "disconnected") {
      this.room.lookForWay();
      line.shaky = setTimeout(() => this.get(id) === line && this.room.rejoin(), SHAKY);
    }
  }

  /** This device may be at another address now: all lines look for their way again, and nothing else stops. */
  async lookForWay() {
    this.room.tell({ type: "restart" });
    for (const id of [SEND, SHOW]) {
      const line = this.get(id);
      if (line?.signalingState !== "stable") continue;
      line.restartIce();
      await this.offer(id);
    }
  }

  async offer(id) {
    const line = this.get(id);
    await line.setLocalDescription();
    this.room.tell({ type: "offer", sdp: line.localDescription.sdp, screen: id === SHOW });
  }

  async publish() {
    this.own.tellState();
    if (!this.own.stream) return this.drop(SEND);
    const line = this.open(SEND);
    for (const track of this.own.stream.getTracks()) {
      const sendEncodings = track.kind === "video" ? [{ maxBitrate: VIDEO_BITRATE, active: !this.own.rests }] : [{}];
      line.addTransceiver(track, { direction: "sendonly", streams: [this.own.stream], sendEncodings });
    }
    await this.offer(SEND);
  }

  /** The screen goes out on a line of its own, so that nothing else has to be agreed anew. */
  async show(track) {
    const sendEncodings = [{ maxBitrate: SCREEN_BITRATE }];
    this.open(SHOW).addTransceiver(track, { direction: "sendonly", sendEncodings });
    await this.offer(SHOW);
  }

  hide() {
    this.drop(SHOW);
    this.room.tell({ type: "unshare" });
  }

  accepted({ sdp, screen }) {
    return this.get(screen ? SHOW : SEND)?.setRemoteDescription({ type: "answer", sdp });
  }

  /** The server says what it sends, and whose each part is; the answer is all tracks by person (or person/screen). */
  async receive({ sdp, number, fresh, streams }) {
    const line = (!fresh && this.get(GET)) || this.open(GET);
    await line.setRemoteDescription({ type: "offer", sdp });
    await line.setLocalDescription();
    this.room.tell({ type: "answer", number, sdp: line.localDescription.sdp });
    this.streams = streams;
    const tracks = new Map();
    for (const { mid, receiver } of line.getTransceivers()) {
      const person = streams[mid];
      if (person) tracks.set(person, [...(tracks.get(person) || []), receiver.track]);
    }
    return tracks;
  }

  /** A camera that is off, or that nobody can see on their weak link, costs nothing on the way. */
  sendOrRest() {
    const sender = this.get(SEND)?.getSenders().find(({ track }) => track?.kind === "video");
    if (!sender) return;
    const how = sender.getParameters();
    for (const encoding of how.encodings) encoding.active = !this.own.rests;
    sender.setParameters(how).catch(() => {}); // a browser that cannot, sends black
  }

  /** What is really received, in all and of each person: used by the tests and by whoever asks for help. */
  async stats() {
    const found = { frames: 0, sound: 0, packets: 0, remotes: {} };
    for (const report of (await this.get(GET)?.getStats())?.values() || []) {
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
