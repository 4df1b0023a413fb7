// Rows of the list: the box of the page really ticks them, shift and click ticks a range, the count is read out. What
// is ticked goes along to another page of the list, and comes back with the browser's Back.
import { logs, say } from "./live.js";

let last = null;
let kept = null; // the ticks of the entry in the history that htmx is about to mark as its own

const form = () => document.querySelector("#results form[data-keep]");
const rowBoxes = (table) => [...table.querySelectorAll("tbody .c-pick input[type=checkbox]:not(:disabled)")];
const pageBox = (table) => table.querySelector("thead .c-pick input[type=checkbox]");
const everyBox = (table) => table.closest("form")?.querySelector("input[name=everything]");

/** The box of the page says what its rows say: all, some or none. "All that match" ends with the first row less. */
function agree(table) {
  const boxes = rowBoxes(table);
  const ticked = boxes.filter((box) => box.checked).length;
  const page = pageBox(table);
  if (page) {
    page.checked = boxes.length > 0 && ticked === boxes.length;
    page.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  offerComparison(table.closest("form"));
  const every = everyBox(table);
  const isLess = Boolean(every?.checked) && ticked < boxes.length;
  if (isLess) every.checked = false;
  return { ticked, all: boxes.length, elsewhere: Number(form()?.dataset.elsewhere ?? 0), isLess };
}

/** Two logs can be compared, no more and no fewer: counted by what the form would send. */
function offerComparison(sent) {
  if (!sent) return; // a table without a selection
  const ids = new Set(new FormData(sent).getAll("id"));
  for (const button of sent.querySelectorAll("[data-compare]")) button.disabled = ids.size !== 2;
}

function tell({ ticked, all, elsewhere, isLess }) {
  const also = elsewhere > 0 ? `, ${elsewhere.toLocaleString("en")} of them on other pages` : "";
  const less = isLess ? "No longer all that match. " : "";
  if (ticked + elsewhere === 0) say(`${less}Nothing selected`);
  else if (ticked === all && !also) say(`All ${logs(all)} on this page selected`);
  else say(`${less}${logs(ticked + elsewhere)} selected${also}`);
}

/** Says on the bar that "all that match" is over, until it is chosen again. */
function drop(table, isOver) {
  const words = table.closest("form")?.querySelector(".selbar .dropped");
  if (words) words.hidden = !isOver;
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || !box.matches(".logs tbody .c-pick input")) return;
  const boxes = rowBoxes(box.closest(".logs"));
  const from = boxes.indexOf(last);
  const to = boxes.indexOf(box);
  if (event.shiftKey && from >= 0) {
    for (const between of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) between.checked = box.checked;
  }
  last = box;
});

document.addEventListener("change", (event) => {
  const box = event.target;
  const table = box.closest(".logs") ?? (box.name === "everything" && box.closest("form")?.querySelector(".logs"));
  if (!table || !box.matches(".c-pick input, [name=everything]")) return;
  if (box.closest("thead")) for (const row of rowBoxes(table)) row.checked = box.checked;
  if (box.name === "everything" && box.checked) for (const row of rowBoxes(table)) row.checked = true;
  const state = agree(table);
  if (state.isLess) drop(table, true);
  else if (box.name === "everything") drop(table, false);
  if (everyBox(table)?.checked) say(box.closest("form").querySelector(".match").textContent);
  else tell(state);
  remember();
});

// --- over pages, and back -------------------------------------------------------------------------------------------

/** The boxes that say something else than the server knows. */
function changes() {
  const table = form()?.querySelector(".logs");
  const boxes = table ? [...rowBoxes(table), everyBox(table)].filter(Boolean) : [];
  const found = boxes.filter((box) => box.checked !== box.defaultChecked);
  return Object.fromEntries(found.map((box) => [box.name === "everything" ? "*" : box.value, box.checked]));
}

/** Writes them to the entry in the history: Back and a reload find them there. Ids, and nothing else of a log. */
function remember(ticks = changes()) {
  const { ticks: before, ...state } = history.state ?? {};
  if (Object.keys(ticks).length > 0) history.replaceState({ ...state, ticks }, "");
  else if (before) history.replaceState(state, "");
}

function apply(table) {
  const ticks = history.state?.ticks ?? {};
  for (const box of rowBoxes(table)) if (Object.hasOwn(ticks, box.value)) box.checked = ticks[box.value];
  const every = everyBox(table);
  if (every && Object.hasOwn(ticks, "*")) every.checked = ticks["*"];
}

// The link may lead to the address that is shown already, and such an entry keeps what it holds.
document.addEventListener("click", (event) => {
  if (event.target.closest(".selbar [data-clear]")) remember({});
});

// htmx marks the entry that is left as its own, and forgets what it held.
document.addEventListener("htmx:beforeHistorySave", () => {
  kept = history.state?.ticks ?? null;
  const here = location.href;
  queueMicrotask(() => {
    if (kept && location.href === here) remember(kept);
    kept = null;
  });
});
document.addEventListener("htmx:beforeHistoryUpdate", () => {
  if (kept) remember(kept);
  kept = null;
});

/** Another page of the list, or another list: what was ticked is kept first, and the server goes on to it. */
document.addEventListener("htmx:beforeRequest", (event) => {
  const { requestConfig, pathInfo, target, elt } = event.detail;
  const ticked = form();
  const isOther = ticked && target?.id === "results" && requestConfig.verb === "get";
  if (!isOther || Object.keys(changes()).length === 0) return;
  event.preventDefault();
  const to = new URL(pathInfo.finalRequestPath, location.href);
  const swap = elt.getAttribute("hx-swap");
  const context = { source: ticked, target: "#results", ...(swap ? { swap } : {}) };
  const values = { to: to.pathname + to.search };
  queueMicrotask(() => window.htmx.ajax("POST", ticked.dataset.keep, { ...context, values }));
});

/** Without the script the box of the page stands for its rows; with it they say so themselves. */
function settle() {
  for (const table of document.querySelectorAll(".logs")) {
    if (pageBox(table)?.checked) for (const box of rowBoxes(table)) box.checked = true;
    apply(table);
    agree(table);
  }
  remember();
}

document.addEventListener("htmx:afterSettle", settle);
addEventListener("pageshow", settle); // a page that comes back from the history comes back ticked
settle();
