// Who stands at the door: the room says that somebody does, the page asks who. An answer never takes the keys away.
const door = document.querySelector("[data-room-door]");
const room = document.getElementById("room");

const look = () => window.htmx?.trigger(door, "naru:asking");

if (door) {
  room.addEventListener("room:asking", look);
  room.addEventListener("room:people", look); // somebody came or went, or this line was away
  door.addEventListener("htmx:responseError", look); // somebody else answered first
  let here = false;
  door.addEventListener("htmx:beforeSwap", () => (here = door.contains(document.activeElement)));
  door.addEventListener("htmx:afterSwap", () => here && (door.querySelector("[data-admit]") || room.querySelector("[data-room-mute]")).focus());
}

/** A form that was refused says why, where it stands. */
room?.querySelector("[data-invited]")?.parentElement.addEventListener("htmx:responseError", ({ detail }) => {
  const page = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
  room.querySelector("[data-invited]").textContent = page.querySelector("main p")?.textContent || "";
});
