
// The strip of progress: where I am, what is next, what to repeat. The kernel counts; this shows, and asks again when seen.
VIEWS.strip = ({ model, el, host }) => {
  const spec = model.get("spec"), { words } = spec;
  const root = h("section", { class: "rm-card rm-strip", lang: spec.lang });
  const asleep = () => host.comm_live === false;
  const link = (entry) => goto(model, el, entry);
  const bar = (share, label) => h("progress", { max: 100, value: share, "aria-label": label });
  const row = ({ title, href, share, cells }) => h("li", {}, h("p", {}, href ? link({ text: title, href }) : title), bar(share, title),
    h("dl", {}, cells.map(([name, value]) => h("div", {}, h("dt", {}, name), " ", h("dd", {}, value)))));
  const repeat = (due) => {
    const list = [h("ul", {}, due.map((entry) => h("li", {}, link(entry)))), h("p", { class: "rm-note" }, words.due_rule)];
    return due.length > 6 ? h("details", {}, h("summary", {}, words.due_lead), list) : h("div", {}, h("p", {}, words.due_lead), list);
  };
  const update = () => {
    const now = model.get("state"), open = root.querySelector("details")?.open;
    root.setAttribute("aria-label", now.title);
    root.replaceChildren(h("div", { class: "rm-head" }, h("span", {}, now.title)), h("p", { class: "rm-prompt" }, now.sentence), bar(now.share, now.title),
      ...(now.praise ? [h("p", { class: "rm-praise" }, icon("star"), h("span", {}, now.praise))] : []),
      ...(now.next ? [h("p", { class: "rm-onward" }, words.next, " ", link(now.next))] : []),
      ...(asleep() ? [h("p", { class: "rm-warning rm-calm" }, words.asleep)] : []),
      h("ul", { class: "rm-rows" }, now.rows.map(row)), ...(now.due.length ? [repeat(now.due)] : []));
    if (open) root.querySelector("details")?.setAttribute("open", "");
  };
  const stop = seen(root, () => { if (!asleep()) tell(model, { act: "refresh" }); });
  model.on("change:state", update);
  host.on("comm_live_update", update);
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
