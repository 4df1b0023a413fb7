// A brush over the histogram: dragging, or Shift and arrow keys, select parts that touch; their times go into the form
// beside the bars, and the server spells the address.
import { say } from "./live.js";

const START_PX = 4; // less is a click
let span = null; // { from, to }: places of bars
let drag = null; // { from, x, pointer }

const strip = () => document.querySelector("#histogram svg[data-brush]");
const bars = () => [...(strip()?.querySelectorAll("a") ?? [])];
const isPlain = (event) => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

function placeAt(clientX) {
  const { left, width } = strip().getBoundingClientRect();
  const number = bars().length;
  return Math.min(Math.max(Math.floor(((clientX - left) / width) * number), 0), number - 1);
}

const ends = () => [Math.min(span.from, span.to), Math.max(span.from, span.to)];

function draw() {
  strip()?.querySelector(".h-sel")?.remove();
  const all = bars();
  if (!span || all.length <= Math.max(span.from, span.to)) return;
  const [first, last] = ends().map((place) => all[place].querySelector(".h-hit"));
  const x = Number(first.getAttribute("x"));
  const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  made.setAttribute("class", "h-sel");
  made.setAttribute("x", x);
  made.setAttribute("width", Number(last.getAttribute("x")) + Number(last.getAttribute("width")) - x);
  made.setAttribute("y", 0);
  made.setAttribute("height", 64);
  all[0].before(made);
}

function select(from, to) {
  span = from === to ? null : { from, to };
  draw();
}

function letGo() {
  const had = span !== null;
  span = null;
  drag = null;
  draw();
  return had;
}

function go() {
  const form = document.getElementById("brush");
  const all = bars();
  if (!span || !form) return false;
  const [first, last] = ends();
  form.elements.set_start.value = all[first].dataset.start;
  form.elements.set_end.value = all[last].dataset.end;
  form.requestSubmit();
  return true;
}

document.addEventListener("pointerdown", (event) => {
  if (!event.isPrimary || !isPlain(event) || !event.target.closest?.("svg[data-brush]")) return;
  letGo();
  drag = { from: placeAt(event.clientX), x: event.clientX, pointer: event.pointerId };
});
document.addEventListener("pointermove", (event) => {
  if (!drag || event.pointerId !== drag.pointer || !strip()) return;
  if (span || Math.abs(event.clientX - drag.x) >= START_PX) select(drag.from, placeAt(event.clientX));
});
document.addEventListener("pointerup", (event) => {
  if (!drag || event.pointerId !== drag.pointer) return;
  drag = null;
  go();
});
document.addEventListener("pointercancel", letGo); // a finger that scrolls
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.("svg[data-brush]")) event.preventDefault(); // of the link itself
});

document.addEventListener("click", (event) => {
  const bar = event.target.closest?.("svg[data-brush] a");
  if (!bar || event.defaultPrevented || !isPlain(event) || !window.htmx) return;
  event.preventDefault();
  window.htmx.ajax("GET", bar.getAttribute("href"), { source: "#results", target: "#results" });
});

// Before what else listens to Escape.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && (span || drag)) {
    letGo();
    say("Nothing selected");
    return event.preventDefault();
  }
  const bar = event.target.closest?.("svg[data-brush] a");
  if (!bar || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && go()) return event.preventDefault();
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const all = bars();
  const at = all.indexOf(bar);
  const to = Math.min(Math.max(at + by, 0), all.length - 1);
  select(event.shiftKey ? (span?.from ?? at) : to, to);
  all[to].focus({ preventScroll: true });
  if (event.shiftKey) say(span ? `${ends()[1] - ends()[0] + 1} parts selected, Enter shows their logs` : "One part");
}, true);

// A step of the counting brings new bars at the same places; another list brings others.
document.addEventListener("htmx:afterSettle", (event) => {
  const { id } = event.detail.target ?? {};
  if (id === "results") letGo();
  else if (id === "histogram") draw();
});
