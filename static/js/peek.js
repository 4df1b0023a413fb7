// A log beside the list. The row's link leads to the log's page; here a plain click on it opens the drawer instead.

const PAUSE_MS = 120; // a key that is held down asks for the log it stops at, not for each on its way
let waiting = 0;
let keepsFocus = false;

const drawer = () => document.querySelector("#peek[data-peek]");
const linkOf = (row) => row?.querySelector(".c-time a[href]");
const rowOf = (id) => rows().find((row) => row.dataset.logId === id);
const rows = () => [...document.querySelectorAll("#results tr[data-log-id]")];

/** Whether a log is open beside the list. */
export const isPeeking = () => drawer() !== null;

/** Shows the row's log in the drawer; false where there is none to show. */
export function peek(row, { pause = 0, focus = true } = {}) {
  const link = linkOf(row);
  const board = document.querySelector("#results .board");
  if (!link || !board || !window.htmx) return false;
  for (const other of document.querySelectorAll("tr.is-open")) other.classList.remove("is-open");
  row.classList.add("is-open");
  keepsFocus = !focus;
  clearTimeout(waiting);
  const url = new URL(link.href);
  url.pathname += "peek/";
  const ask = () => window.htmx.ajax("GET", url.pathname + url.search, { source: board, target: "#peek" });
  waiting = setTimeout(ask, pause);
  return true;
}

/** The next log or the one before: in the open drawer, or on a log's own page by its links. */
export function step(by) {
  if (!isPeeking()) return follow(document.querySelector(`#place a[rel=${by > 0 ? "next" : "prev"}]`));
  const open = document.querySelector("#results tr.is-open") ?? rowOf(drawer().dataset.peek);
  const all = rows();
  const next = all[all.indexOf(open) + by];
  if (!next) return true; // the end of the page: the drawer stays as it is
  const isInList = document.activeElement?.closest("tr[data-log-id]") !== null;
  for (const other of document.querySelectorAll("tr.is-cursor")) other.classList.remove("is-cursor");
  next.classList.add("is-cursor");
  if (isInList) linkOf(next)?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return peek(next, { pause: PAUSE_MS, focus: !isInList });
}

function follow(link) {
  link?.click();
  return Boolean(link);
}

/** Closes the drawer without asking anybody; the focus goes back to the row. */
function close() {
  const open = drawer();
  clearTimeout(waiting);
  const row = rowOf(open.dataset.peek);
  const url = open.querySelector("[data-peek-close]").href;
  const place = document.createElement("div");
  place.id = "peek";
  place.hidden = true;
  open.replaceWith(place);
  for (const other of document.querySelectorAll("tr.is-open")) other.classList.remove("is-open");
  const state = { ...history.state, htmx: true }; // as htmx marks its own: going back asks the server
  history.replaceState(state, "");
  history.pushState(state, "", url);
  (linkOf(row) ?? document.getElementById("list-h"))?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

/** What only the list knows of a drawer that came alone: its place, and the logs before and after. */
function dress(open) {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.logId === open.dataset.peek);
  for (const link of open.querySelectorAll("[data-peek-step]")) {
    const neighbour = at < 0 ? null : linkOf(all[at + Number(link.dataset.peekStep)]);
    if (neighbour) link.href = neighbour.href;
    link.hidden = !neighbour;
  }
  const { first, total } = open.closest(".board")?.dataset ?? {};
  const words = at >= 0 && first ? `${(Number(first) + at).toLocaleString("en")} of ${total}` : "";
  open.querySelector("[data-peek-place]").textContent = words;
}

const isPlain = (event) => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

document.addEventListener("click", (event) => {
  const link = event.target.closest("#results a[href]");
  if (!link || event.defaultPrevented || !isPlain(event)) return;
  const row = link.closest("tr[data-log-id]");
  if (row && link === linkOf(row) && peek(row)) event.preventDefault();
  else if (link.matches("[data-peek-close]")) {
    event.preventDefault();
    close();
  } else if (link.matches("[data-peek-step]")) {
    const all = rows();
    const at = all.findIndex((each) => each.dataset.logId === drawer().dataset.peek);
    const next = at < 0 ? null : all[at + Number(link.dataset.peekStep)];
    if (next && peek(next)) event.preventDefault();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !isPeeking()) return;
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select")) return;
  event.preventDefault();
  close();
});

document.addEventListener("htmx:afterSettle", (event) => {
  const open = drawer();
  if (event.detail.target?.id !== "peek" || !open) return;
  if ("isNew" in open.dataset) dress(open);
  if (keepsFocus) return;
  open.focus({ preventScroll: true });
  // On a phone the log stands above the list: its head has to be seen, and it is taller than the window.
  if (getComputedStyle(open).position !== "sticky") open.scrollIntoView({ block: "start" });
});
