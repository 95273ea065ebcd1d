// Camera and microphone: ask for them, fall back to sound, remember the choice, and say what is wrong in words.

import { onDevice } from "./store.js";

const KEPT = "naru.devices";
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } };
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

const FIRST = { picture: true, camera: "", microphone: "", loudspeaker: "" };

/** What the person chose in the device check. */
export const choice = () => ({ ...FIRST, ...onDevice((storage) => JSON.parse(storage.getItem(KEPT))) });

export const choose = (changed) => onDevice((storage) => storage.setItem(KEPT, JSON.stringify({ ...choice(), ...changed })));

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

/** Play where the person chose, if the browser can choose and the loudspeaker is still there. */
export function playWhereChosen(player) {
  const { loudspeaker } = choice();
  if (loudspeaker) player.setSinkId?.(loudspeaker).catch(() => {});
}
