// "The doctor is calling you": when the way in appears, bring the reader to it, in the window and in its title.
const now = document.getElementById("now");
const title = document.title;
let wasCalled = Boolean(document.getElementById("join"));

document.body.addEventListener("htmx:afterSettle", () => {
  const join = document.getElementById("join");
  if (join && !wasCalled) {
    join.focus();
    document.title = now.dataset.called;
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([300, 150, 300]); // browsers refuse it before the first touch
  }
  if (!join && wasCalled) document.title = title;
  wasCalled = Boolean(join);
});
