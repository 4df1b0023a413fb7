// Asks every few seconds, while somebody looks, whether newer logs have arrived. Only the bar is swapped, never rows.
import { logs, say } from "./live.js";

const SWITCH = "gateway-dash-live";
const LONGEST_S = 240; // between two looks that fail
const SAY_AGAIN_MS = 60_000;
let next = Infinity;
let wait = 0;
let said = { number: 0, at: -Infinity };

const bar = () => document.getElementById("newer");
const every = () => Number(bar()?.dataset.every) || 15;

function isOn() {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true; // a browser that keeps nothing
  }
}

function later(seconds) {
  wait = seconds;
  next = performance.now() + seconds * 1000;
}

function look() {
  const place = bar();
  if (!place || performance.now() < next || document.visibilityState !== "visible" || !isOn()) return;
  if (place.classList.contains("htmx-request") || document.querySelector("#results.htmx-request")) return;
  later(wait);
  window.htmx?.trigger(place, "poll");
}

function tell() {
  const number = Number(bar()?.dataset.number) || 0;
  const now = performance.now();
  if (number <= said.number || now - said.at < SAY_AGAIN_MS) return;
  said = { number, at: now };
  say(logs(number).replace(" ", " newer "));
}

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.requestConfig?.elt.matches("[data-newer]")) return;
  // One that was given up, and one that failed, say nothing of what is newer.
  const failed = !event.detail.successful || "problem" in (bar()?.dataset ?? {});
  later(failed ? Math.min(wait * 2, LONGEST_S) : every());
  tell();
});

function settle() {
  for (const box of document.querySelectorAll("[data-live-switch]")) box.checked = isOn();
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "results") return;
  said = { number: 0, at: said.at };
  later(every());
  settle();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-live-switch]")) return;
  try {
    localStorage.setItem(SWITCH, event.target.checked ? "on" : "off");
    say(event.target.checked ? "Live is on" : "Live is off");
  } catch {
    say("This browser keeps no settings");
  }
});

settle();
later(every());
setInterval(look, 500);
