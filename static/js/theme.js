// Theme and density: the sheet shows the choice at once, this keeps it. Without the script the form has a button.
import { say } from "./live.js";
import { notify } from "./notice.js";

async function keep(form) {
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "fetch" },
      redirect: "manual", // the answer leads back to this page, and reading that costs upstream calls
    });
    if (!answer.ok && answer.type !== "opaqueredirect") throw new Error(`The server answered ${answer.status}.`);
    say("Saved");
  } catch {
    notify("The choice was not kept", "It holds on this page only. Reload it and try again.");
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-preferences]");
  if (form) keep(form);
});
