// The box: completion of the word at the caret, as a combobox. And a paste into "find" keeps its line breaks as blanks.
import { say } from "./live.js";

const WAIT_MS = 120;
let timer = 0;
let asked = 0;
let current = -1;
let isSwapping = false;

const listOf = (box) => box.form.querySelector("[role=listbox]");
const optionsOf = (box) => [...(listOf(box)?.children ?? [])];

/** Where the word at the caret begins and ends; blanks inside quotation marks do not end it. */
function wordAt(box) {
  const text = box.value;
  const caret = box.selectionStart ?? text.length;
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < caret; at += 1) {
    if (text[at] === '"' && text[at - 1] !== "\\") isQuoted = !isQuoted;
    if (text[at] === " " && !isQuoted) start = at + 1;
  }
  let end = caret;
  while (end < text.length && text[end] !== " ") end += 1;
  return { start, end, word: text.slice(start, caret) };
}

function close(box) {
  const list = listOf(box);
  if (!list) return;
  list.hidden = true;
  list.replaceChildren();
  current = -1;
  box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-expanded", "false");
}

function show(box, options) {
  close(box);
  const list = listOf(box);
  if (!list || options.length === 0) return;
  list.replaceChildren(
    ...options.map((option, number) => {
      const item = document.createElement("li");
      item.id = `box-option-${number}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.insert = option.insert;
      if (option.goes_on) item.dataset.goesOn = "";
      if (option.whole) item.dataset.whole = "";
      const hint = document.createElement("small");
      hint.textContent = option.hint;
      item.append(option.insert, " ", hint);
      return item;
    }),
  );
  list.hidden = false;
  box.setAttribute("aria-expanded", "true");
  say(`${options.length} completions`);
}

/** Completes the word at the caret. Where there is no word, `by` asks for recent searches "too", or for them "only". */
async function ask(box, by = "word") {
  clearTimeout(timer); // what was typed a moment ago asks for nothing more: it would close what an arrow opened
  const mine = (asked += 1);
  const { word } = wordAt(box);
  const recent = by !== "word" && word === "" ? `&recent=${by}` : "";
  try {
    const answer = await fetch(`${box.dataset.complete}?word=${encodeURIComponent(word)}${recent}`);
    const found = answer.ok ? await answer.json() : { options: [] };
    if (mine === asked && document.activeElement === box) show(box, found.options);
  } catch {
    close(box); // without completion the box works as before
  }
}

function point(box, step) {
  const options = optionsOf(box);
  if (options.length === 0) return false;
  options[current]?.setAttribute("aria-selected", "false");
  current = (current + step + options.length + (current < 0 && step < 0 ? 1 : 0)) % options.length;
  options[current].setAttribute("aria-selected", "true");
  options[current].scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", options[current].id);
  return true;
}

function take(box, option) {
  const isWhole = "whole" in option.dataset;
  const { start, end } = isWhole ? { start: 0, end: box.value.length } : wordAt(box);
  const text = option.dataset.insert + ("goesOn" in option.dataset ? "" : " ");
  box.setRangeText(text, start, end, "end");
  close(box);
  if ("goesOn" in option.dataset) ask(box);
}

function key(event, box) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    if (listOf(box).hidden) ask(box, "too");
    else point(box, step);
  } else if (event.key === "Escape" && !listOf(box).hidden) close(box);
  else if ((event.key === "Enter" || event.key === "Tab") && current >= 0) take(box, optionsOf(box)[current]);
  else return;
  event.preventDefault();
}

const isBox = (element) => element instanceof HTMLInputElement && "complete" in element.dataset;

document.addEventListener("focusin", ({ target }) => {
  if (!isBox(target)) return;
  target.setAttribute("role", "combobox");
  target.setAttribute("aria-autocomplete", "list");
  target.setAttribute("aria-controls", listOf(target).id);
  target.setAttribute("aria-expanded", "false");
  if (target.value === "" && !isSwapping) ask(target, "only");
});
// The focus that htmx gives back is not a person's: it asks for nothing.
document.addEventListener("htmx:beforeSwap", () => (isSwapping = true));
document.addEventListener("htmx:afterSettle", () => (isSwapping = false));
document.addEventListener("focusout", ({ target }) => isBox(target) && close(target));
document.addEventListener("keydown", (event) => isBox(event.target) && key(event, event.target));
document.addEventListener("input", ({ target }) => {
  if (!isBox(target)) return;
  clearTimeout(timer);
  timer = setTimeout(() => ask(target), WAIT_MS);
});
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("[data-box] [role=option]");
  if (!option) return;
  event.preventDefault(); // the box keeps the focus
  take(option.closest("form").querySelector("[data-complete]"), option);
});
document.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text") ?? "";
  if (event.target.id !== "find" || !/[\r\n]/.test(text)) return;
  event.preventDefault();
  const { selectionStart, selectionEnd } = event.target;
  event.target.setRangeText(text.replace(/[\r\n]+/g, " "), selectionStart, selectionEnd, "end");
});
