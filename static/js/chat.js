// The written lines of a room.

export class Chat {
  /** `tell` sends a line and says whether it could; if not, the form itself goes to the server. */
  constructor(list, form, tell) {
    this.list = list;
    form.addEventListener("submit", (event) => {
      event.stopPropagation();
      const field = form.elements.text;
      if (!tell(field.value)) return;
      event.preventDefault();
      field.value = "";
      field.focus();
    });
  }

  show({ id, name, text, mine }) {
    if (this.list.querySelector(`[data-line="${id}"]`)) return;
    const item = document.createElement("li");
    item.dataset.line = id;
    if (mine) item.className = "naru-chat__mine";
    item.textContent = `${name}: ${text}`;
    this.list.append(item);
    this.list.scrollTop = this.list.scrollHeight;
  }
}
