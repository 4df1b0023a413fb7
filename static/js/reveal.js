// One secret of a body, asked for and put in the place of its mask. Without this, the button leads to a page with it.

/** Asks for the secret that the button names; an error goes where all errors go. */
export async function reveal(button) {
  const mask = button.parentElement;
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value; // a drawer comes without its form
  const values = { secret: button.value, csrfmiddlewaretoken: token };
  const place = mask.parentElement;
  await window.htmx.ajax("POST", button.formAction, { source: document.body, target: mask, values });
  place.querySelector(".secret.is-open")?.focus({ preventScroll: true });
}
