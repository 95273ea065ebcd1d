// Live fragments: a socket says that something changed, the page asks again. Without sockets the page asks every 30 s.
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;

function watch(element) {
  const url = new URL(element.dataset.live, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  let wait = FIRST_WAIT;
  let socket;
  const ask = () => window.htmx && htmx.trigger(element, "naru:changed");
  const say = (text) => {
    const place = document.querySelector("[data-live-status]");
    if (place) place.textContent = text || "";
  };

  function connect() {
    if (!element.isConnected) return;
    socket = new WebSocket(url);
    socket.onopen = () => {
      wait = FIRST_WAIT;
      say("");
      ask(); // what happened while we were away?
    };
    socket.onmessage = ask;
    socket.onclose = (event) => {
      if (event.code === 4404 || !element.isConnected) return;
      say(element.dataset.lost);
      setTimeout(connect, wait / 2 + Math.random() * wait);
      wait = Math.min(LONGEST_WAIT, wait * 2);
    };
  }

  addEventListener("online", ask);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  element.addEventListener("htmx:responseError", (event) => {
    if ([401, 403, 404].includes(event.detail.xhr.status)) location.reload();
  });
  connect();
}

// Fragments never swallow a sign-in page: a redirect means that the session ended.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { responseURL } = event.detail.xhr;
  if (responseURL && new URL(responseURL).pathname.startsWith("/account/")) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});
document.body.addEventListener("htmx:configRequest", (event) => {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (field) event.detail.headers["X-CSRFToken"] = field.value;
});
document.querySelectorAll("[data-live]").forEach(watch);
