// Rows of the list: the box of the page really ticks them, shift and click ticks a range, the count is read out.
import { logs, say } from "./live.js";

let last = null;

const rowBoxes = (table) => [...table.querySelectorAll("tbody .c-pick input[type=checkbox]:not(:disabled)")];
const pageBox = (table) => table.querySelector("thead .c-pick input[type=checkbox]");

/** The box of the page says what its rows say: all, some or none. */
function agree(table) {
  const boxes = rowBoxes(table);
  const ticked = boxes.filter((box) => box.checked).length;
  const page = pageBox(table);
  if (page) {
    page.checked = boxes.length > 0 && ticked === boxes.length;
    page.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  offerComparison(table.closest("form"));
  return [ticked, boxes.length];
}

/** Two logs can be compared, no more and no fewer: counted by what the form would send. */
function offerComparison(form) {
  const ids = new Set(new FormData(form).getAll("id"));
  for (const button of form.querySelectorAll("[data-compare]")) button.disabled = ids.size !== 2;
}

function tell([ticked, all]) {
  if (ticked === 0) say("Nothing selected");
  else if (ticked === all) say(`All ${logs(all)} on this page selected`);
  else say(`${logs(ticked)} selected`);
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
  const table = event.target.closest(".logs");
  if (!table || !event.target.matches(".c-pick input")) return;
  if (event.target.closest("thead")) for (const box of rowBoxes(table)) box.checked = event.target.checked;
  tell(agree(table));
});

/** Without the script the box of the page stands for its rows; with it they say so themselves. */
function settle() {
  for (const table of document.querySelectorAll(".logs")) {
    if (pageBox(table)?.checked) for (const box of rowBoxes(table)) box.checked = true;
    agree(table);
  }
}

document.addEventListener("htmx:afterSettle", settle);
addEventListener("pageshow", settle); // a page that comes back from the history comes back ticked
settle();
