// A browser that can be told when its page is closed offers a button; any other shows nothing.
const place = document.querySelector("[data-push]");
const able = ["serviceWorker", "PushManager", "Notification"].every((name) => name in window || name in navigator);

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

function tell(url, body) {
  const token = place.querySelector("[name=csrfmiddlewaretoken]").value;
  return fetch(url, { method: "POST", headers: { "X-CSRFToken": token, "Content-Type": "application/json" }, body });
}

function show(isOn, words = "") {
  place.querySelector("[data-push-on]").hidden = isOn;
  place.querySelector("[data-push-off]").hidden = !isOn;
  place.querySelector("[data-push-said]").textContent = words;
  place.hidden = false;
}

async function turnOn() {
  const said = place.querySelector("[data-push-said]").dataset;
  try {
    if ((await Notification.requestPermission()) !== "granted") return show(false, said.no);
    await navigator.serviceWorker.register(place.dataset.worker);
    const worker = await navigator.serviceWorker.ready;
    const wish = { userVisibleOnly: true, applicationServerKey: bytes(place.dataset.push) };
    const kept = await worker.pushManager.subscribe(wish);
    const answer = await tell(place.dataset.on, JSON.stringify(kept));
    show(answer.ok, answer.ok ? said.yes : said.no);
  } catch {
    show(false, said.no);
  }
}

async function turnOff() {
  const worker = await navigator.serviceWorker.getRegistration(place.dataset.worker);
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
  await tell(place.dataset.off);
  show(false);
}

async function begin() {
  const worker = await navigator.serviceWorker.getRegistration(place.dataset.worker);
  const kept = await worker?.pushManager.getSubscription();
  if (kept) await tell(place.dataset.on, JSON.stringify(kept)); // whoever uses this browser now is told
  show(Boolean(kept));
  place.querySelector("[data-push-on]").addEventListener("click", turnOn);
  place.querySelector("[data-push-off]").addEventListener("click", turnOff);
}

if (place && able && isSecureContext && Notification.permission !== "denied") begin().catch(() => {}); // a private window may refuse
