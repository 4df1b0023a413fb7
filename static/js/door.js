// Scripts that not every page needs come when they are needed: the palette when somebody asks for it the first time,
// the reveal of a secret when one is to be seen, the brush when there are bars to brush.

const isAsked = (event) => (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && !event.isComposing;
const isThere = () => document.getElementById("palette") !== null;

async function open(event) {
  event.preventDefault();
  const { toggle } = await import("./palette.js");
  toggle();
}

document.addEventListener("keydown", (event) => {
  if (isThere() && isAsked(event) && event.key.toLowerCase() === "k") open(event);
});
document.addEventListener("click", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (isThere() && isPlain && event.target.closest("[data-palette]")) open(event);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest(".secret > button");
  if (!button || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  (await import("./reveal.js")).reveal(button);
});

const brush = () => document.querySelector("svg[data-brush]") && import("./brush.js");
document.addEventListener("htmx:afterSettle", brush);
brush();
