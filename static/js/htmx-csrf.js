// A fragment that writes proves that it comes from our own page.
document.addEventListener("htmx:configRequest", (event) => {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (field && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = field.value;
});
