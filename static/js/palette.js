// Ctrl K: what this page can do (data-command="words"), views, searches, gateways, and finding what is pasted.
// Without scripts its link leads to a page with the same places.
const MOST = 50;
let entries = []; // { text, hint, url } or { text, hint, element }
let shown = [];
let at = 0;

const dialog = () => document.getElementById("palette");
const input = () => dialog().querySelector("[role=combobox]");
const list = () => document.getElementById("palette-list");
const note = (words) => (document.getElementById("palette-note").textContent = words);

/** How far a text is from what was typed: in one piece and early is nearest; Infinity where it is too far apart. */
function distance(text, typed) {
  const found = text.indexOf(typed);
  if (found >= 0) return found;
  let place = text.indexOf(typed[0]) - 1;
  let gaps = 0;
  for (const sign of typed) {
    const next = text.indexOf(sign, place + 1);
    if (next < 0) return Infinity;
    gaps += next - place - 1;
    place = next;
  }
  return gaps > 2 * typed.length ? Infinity : 1000 + gaps; // any long sentence holds a few letters in order
}

function commands() {
  const isOnPage = (element) => Number(element.closest("main") !== null);
  return [...document.querySelectorAll("[data-command]")]
    .filter((element) => !element.disabled && !element.hidden)
    .sort((one, other) => isOnPage(other) - isOnPage(one)) // what belongs to this page comes first
    .map((element) => ({ text: element.dataset.command, hint: isOnPage(element) ? "on this page" : "", element }));
}

function fitting(typed) {
  const wanted = typed.toLowerCase().replace(/\s+/g, " ");
  const far = ({ text, hint }) =>
    Math.min(distance(text.toLowerCase(), wanted), 500 + distance(`${text} ${hint}`.toLowerCase(), wanted));
  const found = entries.map((entry) => [far(entry), entry]).filter(([away]) => away < Infinity);
  found.sort(([one], [other]) => one - other);
  const near = found.slice(0, MOST).map(([, entry]) => entry);
  if (!typed) return near;
  return [...near, { text: `Find “${typed}”`, hint: "log", url: dialog().dataset.find + encodeURIComponent(typed) }];
}

function point(to) {
  const items = list().children;
  items[at]?.setAttribute("aria-selected", "false");
  at = (to + items.length) % (items.length || 1);
  items[at]?.setAttribute("aria-selected", "true");
  items[at]?.scrollIntoView({ block: "nearest" });
  if (items[at]) input().setAttribute("aria-activedescendant", items[at].id);
  else input().removeAttribute("aria-activedescendant");
}

function draw() {
  shown = fitting(input().value.trim());
  list().replaceChildren(
    ...shown.map(({ text, hint }, number) => {
      const item = document.createElement("li");
      item.id = `palette-${number}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const name = document.createElement("span");
      name.textContent = text;
      const small = document.createElement("small");
      small.textContent = hint;
      item.append(name, " ", small);
      return item;
    }),
  );
  point(0);
}

async function load() {
  note("Loading views and gateways…");
  try {
    const answer = await fetch(dialog().dataset.entries);
    const found = await answer.json();
    const hint = (entry) => [entry.kind, entry.hint].filter(Boolean).join(" · ");
    entries = [...commands(), ...found.entries.map((entry) => ({ ...entry, hint: hint(entry) }))];
    note(found.problem);
  } catch {
    note("Views and gateways could not be loaded. What this page can do is listed.");
  }
  if (dialog().open) draw();
}

/** Opens the palette, or closes it. */
export function toggle() {
  if (dialog().open) return dialog().close();
  if (document.querySelector("dialog[open]")) return;
  document.querySelector("[popover]:popover-open")?.hidePopover();
  entries = commands();
  input().value = "";
  dialog().showModal();
  draw();
  load();
}

function choose(entry) {
  if (!entry) return;
  dialog().close();
  if (entry.url) return location.assign(entry.url);
  entry.element.scrollIntoView({ block: "nearest", inline: "nearest" }); // a menu opens beside a button that is seen
  entry.element.click();
}

document.addEventListener("keydown", (event) => {
  if (!dialog() || event.isComposing || event.target !== input()) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) point(at + step);
  else if (event.key === "Enter") choose(shown[at]);
  else return;
  event.preventDefault();
});
document.addEventListener("input", ({ target }) => dialog() && target === input() && draw());
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette-close]")) dialog().close();
  else {
    const item = event.target.closest("#palette-list [role=option]");
    if (item) choose(shown[[...list().children].indexOf(item)]);
  }
});
