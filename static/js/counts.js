// Regions that count step by step load themselves. When somebody leaves, the step on its way is given up; the next one
// is never asked, since the region is gone with the list.

const BUSY = "#results :is([data-counts], #histogram a, .facet a, [data-newer]).htmx-request";
let givenUp = [];

function giveUp() {
  givenUp = [...document.querySelectorAll(BUSY)];
  for (const each of givenUp) window.htmx?.trigger(each, "htmx:abort");
}

/** Nobody left after all: what counts by itself goes on. */
function goOn() {
  const stayed = givenUp.filter((each) => each.isConnected && each.matches("[data-counts]"));
  for (const each of stayed) window.htmx?.trigger(each, "count-on");
  givenUp = [];
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "results" && !event.defaultPrevented) giveUp();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig?.target?.id !== "results") return; // an error has #notice as its target by now
  if (event.detail.failed) goOn();
  givenUp = [];
});
addEventListener("pagehide", giveUp);
addEventListener("pageshow", (event) => event.persisted && goOn());
