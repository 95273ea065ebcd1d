// How it goes with sound and picture: every two seconds, and at once when something breaks, the page tells the server,
// so that somebody can help. Staff may also leave the pictures out for everybody.
const EVERY = 2000;
const LEAST = 1000; // the server listens no more often
const LOOK = 500;
const LATE = 4; // seconds without a way after which it is said at once
const PROBLEMS = ["", "denied", "absent", "busy", "browser", "nothing", "nosound"];
const LINES = { new: "looking", connecting: "looking", connected: "connected", disconnected: "lost", failed: "lost" };

const between = (value, most) => Math.min(most, Math.max(0, Number(value) || 0));
const seconds = (since) => (since === null ? 0 : (performance.now() - since) / 1000);

class Reporter {
  constructor(room) {
    this.room = room;
    this.met = false;
    this.lookingSince = null;
    this.wantedSince = null;
    this.before = {};
    this.saidAt = -EVERY;
    this.saidState = "";
    this.leaving = false;
    setInterval(() => this.look(), LOOK);
    document.addEventListener("visibilitychange", () => this.look());
    addEventListener("pagehide", () => this.sayGoodbye());
    room.element.addEventListener("room:leaving", () => this.sayGoodbye());
    room.element.addEventListener("room:pictures", ({ detail }) => this.obey(detail.wanted));
  }

  /** Staff leave the pictures out, or let them come again. Nobody else opens a camera that a person had closed. */
  obey(wanted) {
    const { room } = this;
    if (Boolean(room.noPictures) !== wanted || (wanted && !this.byStaff)) return;
    if (!wanted) this.cameraWasOff = room.own.off.video;
    this.byStaff = !wanted;
    room.soundOnly();
    if (wanted && this.cameraWasOff && !room.own.off.video) room.own.toggle("video");
  }

  line(id) {
    return LINES[this.room.lines.get(id)?.connectionState] || "none";
  }

  /** What can be seen without asking the connections. */
  state() {
    const { room } = this;
    const [up, down] = [this.line("publish"), this.line("receive")];
    const lines = [up, down].filter((line) => line !== "none");
    const stands = lines.length > 0 && lines.every((line) => line === "connected");
    if (!room.wanted) this.wantedSince = this.lookingSince = null;
    else this.wantedSince ??= performance.now();
    if (stands) this.lookingSince = null;
    else if (lines.length) this.lookingSince ??= performance.now();
    this.met ||= lines.includes("connected");
    const own = (kind) => room.stream?.getTracks().find((track) => track.kind === kind && track.readyState === "live");
    const how = (track) => (!track ? "none" : track.enabled ? "on" : "off");
    const trouble = window.RTCPeerConnection ? room.problem || "" : "browser";
    return {
      up,
      down,
      met: this.met,
      problem: PROBLEMS.includes(trouble) ? trouble : "other",
      camera: how(own("video")),
      microphone: how(own("audio")),
      visible: !document.hidden,
      stands,
    };
  }

  look() {
    const { stands, ...state } = this.state();
    if (stands && this.joined === undefined) this.joined = seconds(this.wantedSince);
    const late = seconds(this.lookingSince) >= LATE;
    const changed = JSON.stringify([state, late]);
    const passed = performance.now() - this.saidAt;
    if (this.room.wanted && passed >= (changed === this.saidState ? EVERY : LEAST)) this.say(state, changed);
  }

  async say(state, changed) {
    if (this.room.socket?.readyState !== WebSocket.OPEN) return;
    const passed = (performance.now() - this.saidAt) / 1000;
    Object.assign(this, { saidAt: performance.now(), saidState: changed });
    this.send(state, await this.measure(Math.max(passed, LEAST / 1000)));
  }

  send(state, measured) {
    const report = {
      type: "quality",
      ...measured,
      ...state,
      looking: between(seconds(this.lookingSince), 86_400),
      joined: between(this.joined, 600),
      leaving: this.leaving,
    };
    if (this.room.tell(report) && this.joined) this.joined = 0;
    this.measured = measured;
  }

  /** The person goes: nobody needs to look for them. */
  sayGoodbye() {
    this.leaving = true;
    const { stands: _stands, ...state } = this.state();
    this.send(state, this.measured || NOTHING);
    this.leaving = false;
  }

  // --- numbers

  async measure(passed) {
    const up = await reports(this.room.lines.get("publish"));
    const down = await reports(this.room.lines.get("receive"));
    const sums = { ...this.sent(up), ...this.got(down) };
    const more = (name) => Math.max(0, sums[name] - (this.before[name] ?? sums[name]));
    const share = (part, whole) => (whole > 0 ? between((100 * part) / whole, 100) : 0);
    const way = pathOf(up) || pathOf(down) || {};
    const found = {
      round_trip: between((way.trip || 0) * 1000, 60_000),
      lost_up: between(this.lostUp(up), 100),
      lost_down: share(more("lost"), more("lost") + more("packets")),
      concealed: share(more("concealed"), more("samples")),
      freezes: between(more("freezes"), 1000),
      rate_up: between((more("bytesUp") * 8) / 1000 / passed, 100_000),
      rate_down: between((more("bytesDown") * 8) / 1000 / passed, 100_000),
      path: way.path || "",
      transport: way.transport || "",
    };
    this.before = sums;
    return found;
  }

  sent(found) {
    return { bytesUp: sum(found, "outbound-rtp", "bytesSent") };
  }

  got(found) {
    const kind = "inbound-rtp";
    return {
      bytesDown: sum(found, kind, "bytesReceived"),
      packets: sum(found, kind, "packetsReceived"),
      lost: sum(found, kind, "packetsLost"),
      samples: sum(found, kind, "totalSamplesReceived"),
      concealed: sum(found, kind, "concealedSamples") - sum(found, kind, "silentConcealedSamples"),
      freezes: sum(found, kind, "freezeCount"),
    };
  }

  /** The worst share that the server misses. */
  lostUp(found) {
    return Math.max(0, ...found.filter(({ type }) => type === "remote-inbound-rtp").map(({ fractionLost }) => 100 * (fractionLost || 0)));
  }
}

const NOTHING = { round_trip: 0, lost_up: 0, lost_down: 0, concealed: 0, freezes: 0, rate_up: 0, rate_down: 0, path: "", transport: "" };

async function reports(line) {
  if (!line || line.connectionState === "closed") return [];
  return [...(await line.getStats()).values()];
}

function sum(found, type, name) {
  return found.filter((report) => report.type === type).reduce((all, report) => all + (report[name] || 0), 0);
}

/** Which way was chosen: straight, or by a relay (and how the relay is reached). */
function pathOf(found) {
  const chosen = found.find(({ type }) => type === "transport")?.selectedCandidatePairId;
  const pair = found.find(({ type, id, nominated, state }) => type === "candidate-pair" && (chosen ? id === chosen : nominated && state === "succeeded"));
  const own = pair && found.find(({ id }) => id === pair.localCandidateId);
  if (!own) return null;
  const relayed = own.candidateType === "relay";
  const transport = (relayed && own.relayProtocol) || own.protocol;
  return { path: relayed ? "relayed" : "direct", transport: transport === "udp" ? "udp" : "tcp", trip: pair.currentRoundTripTime };
}

/** Report on a room from now on. */
export function reportOn(room) {
  return new Reporter(room);
}
