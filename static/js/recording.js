// The recording in the room: when the server says that something changed, ask for what to show. A refusal is said in words.
const room = document.getElementById("room");
const place = room?.querySelector("[data-room-recording]");
const RETRY = 2000;
let url, timer, wanted, shown; // the newest revision that we know of, and the one on the page

function show() {
  clearTimeout(timer);
  window.htmx.ajax("GET", url, { source: place, target: place, swap: "innerHTML" });
}

room?.addEventListener("room:recording", ({ detail }) => {
  url = detail.url;
  wanted = detail.revision;
  if (wanted !== shown) show(); // drawn anew for nothing, it would close under the reader's hand
});
place?.addEventListener("htmx:afterSwap", () => (shown = wanted));
place?.addEventListener("htmx:sendError", () => (timer = setTimeout(show, RETRY)));
place?.addEventListener("htmx:responseError", ({ detail }) => {
  const page = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
  const sentence = page.querySelector("[role=alert]")?.textContent;
  if (sentence) room.querySelector("[data-room-status]").textContent = sentence;
});
