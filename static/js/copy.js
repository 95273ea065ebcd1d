// A button that copies an address; without a clipboard it stays hidden, and the address can be marked by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  const { copy, copied } = button.dataset;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(copy);
    button.textContent = copied;
  });
}
