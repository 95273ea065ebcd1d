// Files of one recording beside each other, in step: each begins when its person's line began.
const films = [...document.querySelectorAll("[data-playback] video")];
const bar = document.querySelector("[data-playback-all]");
const button = bar?.querySelector("button");
const LOOSE = 0.3; // seconds that two films may differ
let at = 0, since = 0; // where the whole recording is, and since when it runs (0: it stands)

const now = () => at + (since ? (performance.now() - since) / 1000 : 0);
const begins = (film) => Number(film.dataset.begins) / 1000;
const isOn = (film) => now() >= begins(film) && now() < begins(film) + film.duration;

function step() {
  if (!since) return;
  for (const film of films) {
    if (!isOn(film)) film.pause();
    else if (Math.abs(now() - begins(film) - film.currentTime) > LOOSE) film.currentTime = now() - begins(film);
    if (isOn(film) && film.paused && !film.ended) film.play();
  }
  if (films.every((film) => now() > begins(film) + film.duration)) return stand(0);
  setTimeout(step, 250);
}

function stand(where) {
  [at, since] = [where, 0];
  films.forEach((film) => film.pause());
  button.textContent = button.dataset.play;
}

function run() {
  since = performance.now();
  button.textContent = button.dataset.pause;
  step();
}

if (films.length > 1) {
  bar.hidden = false;
  button.addEventListener("click", () => (since ? stand(now()) : run()));
  for (const film of films) {
    // Whoever moves one film moves all.
    film.addEventListener("seeked", () => {
      if (Math.abs(begins(film) + film.currentTime - now()) <= LOOSE) return;
      at = begins(film) + film.currentTime;
      if (since) since = performance.now();
      else for (const other of films) if (other !== film) other.currentTime = Math.max(0, at - begins(other));
    });
  }
}
