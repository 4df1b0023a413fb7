// Regions beside the list that were opened by hand stay so over the next swap of the list, whose links were written
// before they were opened. Facets that are opened or closed also say so in the address.

const OPEN = { histogram: "#histogram svg[data-brush]", facets: "#facets[open]", ranges: "#ranges form" };
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
  const { target, verb } = event.detail;
  if (verb !== "get" || !["results", "peek"].includes(target?.id)) return;
  for (const [name, shown] of Object.entries(OPEN)) {
    if (!document.querySelector(shown) || (name === "ranges" && !opened())) continue;
    const said = event.detail.path;
    if (!new RegExp(`[?&]open=${name}(&|$)`).test(said)) {
      event.detail.path += `${said.includes("?") ? "&" : "?"}open=${name}`;
    }
  }
});
