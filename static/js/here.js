// An open page says now and then that it is open, while somebody looks at it. Who only passes by is not announced.
const FIRST_S = 3;
const LONGEST_S = 240; // between two that fail
let wait = FIRST_S;
let next = 0;

const form = () => document.querySelector("form[data-here]");
const every = () => Number(form()?.dataset.here) || 16;

function later(seconds) {
  wait = seconds;
  next = performance.now() + seconds * 1000;
}

function beat() {
  const place = form();
  if (!place || performance.now() < next || document.visibilityState !== "visible") return;
  if (place.classList.contains("htmx-request")) return;
  later(wait);
  window.htmx?.trigger(place, "beat");
}

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.requestConfig?.elt.matches("[data-here]")) return;
  later(event.detail.successful ? every() : Math.min(Math.max(wait, every()) * 2, LONGEST_S));
});

later(FIRST_S);
setInterval(beat, 500);
