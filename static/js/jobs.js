// The page of a job asks how far it is, while somebody looks. What is said aloud is its state, when that changes.
import { say } from "./live.js";

let next = 0;
let said = "";

const place = () => document.querySelector("#job[data-poll-s]");
const state = () => document.querySelector("#job .badge")?.textContent.trim() ?? "";

function look() {
  const job = place();
  if (!job || performance.now() < next || document.visibilityState !== "visible") return;
  if (job.classList.contains("htmx-request")) return;
  if (document.querySelector("#job :focus")?.matches("input, textarea")) return;
  later(job);
  window.htmx?.trigger(job, "poll");
}

function later(job) {
  next = performance.now() + 1000 * (Number(job.dataset.pollS) || 2);
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "job" && event.target?.id !== "job") return;
  const now = state();
  if (said && now !== said) say(now);
  said = now;
});

said = state();
if (place()) later(place());
setInterval(look, 250);
