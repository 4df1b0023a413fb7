// Requests of htmx that fail. An answer with a notice is shown by htmx itself; this speaks when there is none.

/** Shows a notice in #notice, as error.html#notice looks. */
export function notify(title, message, tone = "err") {
  const place = document.getElementById("notice");
  if (!place) return;
  const box = element("div", `notice note is-${tone}`);
  const words = element("div");
  const strong = element("b");
  strong.textContent = title;
  words.append(element("p"), element("p"));
  words.firstChild.append(strong);
  words.lastChild.textContent = message;
  const close = element("button", "btn btn--quiet");
  close.type = "button";
  close.dataset.close = "notice";
  close.textContent = "Close";
  box.append(words, close);
  place.replaceChildren(box);
}

function element(name, classes = "") {
  const made = document.createElement(name);
  made.className = classes;
  return made;
}

/** A page where a fragment was asked for: the session is over, and this is the way to sign in. */
function isWholePage({ xhr, requestConfig }) {
  return /^\s*<!doctype/i.test(xhr.responseText) && !requestConfig.elt.closest("[hx-select]");
}

/** What a page asks for by itself: that it fails, or not, is no news to the person who reads a notice. */
const isBackground = (event) => event.detail.requestConfig?.elt.matches("[data-background]") ?? false;

function clear() {
  document.getElementById("notice")?.replaceChildren();
}

document.addEventListener("htmx:sendError", (event) => {
  if (isBackground(event)) return;
  notify("The dashboard did not answer", "Check that it runs and that you are online, then try again.");
});
document.addEventListener("htmx:timeout", (event) => {
  if (isBackground(event)) return;
  notify("No answer after 15 seconds", "The upstream may be slow. Nothing was changed on this page.");
});

// 4xx and 5xx go to #notice, but only if they bring one: a proxy in between answers with a page of its own.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (event.detail.requestConfig?.elt.matches("[data-background]")) {
    event.detail.shouldSwap = xhr.status < 300;
    return;
  }
  if (xhr.status < 400) {
    clear();
    if (isWholePage(event.detail)) {
      event.detail.shouldSwap = false;
      location.reload();
    }
    return;
  }
  if (target.id !== "notice" || xhr.responseText.includes('class="notice ')) return;
  event.detail.shouldSwap = false;
  if (xhr.status === 403) notify("That was refused", "You may have been signed out. Reload the page and try again.");
  else if (xhr.status === 404) notify("That is not here any more", "It may have been deleted. Reload the page.");
  else notify(`The server answered ${xhr.status}`, "Nothing was changed on this page. Try again.");
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close=notice]")) clear();
});
