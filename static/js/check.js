// The page on which devices, and the way to the clinic, are tried before the visit.
import { choice, choose, openDevices, playWhereChosen } from "./devices.js";
import { Echo } from "./echo.js";

const SELECTS = { camera: "videoinput", microphone: "audioinput", loudspeaker: "audiooutput" };

class Check {
  constructor(element) {
    this.element = element;
    this.texts = element.dataset;
    this.find("start").addEventListener("click", () => this.start());
    this.find("sound").addEventListener("click", () => this.start({ picture: false }));
    this.find("picture").addEventListener("click", () => this.start({ picture: true }));
    this.find("camera").addEventListener("change", ({ target }) => this.start({ camera: target.value, picture: true }));
    this.find("microphone").addEventListener("change", ({ target }) => this.start({ microphone: target.value }));
    this.find("loudspeaker").addEventListener("change", ({ target }) => this.listenOn(target.value));
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
    this.has = (kind) => Boolean(stream?.getTracks().some((track) => track.kind === kind));
    this.show(problem);
    await this.list();
    if (!stream) return;
    if (this.has("audio")) this.meter(stream);
    const echo = (this.echo = new Echo(this.texts.socket, stream, (good) => this.echo === echo && this.finish(good, problem)));
    window.naruEcho = echo; // for whoever asks for help, and the tests
  }

  show(problem) {
    const seen = this.has("video");
    this.find("view").hidden = !seen;
    this.find("view").srcObject = seen ? this.stream : null;
    this.find("sound").hidden = !choice().picture || (this.stream && !seen);
    this.find("picture").hidden = choice().picture;
    this.find("start").textContent = this.find("start").dataset.again;
    this.find("steps").hidden = false;
    this.find("tried").hidden = !this.stream;
    this.find("echo").hidden = !this.has("audio");
    this.mark("video", seen ? "yes" : choice().picture ? "no" : "without");
    this.mark("audio", this.has("audio") ? "yes" : "no");
    this.mark("way", this.stream ? "wait" : "without");
    this.say([this.texts[problem], this.stream && this.texts.trying].filter(Boolean).join(" "), problem ? "warning" : "");
  }

  finish(good, problem) {
    this.mark("way", good ? "yes" : "no");
    const fine = this.has("video") ? this.texts.fine : this.has("audio") ? this.texts.soundonly : "";
    if (good) this.say([fine, this.texts[problem]].filter(Boolean).join(" "), fine ? "good" : "warning");
    else this.say(this.texts.noway, "warning");
    this.tell(good);
    document.querySelector("[data-check-back]").classList.toggle("nhsuk-button--secondary", !good);
  }

  // The doctor sees before the call what works here.
  tell(good) {
    if (!this.texts.tell) return;
    const worked = (kind) => (good && this.has(kind) ? "yes" : "no");
    const { value } = document.querySelector("input[name=csrfmiddlewaretoken]");
    const body = new URLSearchParams({ csrfmiddlewaretoken: value, picture: worked("video"), sound: worked("audio") });
    fetch(this.texts.tell, { method: "POST", body }).catch(() => {});
  }

  mark(name, state) {
    const step = this.element.querySelector(`[data-check-step="${name}"]`);
    step.dataset.state = state;
    step.querySelector("[data-check-word]").textContent = this.find("words").dataset[state];
  }

  say(text, kind) {
    const status = this.find("status");
    status.textContent = text;
    status.className = `naru-message ${kind && `naru-message--${kind}`}`;
  }

  stop() {
    clearInterval(this.timer);
    this.echo?.stop();
    this.sound?.close();
    this.stream?.getTracks().forEach((track) => track.stop());
    this.echo = this.sound = this.stream = null;
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

  listenOn(loudspeaker) {
    choose({ loudspeaker });
    if (this.echo?.player) playWhereChosen(this.echo.player);
  }

  async list() {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.()) || [];
    for (const [name, kind] of Object.entries(SELECTS)) {
      const found = devices.filter((device) => device.kind === kind);
      const options = found.map((device, index) => new Option(device.label || index + 1, device.deviceId, false, device.deviceId === choice()[name]));
      this.find(name).replaceChildren(...options);
      const canChoose = name !== "loudspeaker" || "setSinkId" in HTMLMediaElement.prototype;
      this.find(name).closest("label").hidden = found.length < 2 || !canChoose;
    }
  }
}

window.naruCheck = new Check(document.getElementById("check"));
