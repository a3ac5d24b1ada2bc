
// The hand-in: who hands in, what is empty, and a button that writes the file. Nothing is written before it is pressed.
VIEWS.handin = ({ model, el, host }) => {
  const spec = model.get("spec"), { words } = spec, id = `rm${++made}`, by = Math.random().toString(36).slice(2);
  let timer = null, seq = 0;
  const send = (act) => { clearTimeout(timer); timer = null; seq += 1; if (!tell(model, { act, name: name.value, by, seq })) warn(words.asleep, true); };
  const name = h("input", { type: "text", id, maxlength: 200, autocomplete: "name",
    oninput: () => { clearTimeout(timer); timer = setTimeout(() => send("name"), 700); },
    onkeydown: (event) => { if (event.key === "Enter") send("write"); } });
  const write = h("button", { type: "button", class: "rm-main", onclick: () => send("write") }, words.write);
  const ready = h("p", { class: "rm-prompt" }), list = h("ul", { class: "rm-works" });
  const warning = h("p", { class: "rm-warning", role: "alert" }), file = h("div", { role: "status" });
  const root = h("section", { class: "rm-card rm-strip rm-handin", lang: spec.lang, "aria-label": words.page },
    h("div", { class: "rm-head" }, h("span", {}, words.page)), ready, list,
    h("div", { class: "rm-row" }, h("label", { for: id }, words.name), name), h("p", { class: "rm-note" }, words.privacy),
    warning, h("div", { class: "rm-buttons" }, write), file);
  const row = (work) => h("li", { class: work.whole ? "rm-good" : null }, icon(work.whole ? "right" : "untouched"),
    h("span", {}, goto(model, el, work), h("span", { class: "rm-note" }, ` ${work.status}`)));
  const link = ({ text, href, opens }) => h("li", {}, opens && [lead(model, h("a", { href }, text), href), " · "],
    fetched(model, h("a", { href, download: text }, opens ? words.download : text), href));
  const links = (now) => [h("ul", {}, now.links.map(link)), h("p", { class: "rm-note" }, `${now.lie}. ${now.made}`),
    now.note && h("p", {}, now.note), now.stale && h("p", { class: "rm-stale" }, icon("remark"), h("span", {}, now.stale))];
  const warn = (said, calm) => {
    if (warning.textContent !== said) warning.textContent = said;
    warning.classList.toggle("rm-calm", calm);
  };
  const update = () => {
    const now = model.get("state"), asleep = host.comm_live === false;
    ready.textContent = now.ready;
    list.replaceChildren(...now.works.map(row));
    if (!timer && (document.activeElement !== name || now.by !== by)) name.value = now.name;
    warn(asleep ? words.asleep : now.error ?? "", asleep);
    write.disabled = asleep;
    file.replaceChildren(...(now.file ? links(now.file).filter(Boolean) : []));
  };
  const stop = seen(root, () => { if (host.comm_live !== false && !timer) tell(model, { act: "refresh" }); });
  model.on("change:state", update);
  host.on("comm_live_update", update);
  el.append(root);
  update();
  return () => { if (timer) send("name"); stop(); model.off("change:state", update); host.off("comm_live_update", update); };
};

// What JupyterLab serves a file at.
function fetched(model, node, href) {
  const { resolver } = model.widget_manager.rendermime ?? {};
  if (resolver?.isLocal?.(href)) resolver.resolveUrl(href).then((path) => resolver.getDownloadUrl(path)).then((url) => { node.href = url; });
  return node;
}
