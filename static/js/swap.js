// Links within rows lead to other lists. Regions with log text run no htmx of their own, so this swaps the list for
// them. And a menu in which several steps are taken stays open over the swaps that it makes.

const isPlain = (event) => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
const isList = (link) => new URL(link.href).pathname === location.pathname && link.origin === location.origin;
let stays = "";
let focus = "";

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#results tbody .acts a, #results tbody a.kv, #results .facet li a");
  if (!link || event.defaultPrevented || !isPlain(event) || !window.htmx || !isList(link)) return;
  event.preventDefault();
  window.htmx.ajax("GET", link.href, { source: "#results", target: "#results" });
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id !== "results") return; // a poll or a count on its own way
  if (event.detail.elt.matches?.("form[data-keep]")) return; // what is ticked, sent before the step itself
  const menu = event.detail.elt.closest?.("[popover][data-stays]");
  stays = menu?.id ?? "";
  focus = document.activeElement?.id ?? "";
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (!stays || event.detail.target?.id !== "results") return;
  const menu = document.getElementById(stays);
  stays = "";
  menu?.showPopover();
  (document.getElementById(focus) ?? menu?.querySelector("a, button, input"))?.focus();
});
