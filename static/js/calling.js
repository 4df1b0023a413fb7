// Completes @name in a comment from the people who may see this gateway. Without it a name is just typed.
import { say } from "./live.js";

const WAIT_MS = 150;
const WORD = /(?:^|[^\w.@+-])@([\w.@+-]{0,150})$/u;
let timer = 0;
let asked = 0;
let current = -1;

const isField = (element) => element instanceof HTMLTextAreaElement && "people" in element.dataset;
const listOf = (field) => field.parentElement.querySelector("[role=listbox]");
const optionsOf = (field) => [...(listOf(field)?.children ?? [])];

/** The beginning of a name before the caret; null where there is none. */
function wordOf(field) {
  const found = WORD.exec(field.value.slice(0, field.selectionStart));
  return found && field.selectionStart === field.selectionEnd ? found[1] : null;
}

function close(field) {
  listOf(field)?.remove();
  current = -1;
  field.removeAttribute("aria-activedescendant");
  field.removeAttribute("aria-controls");
}

function show(field, names) {
  close(field);
  if (names.length === 0) return;
  const list = document.createElement("ul");
  list.className = "options";
  list.id = `${field.id}-people`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People");
  list.append(
    ...names.map((name, number) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${number}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.insert = name;
      item.textContent = `@${name}`;
      return item;
    }),
  );
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  say(`${names.length} ${names.length === 1 ? "person" : "people"}`);
}

async function ask(field) {
  const mine = (asked += 1);
  const word = wordOf(field);
  if (word === null) return close(field);
  try {
    const answer = await fetch(`${field.dataset.people}?word=${encodeURIComponent(word)}`);
    const found = answer.ok ? await answer.json() : { people: [] };
    if (mine === asked && document.activeElement === field) show(field, found.people);
  } catch {
    close(field); // a name is just typed
  }
}

function point(field, step) {
  const options = optionsOf(field);
  options[current]?.setAttribute("aria-selected", "false");
  current = (current + step + options.length + (current < 0 && step < 0 ? 1 : 0)) % options.length;
  options[current].setAttribute("aria-selected", "true");
  options[current].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", options[current].id);
}

function take(field, option) {
  const word = wordOf(field) ?? "";
  const end = field.selectionStart;
  field.setRangeText(`${option.dataset.insert} `, end - word.length, end, "end");
  close(field);
}

document.addEventListener("input", ({ target }) => {
  if (!isField(target)) return;
  clearTimeout(timer);
  timer = setTimeout(() => ask(target), WAIT_MS);
});
document.addEventListener("focusout", ({ target }) => isField(target) && close(target));
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!isField(field) || event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const isOpen = optionsOf(field).length > 0;
  if (isOpen && step) point(field, step);
  else if (isOpen && event.key === "Escape") close(field);
  else if (isOpen && (event.key === "Enter" || event.key === "Tab") && current >= 0) {
    take(field, optionsOf(field)[current]);
  } else if (event.key === "Escape") return field.blur();
  else return;
  event.preventDefault();
});
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest(".talk [role=option]");
  if (!option) return;
  event.preventDefault(); // the field keeps the focus
  take(option.closest(".field").querySelector("[data-people]"), option);
});
