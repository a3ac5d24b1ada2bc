// Strips of progress: on top of a page, at its end, what is due today. The kernel counts; this shows, and asks again when seen.
VIEWS.strip = ({ model, el, host }) => {
  const spec = model.get("spec"), { words } = spec;
  const root = h("section", { class: `rm-card rm-strip rm-${spec.name}`, lang: spec.lang });
  const asleep = () => host.comm_live === false;
  const link = (entry) => entry.href ? goto(model, el, entry) : h("span", {}, entry.text);
  const bar = (share, label) => share != null && h("progress", { max: 100, value: share, "aria-label": label });
  const row = ({ title, href, share, cells }) => h("li", {}, h("p", {}, link({ text: title, href })), bar(share, title), 
    h("dl", {}, cells.map(([name, value]) => h("div", {}, h("dt", {}, name), " ", h("dd", {}, value)))));
  const table = (rows) => rows.length > 0 && h("ul", { class: "rm-rows" }, rows.map(row));
  // What is open stays open when the numbers change.
  const folds = new Set();
  const fold = (name, ...inside) => h("details", { open: folds.has(name), ontoggle: (event) => folds[event.target.open ? "add" : "delete"](name) },
    h("summary", {}, words[name]), inside);
  const list = (name, entries = [], ...after) => {
    if (!entries.length) return null;
    const inside = [h("ul", {}, entries.map((entry) => h("li", {}, link(entry)))), ...after];
    return entries.length > 6 ? fold(name, inside) : h("div", {}, h("p", {}, words[name]), inside);
  };
  // A page read aloud hears of the end once; the line itself lights up once, for those who let things move.
  const praise = h("div", { role: "status" });
  let before = null;
  const cheer = (said = "") => {
    if (said !== before) praise.replaceChildren(said && h("p", { class: `rm-praise ${before === "" && "rm-cheer"}` }, icon("star"), h("span", {}, said)));
    before = said;
  };
  const parts = { head: h("div", { class: "rm-head" }), top: h("div"), praise, rest: h("div") };
  let shown = "";
  const update = () => {
    const now = model.get("state"), same = JSON.stringify([{ ...now, by: null, seq: null }, asleep()]);
    // Whoever stands in it with the keyboard keeps the place.
    if (same === shown) return;
    shown = same;
    const { rows = [], concepts = [], today, next, share } = now;
    root.setAttribute("aria-label", now.title);
    parts.head.replaceChildren(h("span", {}, now.title));
    parts.top.replaceChildren(...[h("p", { class: "rm-prompt" }, now.sentence), bar(share, now.title)].filter(Boolean));
    cheer(now.praise);
    parts.rest.replaceChildren(...[
      next && h("p", { class: "rm-onward" }, words.next, " ", link(next)),
      today && h("p", { class: "rm-today" }, icon("clock"), link(today)),
      now.note && h("p", {}, now.note),
      asleep() && h("p", { class: "rm-warning rm-calm" }, words.asleep),
      table(rows),
      list("missed_lead", now.missed),
      list("due_lead", now.due, h("p", { class: "rm-note" }, words.due_rule)),
      concepts.length > 0 && fold("concepts", table(concepts), now.more && h("p", {}, now.more), concepts[0].share != null && h("p", { class: "rm-note" }, words.mastery_rule)),
    ].filter(Boolean));
  };
  const stop = seen(root, () => { if (!asleep()) tell(model, { act: "refresh" }); });
  model.on("change:state", update);
  host.on("comm_live_update", update);
  root.append(...Object.values(parts));
  el.append(root);
  update();
  return () => { stop(); model.off("change:state", update); host.off("comm_live_update", update); };
};

// A link to an exercise: on this page it is scrolled to, else its lesson is opened.
function goto(model, el, { text, href, exercise }) {
  return lead(model, h("a", { href, onclick: (event) => {
    const page = el.closest(".jp-Notebook") ?? document;
    const target = exercise && page.querySelector(`.rm-card[data-exercise="${CSS.escape(exercise)}"]`);
    if (!target) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  } }, text), href);
}

// JupyterLab opens a file of the course in itself, as it does for links in a text; elsewhere the address will do.
function lead(model, node, href) {
  const { resolver, linkHandler } = model.widget_manager.rendermime ?? {};
  if (resolver?.isLocal?.(href) && linkHandler) resolver.resolveUrl(href).then((path) => linkHandler.handleLink(node, decodeURIComponent(path), ""));
  return node;
}

// Calls `ask` whenever a view comes into sight: its page scrolled to, its tab or window taken up again.
function seen(node, ask) {
  let asked = 0;
  const look = () => {
    if (document.hidden || !node.offsetParent || Date.now() - asked < 1000) return;
    asked = Date.now();
    ask();
  };
  const watch = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) look(); });
  watch.observe(node);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);
  return () => { watch.disconnect(); document.removeEventListener("visibilitychange", look); window.removeEventListener("focus", look); };
}

// A kernel that died is found out by sending to it; the next run of all cells brings another.
function tell(model, message) {
  try { model.send(message); } catch { return false; }
  return true;
}
