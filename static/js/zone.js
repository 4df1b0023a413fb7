// The time zone: the browser's own as a choice, the switch by key, and what is shown read again in the new zone.
import { notify } from "./notice.js";

const UTC = "UTC";
const menu = () => document.getElementById("zone-menu");
const form = () => document.querySelector("form[data-zone-form]");

/** The zone of this machine; nothing where it is UTC, or where the browser does not say. */
function browserZone() {
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  return [UTC, "Etc/UTC", "Etc/Unknown"].includes(name) ? "" : name;
}

/** Puts the browser's zone among the choices, in the place of the same one from last time. */
function offer() {
  const own = browserZone();
  const item = form()?.querySelector("[data-browser-zone]");
  if (!own || !item) return;
  const button = item.querySelector("button");
  button.value = own;
  button.querySelector("span").textContent = `Local: ${own}`;
  if (menu().dataset.zone === own) button.setAttribute("aria-current", "true");
  for (const other of form().querySelectorAll("[data-last-zone]")) other.hidden = other.dataset.lastZone === own;
  item.hidden = false;
}

const isChanged = (field) => {
  if (field.options) return [...field.options].some((each) => each.selected !== each.defaultSelected);
  return field.checked !== field.defaultChecked || field.value !== field.defaultValue;
};

/** Whether to read the page again would take away what somebody ticked or typed. */
function wouldLose() {
  if (document.querySelector("tbody .c-pick input:checked")) return true;
  return [...document.querySelectorAll("form[data-annotate] :is(input:not([type=hidden]), select)")].some(isChanged);
}

async function keep(name) {
  const body = new FormData(form());
  body.set("zone", name);
  try {
    const headers = { "X-Requested-With": "fetch" };
    const answer = await fetch(form().action, { method: "POST", body, headers, redirect: "manual" });
    if (answer.status === 400) return notify("The time zone was not changed", await answer.text());
    if (answer.status !== 204) throw new Error(`The server answered ${answer.status}.`);
  } catch {
    return notify("The time zone was not changed", "You may have been signed out. Reload the page and try again.");
  }
  if (wouldLose()) {
    const what = "Here it waits, so that nothing you ticked or typed is lost. Reload when you are done with it.";
    notify(`The next page shows times in ${name}`, what, "info");
  } else location.reload();
}

/** UTC, or back to the last zone that was not. */
export function switchZone() {
  if (!menu()) return false;
  const { zone, localZone } = menu().dataset;
  const wanted = zone === UTC ? localZone || browserZone() : UTC;
  if (!form()) notify("This page keeps its time zone", "It answers a form. Change it on another page.", "info");
  else if (!wanted) notify("Your own time zone is UTC", "Another one is under the time zone at the top.", "info");
  else keep(wanted);
  return true;
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-zone-form]") || !event.submitter?.value) return;
  event.preventDefault();
  menu().hidePopover();
  keep(event.submitter.value);
});

// The address may have changed since the page was read: "another zone" leads back to where one is now.
document.addEventListener("click", (event) => {
  const link = event.target.closest("#zone-menu a");
  if (!link) return;
  const url = new URL(link.href);
  url.searchParams.set("next", location.pathname + location.search);
  link.href = url.href;
});

offer();
