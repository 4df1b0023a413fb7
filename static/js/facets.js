// Facets that are opened or closed by hand stay so: in the address, and over the next swap of the list.

const opened = () => document.getElementById("facets")?.open === true;

document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.id !== "facets") return;
    const url = new URL(location.href);
    const before = url.searchParams.getAll("open");
    const others = before.filter((name) => name !== "facets" && (opened() || name !== "ranges")); // they stand within
    if (before.includes("facets") === opened() && before.length === others.length + Number(opened())) return;
    url.searchParams.delete("open");
    if (!opened()) url.searchParams.delete("count");
    for (const name of others) url.searchParams.append("open", name);
    if (opened()) url.searchParams.append("open", "facets");
    history.replaceState(history.state, "", url);
  },
  true, // it does not bubble
);

document.addEventListener("htmx:configRequest", (event) => {
  const { path, target, verb } = event.detail;
  if (verb !== "get" || !["results", "peek"].includes(target?.id) || !opened() || /[?&]open=facets/.test(path)) return;
  event.detail.path += `${path.includes("?") ? "&" : "?"}open=facets`;
});
