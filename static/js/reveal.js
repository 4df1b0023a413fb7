// One secret of a body, asked for and put in the place of its mask. Without this, the button leads to a page with it.

/** Asks for the secret that the button names; an error goes where all errors go. */
export async function reveal(button) {
  const mask = button.parentElement;
  const values = { secret: button.value, csrfmiddlewaretoken: button.form.elements.csrfmiddlewaretoken.value };
  const place = mask.parentElement;
  await window.htmx.ajax("POST", button.formAction, { source: button.form, target: mask, values });
  place.querySelector(".secret.is-open")?.focus({ preventScroll: true });
}
