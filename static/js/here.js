// Where a device's zone is not the one of the page, say what its clock will show. Only its zone counts: a wrong clock does no harm.
for (const note of document.querySelectorAll("[data-here]")) {
  const moment = new Date(note.dataset.here);
  const shown = document.documentElement.lang || "ko";
  const style = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const here = moment.toLocaleString(shown === "en" ? "en-GB" : shown, style).replace(/^(\w+),/, "$1");
  const minutes = /([+-])(\d\d):(\d\d)$/.exec(note.dataset.here);
  const offset = minutes ? Number(`${minutes[1]}1`) * (Number(minutes[2]) * 60 + Number(minutes[3])) : 0;
  note.textContent = `${note.dataset.words}: ${here}`;
  note.hidden = -moment.getTimezoneOffset() === offset;
}
