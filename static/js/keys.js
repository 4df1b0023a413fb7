// One key, one act. Off in fields, with a modifier, while a dialog is open, or when the person switched them off.
import { say } from "./live.js";
import { isPeeking, step as peekStep } from "./peek.js";
import { switchZone } from "./zone.js";

const SWITCH = "gateway-dash-keys";
const SEQUENCE_MS = 1500;
let waits = 0; // for the second key of a sequence
const acts = {
  j: () => move(1),
  k: () => move(-1),
  x: tick,
  o: openPage,
  "/": find,
  f: filter,
  e: annotate,
  u: switchZone,
  g: sequence,
  "[": facets,
  c: copyLink,
  "?": sheet,
};

const rows = () => [...document.querySelectorAll("#results tr[data-log-id]")];
const linkOf = (row) => row.querySelector("a[data-open-log], .c-time a[href], a[href]");

/** The row the keys act on: where the focus is, else where it was left, else the one that the page is about. */
function cursor() {
  const left = document.querySelector("#results tr.is-cursor") ?? document.querySelector("#results tr[aria-current]");
  return document.activeElement?.closest("tr[data-log-id]") ?? left;
}

function pointAt(row) {
  for (const other of document.querySelectorAll("tr.is-cursor")) other.classList.remove("is-cursor");
  row.classList.add("is-cursor");
}

function move(step) {
  const all = rows();
  if (isPeeking() || all.length === 0) return peekStep(step);
  const at = all.indexOf(cursor());
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1);
  const row = all[next];
  pointAt(row);
  linkOf(row)?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function tick() {
  const box = cursor()?.querySelector(".c-pick input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

function open() {
  const row = cursor();
  const link = row && linkOf(row);
  link?.click();
  return Boolean(link);
}

/** The page of the log: where Enter shows it beside the list, this leaves the list. */
function openPage() {
  const link = document.querySelector("#peek [data-peek-page]") ?? (cursor() && linkOf(cursor()));
  if (link) location.assign(link.href);
  return Boolean(link);
}

function find() {
  const box = document.getElementById("find");
  box?.focus();
  box?.select();
  return Boolean(box);
}

function filter() {
  const button = document.querySelector("[popovertarget=filter-menu]");
  button?.scrollIntoView({ block: "nearest", inline: "nearest" }); // a menu is only shown beside a button that is seen
  button?.click();
  document.querySelector("#filter-menu select")?.focus();
  return Boolean(button);
}

function annotate() {
  const form = document.querySelector("form[data-annotate]");
  const field = form?.querySelector("input:checked") ?? form?.querySelector("input:not([type=hidden])");
  field?.focus();
  return Boolean(field);
}

/** The first of two keys: links say by data-go which second key leads to them. */
function sequence() {
  waits = setTimeout(endSequence, SEQUENCE_MS);
  say("g, then: l logs, j jobs, g gateways, t team, h home");
  document.getElementById("live")?.classList.add("is-shown");
  return true;
}

function endSequence() {
  clearTimeout(waits);
  waits = 0;
  const live = document.getElementById("live");
  live?.classList.remove("is-shown");
  say("");
}

function go(key) {
  const link = [...document.querySelectorAll("a[data-go]")].find((each) => each.dataset.go === key);
  endSequence();
  if (link) location.assign(link.href);
  else if (key !== "Escape") say(`g ${key} leads nowhere from here`);
}

function facets() {
  const region = document.getElementById("facets");
  if (!region) return false;
  region.open = !region.open;
  region.querySelector("summary").focus();
  return true;
}

function copyLink() {
  const link = document.querySelector("#peek [data-copy-link]") ?? document.querySelector("[data-copy-link]");
  link?.click();
  return Boolean(link);
}

function sheet() {
  return show("keys");
}

function show(id) {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return false;
  document.querySelector("[popover]:popover-open")?.hidePopover();
  dialog.showModal();
  return true;
}

/** What the page itself has for a key: a choice is made, a field gets the focus, anything else is pressed. */
function keyed(key) {
  const found = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
  if (!found?.checkVisibility()) return null;
  return () => {
    found.focus();
    if (!isField(found)) found.click();
    else if (!found.matches("textarea")) found.select?.(); // what was begun there is gone on with
    return true;
  };
}

function isOn() {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true; // a browser that keeps nothing
  }
}

/** A field that takes letters; one in a menu that has just closed may have the focus for a moment, and takes none. */
const isField = (element) =>
  element instanceof Element &&
  element.checkVisibility() &&
  element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  const isTyped = event.getModifierState("AltGraph") || event.key === "["; // some keyboards have [ behind Alt
  const isModified = event.ctrlKey || event.metaKey || event.altKey;
  if (event.defaultPrevented || (isModified && !isTyped) || event.isComposing) return;
  if (isField(event.target) || document.querySelector("dialog[open], [popover]:popover-open") || !isOn()) return;
  if (waits) {
    if (event.key.length > 1 && event.key !== "Escape") return; // Shift by itself
    event.preventDefault();
    return go(event.key);
  }
  // Enter on a link or a button is theirs; on the box of a row it would send the whole form.
  const isFree = event.target === document.body || event.target.matches(".c-pick input, [tabindex='-1']:not(#peek)");
  const act = event.key === "Enter" ? (isFree ? open : null) : Object.hasOwn(acts, event.key) ? acts[event.key] : null;
  if ((keyed(event.key) ?? act)?.()) event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("#results tr[data-log-id]");
  if (row) pointAt(row);
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) show(opener.dataset.open);
  else if (event.target instanceof HTMLDialogElement) event.target.close(); // the backdrop
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-switch]")) return;
  try {
    localStorage.setItem(SWITCH, event.target.checked ? "on" : "off");
    say(event.target.checked ? "Keys are on" : "Keys are off");
  } catch {
    say("This browser keeps no settings");
  }
});

for (const box of document.querySelectorAll("[data-keys-switch]")) box.checked = isOn();
