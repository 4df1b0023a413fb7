// One polite live region for all modules.

/** Reads the words out, also when they are the same as before. */
export function say(words) {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = "";
  setTimeout(() => (live.textContent = words), 60);
}

/** "1 log", "12 logs" */
export function logs(count) {
  return `${count.toLocaleString("en")} log${count === 1 ? "" : "s"}`;
}
