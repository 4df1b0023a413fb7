// A log of a review: Enter saves from the note too, Esc leaves a field, and the log stays claimed while it is seen.
let asked = performance.now();

/** Ask for ten minutes more; not from a page that nobody sees. */
function renew() {
  const form = document.querySelector("[data-renew]");
  const isDue = form && performance.now() - asked >= Number(form.dataset.renew) * 1000;
  if (!isDue || document.visibilityState !== "visible") return;
  asked = performance.now();
  window.htmx?.trigger(form, "renew");
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-review]");
  if (!form || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.key === "Escape" && event.target.matches("input, textarea")) event.target.blur();
  if (event.key !== "Enter" || !event.target.matches("textarea")) return;
  event.preventDefault();
  form.requestSubmit();
});

if (document.querySelector("[data-renew]")) {
  setInterval(renew, 5000);
  document.addEventListener("visibilitychange", renew);
}
