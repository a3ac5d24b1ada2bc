// The time left of an assignment: a strip below the card that asks who one is, and a sign that stays in sight.
// The kernel tells since when the clock runs; here it only goes on, by whole minutes, and speaks at ten and at five.
VIEWS.clock = ({ model, el }) => {
  const spec = model.get("spec"), { words } = spec, of = Number(words.n), by = Math.random().toString(36).slice(2);
  let seq = 0, ahead = 0, before = null, shown = "";
  const line = h("span"), live = h("div", { class: "rm-hidden", role: "status" }), number = h("span");
  const root = h("section", { class: "rm-card rm-strip rm-clock", lang: spec.lang, "aria-label": words.title }, h("p", { class: "rm-today" }, icon("clock"), line), live);
  const sign = h("div", { class: "rm-card rm-sign", lang: spec.lang, title: words.title, "aria-hidden": "true" }, icon("clock"), number);
  const panel = () => root.isConnected && root.closest(".jp-NotebookPanel");
  const show = () => {
    const { began } = model.get("state"), gone = Date.now() + ahead - began;
    const left = began && Math.min(of, Math.max(0, Math.ceil(of - gone / 60000))), named = { left, n: of };
    const time = began && new Date(began - ahead).toLocaleTimeString(spec.lang, { hour: "2-digit", minute: "2-digit" });
    const said = began ? fill(left ? words.running : words.over, { ...named, time }) : fill(words.before, named);
    if (said !== shown) {
      line.textContent = shown = said;
      number.textContent = began ? fill(left ? words.pill : words.pill_over, named) : "";
    }
    // A page that is opened late is read as it stands; only what passes meanwhile is told.
    const mark = began ? [0, 5, 10, Infinity].find((end) => left <= end) : null;
    if (before !== null && mark !== null && mark < before) live.textContent = left ? fill(words.soon, named) : words.over;
    before = mark;
    const around = panel();
    if (began && around && !around.querySelector(":scope > .rm-sign")) around.append(sign);
  };
  const ask = () => { seq += 1; tell(model, { act: "refresh", by, seq }); };
  // On a hub another clock than this browser's writes the journal; only a fresh answer shows by how much they differ.
  const update = () => {
    const now = model.get("state");
    if (now.by === by && now.seq === seq) ahead = now.now - Date.now();
    show();
  };
  const stop = seen(root, ask), timer = setInterval(show, 5000);
  const arrival = new ResizeObserver(show);
  arrival.observe(root);
  model.on("change:state", update);
  el.append(root);
  show();
  ask();
  return () => { stop(); clearInterval(timer); arrival.disconnect(); sign.remove(); model.off("change:state", update); };
};
