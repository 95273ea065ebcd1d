// Camera and microphone: ask for them, fall back to sound, remember the choice, and say what is wrong in words.

const KEPT = "naru.devices";
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } };
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** What the person chose in the device check: {picture, camera, microphone}. */
export function choice() {
  try {
    return { picture: true, camera: "", microphone: "", ...JSON.parse(localStorage.getItem(KEPT)) };
  } catch {
    return { picture: true, camera: "", microphone: "" };
  }
}

function choose(changed) {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ ...choice(), ...changed }));
  } catch {
    // a browser that keeps nothing: the choice holds for this page only
  }
}

/** Get what can be had: {stream, problem}; problem is "", "denied", "absent", "busy", "browser" or "nothing". */
export async function openDevices() {
  if (!navigator.mediaDevices?.getUserMedia) return { stream: null, problem: "browser" };
  const chosen = choice();
  const audio = prefer(SOUND, chosen.microphone);
  const video = chosen.picture ? prefer(PICTURE, chosen.camera) : false;
  try {
    return { stream: await navigator.mediaDevices.getUserMedia({ audio, video }), problem: "" };
  } catch (error) {
    return video ? withoutPicture(audio, video, problemOf(error)) : { stream: null, problem: missing(problemOf(error)) };
  }
}

/** Sound alone, or picture alone where there is no microphone. */
async function withoutPicture(audio, video, problem) {
  for (const [wish, why] of [[{ audio }, problem], [{ video }, "nosound"]]) {
    try {
      return { stream: await navigator.mediaDevices.getUserMedia(wish), problem: why };
    } catch {
      continue;
    }
  }
  return { stream: null, problem: missing(problem) };
}

function prefer(wish, id) {
  return id ? { ...wish, deviceId: { ideal: id } } : wish;
}

function problemOf(error) {
  if (["NotAllowedError", "SecurityError"].includes(error.name)) return "denied";
  if (["NotReadableError", "AbortError"].includes(error.name)) return "busy";
  return "absent";
}

function missing(problem) {
  return problem === "absent" ? "nothing" : problem;
}

/** The page on which devices are tried before the visit. */
class Check {
  constructor(element) {
    this.element = element;
    this.find("start").addEventListener("click", () => this.start());
    this.find("sound").addEventListener("click", () => this.start({ picture: false }));
    this.find("picture").addEventListener("click", () => this.start({ picture: true }));
    this.find("camera").addEventListener("change", (event) => this.start({ camera: event.target.value, picture: true }));
    this.find("microphone").addEventListener("change", (event) => this.start({ microphone: event.target.value }));
    addEventListener("pagehide", () => this.stop());
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.stream && this.list());
  }

  find(name) {
    return this.element.querySelector(`[data-check-${name}]`);
  }

  async start(changed = {}) {
    choose(changed);
    this.stop();
    const { stream, problem } = await openDevices();
    this.stream = stream;
    this.say(stream, problem);
    const seen = Boolean(stream?.getVideoTracks().length);
    this.find("view").hidden = !seen;
    this.find("view").srcObject = seen ? stream : null;
    this.find("sound").hidden = !choice().picture;
    this.find("picture").hidden = choice().picture;
    if (stream?.getAudioTracks().length) this.meter(stream);
    await this.list();
  }

  say(stream, problem) {
    const texts = this.element.dataset;
    const fine = stream && !choice().picture ? texts.soundonly : texts.fine;
    this.find("status").textContent = problem ? texts[problem] : fine;
  }

  stop() {
    clearInterval(this.timer);
    this.sound?.close();
    this.sound = null;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }

  meter(stream) {
    this.sound = new AudioContext();
    const analyser = this.sound.createAnalyser();
    this.sound.createMediaStreamSource(stream).connect(analyser);
    const samples = new Uint8Array(analyser.fftSize);
    this.timer = setInterval(() => {
      analyser.getByteTimeDomainData(samples);
      this.find("voice").value = Math.max(...samples.map((sample) => Math.abs(sample - 128))) * 2;
    }, 100);
  }

  async list() {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.()) || [];
    this.offer("camera", devices.filter((device) => device.kind === "videoinput"), choice().camera);
    this.offer("microphone", devices.filter((device) => device.kind === "audioinput"), choice().microphone);
  }

  offer(name, devices, chosen) {
    const options = devices.map((device, index) => new Option(device.label || index + 1, device.deviceId, false, device.deviceId === chosen));
    this.find(name).replaceChildren(...options);
    this.find(name).closest("label").hidden = devices.length < 2;
  }
}

const element = document.getElementById("check");
if (element) window.naruCheck = new Check(element);
