// After a swap: the focus goes to the heading if what had it is gone, and the count is read out.
import { say } from "./live.js";

let hadFocus = false;

document.addEventListener("htmx:beforeSwap", (event) => {
  hadFocus = event.detail.target.contains(document.activeElement);
});

document.addEventListener("htmx:afterSettle", (event) => {
  const target = event.detail.target;
  const region = target?.id ? document.getElementById(target.id) : null;
  if (!region) return;
  const isLost = document.activeElement === null || document.activeElement === document.body;
  if (hadFocus && isLost) {
    const heading = region.querySelector("h1, h2, h3");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  }
  hadFocus = false;
  const words = region.querySelector("[data-announce]")?.textContent.trim().replace(/\s+/g, " ");
  if (words) say(words);
});
