// Camera and microphone: ask for them, fall back to sound, and say what is wrong in words.

/** Get what can be had: {stream, problem}; problem is "", "denied", "absent", "busy", "browser" or "nothing". */
export async function openDevices() {
  if (!navigator.mediaDevices?.getUserMedia) return { stream: null, problem: "browser" };
  const picture = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } };
  const sound = { echoCancellation: true, noiseSuppression: true };
  try {
    return { stream: await navigator.mediaDevices.getUserMedia({ audio: sound, video: picture }), problem: "" };
  } catch (error) {
    const problem = problemOf(error);
    try {
      return { stream: await navigator.mediaDevices.getUserMedia({ audio: sound }), problem };
    } catch {
      return { stream: null, problem: problem === "absent" ? "nothing" : problem };
    }
  }
}

function problemOf(error) {
  if (["NotAllowedError", "SecurityError"].includes(error.name)) return "denied";
  if (["NotReadableError", "AbortError"].includes(error.name)) return "busy";
  return "absent";
}

const check = document.getElementById("check");
if (check) {
  const status = check.querySelector("[data-check-status]");
  check.querySelector("[data-check-start]").addEventListener("click", async () => {
    const { stream, problem } = await openDevices();
    status.textContent = check.dataset[stream ? (problem ? "soundonly" : "fine") : problem] || check.dataset.absent;
    if (!stream) return;
    check.querySelector("[data-check-picture]").srcObject = stream;
    showVoice(stream, check.querySelector("[data-check-voice]"));
  });
}

function showVoice(stream, meter) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  setInterval(() => {
    analyser.getByteTimeDomainData(samples);
    meter.value = Math.max(...samples.map((sample) => Math.abs(sample - 128))) * 2;
  }, 100);
}
