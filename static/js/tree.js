// The trees of a body: a node opens in its place, the arrows go through what is open, and the node that the address
// names is in view. Without this each node is a link to the page that is opened there.

const isPlain = (event) => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
const links = () => [...document.querySelectorAll(".tree a.node__key")].filter((link) => link.checkVisibility());
const insideOf = (link) => link.closest("li").querySelector(":scope > .node__in");

function close(link, isClosed) {
  insideOf(link).hidden = isClosed;
  link.setAttribute("aria-expanded", String(!isClosed));
}

/** Asks for the node, and puts it in the place of the one that is there; then the focus is on its key again. */
async function fetchNode(link) {
  const node = link.closest("li[id]");
  node.setAttribute("aria-busy", "true");
  try {
    await window.htmx.ajax("GET", link.href, { source: node, target: node });
  } finally {
    node.removeAttribute("aria-busy"); // an error left it where it is
  }
  document.querySelector(`#${node.id} > .node__row > a`)?.focus();
}

function turn(link) {
  if (link.matches(".node__key") && insideOf(link)) close(link, link.getAttribute("aria-expanded") === "true");
  else fetchNode(link);
}

function step(by, from) {
  const all = links();
  all[Math.min(Math.max(all.indexOf(from) + by, 0), all.length - 1)]?.focus();
}

const isOpen = (link) => link.getAttribute("aria-expanded") === "true";
const keys = {
  ArrowDown: (link) => step(1, link),
  ArrowUp: (link) => step(-1, link),
  ArrowRight: (link) => (isOpen(link) ? insideOf(link).querySelector("a.node__key")?.focus() : turn(link)),
  ArrowLeft: (link) => (isOpen(link) ? turn(link) : link.closest("ul").closest("li")?.querySelector("a").focus()),
  Home: () => links().at(0)?.focus(),
  End: () => links().at(-1)?.focus(),
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".tree a[data-node]");
  if (!link || event.defaultPrevented || !isPlain(event) || !window.htmx || !link.closest("li[id]")) return;
  event.preventDefault();
  turn(link);
});

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.(".tree a.node__key");
  if (!link || !isPlain(event) || !Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key](link);
});

const here = document.querySelector(".tree .is-here > .node__row > a");
if (here) {
  here.scrollIntoView({ block: "center" });
  here.focus({ preventScroll: true });
}
