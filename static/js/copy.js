// data-copy="text" copies that text, data-copy-from="id" the text of that element, data-copy-link the URL of a link.
// data-copy-fetch copies the text that the link leads to.
// data-copied is what is said then, where there is more to say than "Copied".
import { say } from "./live.js";

function wanted(button) {
  if (button.dataset.copyFrom) return textOf(document.getElementById(button.dataset.copyFrom));
  if ("copyLink" in button.dataset) return button.href;
  return button.dataset.copy;
}

async function fetched(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error("It did not come.");
  return answer.text();
}

/** The text of an element; of numbered lines their text, the empty ones too. A button on it is no part of it. */
function textOf(element) {
  if (!element?.matches(".lines")) return element?.innerText;
  const copy = element.cloneNode(true);
  for (const button of copy.querySelectorAll(".secret > button")) button.remove();
  return [...copy.children].map((line) => line.textContent).join("\n");
}

async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Plain http on another machine: browsers offer nothing newer there.
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.className = "vh";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("The browser refused.");
}

function tell(button, words) {
  say(words);
  const place = button.closest(".btns") ?? button;
  place.parentElement.querySelector(":scope > .copied")?.remove();
  const beside = document.createElement("span");
  beside.className = "copied";
  beside.setAttribute("aria-hidden", "true"); // the live region says it
  beside.textContent = words;
  place.after(beside);
  setTimeout(() => beside.remove(), 1600 + 60 * words.length); // time to read it
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from], [data-copy-link], [data-copy-fetch]");
  if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const text = "copyFetch" in button.dataset ? fetched(button.href) : wanted(button);
  if (text === undefined) return;
  event.preventDefault();
  try {
    await copy(await text);
    tell(button, button.dataset.copied || "Copied");
  } catch {
    tell(button, "Could not copy");
  }
});
