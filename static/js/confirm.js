// A button for what cannot be undone waits for its phrase. The server asks for the phrase too.

function check(field) {
  const isSaid = field.value.trim() === field.dataset.phrase;
  for (const button of field.form?.querySelectorAll("[data-confirm]") ?? []) button.disabled = !isSaid;
}

function checkAll() {
  for (const field of document.querySelectorAll("input[data-phrase]")) check(field);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("input[data-phrase]")) check(event.target);
});
document.addEventListener("htmx:afterSettle", checkAll);
addEventListener("pageshow", checkAll);
checkAll();
