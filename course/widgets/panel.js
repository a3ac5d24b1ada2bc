
// The instrument panel: controls on the left, a picture and one sentence on the right.
// The kernel checks every value and draws; this file only shows what it answers.
const shown = (value) => typeof value === "number" ? String(value).replace(".", ",").replace("-", "−") : value;

// Pictures come as SVG from our own kernel code; anything that could run is refused all the same.
function picture(svg) {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  if (root.nodeName !== "svg" || root.querySelector("script, foreignObject, parsererror")) return null;
  root.setAttribute("aria-hidden", "true");
  return document.importNode(root, true);
}

// Controls: each builds its element and enters its fields into `self.fields` as {write, problem}.
const CONTROLS = { slider: slide, grid: cells, ratings: rate };

function entry(self, leaf, attributes, complain) {
  const id = `${self.id}-${leaf.id}`;
  const input = h("input", { type: "text", id, autocomplete: "off", maxlength: 64, "aria-describedby": complain.id, ...attributes,
    onchange: () => self.edit(leaf.id, input.value),
    onkeydown: (event) => { if (event.key === "Enter") self.edit(leaf.id, input.value); } });
  self.fields[leaf.id] = {
    write: (value) => { if (input.value !== shown(value)) input.value = shown(value); },
    problem: (fault) => {
      input.setAttribute("aria-invalid", fault ? "true" : "false");
      complain.say(leaf.id, fault?.text);
    },
  };
  return input;
}

// One place for what is wrong with the fields of one control.
function complaint(self) {
  const faults = {}, node = h("p", { class: "rm-problem", id: `${self.id}-fault${++made}`, role: "status" });
  return { id: node.id, node, say: (id, words) => {
    if (words) faults[id] = words; else delete faults[id];
    const all = Object.values(faults).join(" ");
    if (node.textContent !== all) node.textContent = all;
  } };
}

const named = (leaf) => leaf.unit && !leaf.label.endsWith(leaf.unit) ? `${leaf.label}, ${leaf.unit}` : leaf.label;

function slide(self, leaf) {
  const complain = complaint(self);
  const input = entry(self, leaf, { inputmode: "decimal" }, complain);
  const range = h("input", { type: "range", min: leaf.min, max: leaf.max, step: leaf.step, "aria-label": named(leaf),
    oninput: () => { input.value = tell(Number(range.value)); self.edit(leaf.id, Number(range.value), true); },
    onchange: () => self.edit(leaf.id, Number(range.value)) });
  const tell = (value) => { range.setAttribute("aria-valuetext", `${shown(value)} ${leaf.unit}`.trim()); return shown(value); };
  const field = self.fields[leaf.id], { write } = field;
  field.write = (value) => { write(value); range.value = value; tell(value); };
  return h("div", { class: "rm-slider" }, h("label", { for: input.id }, named(leaf)), h("div", {}, range, input), complain.node);
}

function fold(control, ...children) {
  return h("details", { class: "rm-fold" }, h("summary", {}, control.label), control.note && h("p", { class: "rm-note" }, rich(control.note)), children.flat());
}

function cells(self, control) {
  const complain = complaint(self);
  const table = h("table", { class: "rm-grid" },
    h("thead", {}, h("tr", {}, h("td"), control.columns.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, control.rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.label),
      row.cells.map((leaf) => h("td", {}, entry(self, leaf, { inputmode: "decimal", "aria-label": named(leaf) }, complain)))))));
  return fold(control, h("div", { class: "rm-scroll" }, table), complain.node);
}

function rate(self, control) {
  return fold(control, control.items.map((item) => {
    const complain = complaint(self);
    return h("div", { class: "rm-rate" }, h("p", {}, item.label),
      h("details", {}, h("summary", { "aria-label": `${self.say("scale")}: ${item.label}` }, self.say("scale")), h("ol", {}, item.anchors.map((anchor) => h("li", {}, rich(anchor))))),
      h("div", { class: "rm-sides" }, item.cells.map((leaf) => h("label", {}, leaf.side, entry(self, leaf, { "aria-label": leaf.label }, complain)))), complain.node);
  }));
}

// What a picture cannot hold: tables whose cells carry a sign beside the colour, and notes.
function cell(value, tag = "td") {
  const content = typeof value === "object" && value ? value : { text: value };
  const classes = [content.best && "rm-best", content.faint && "rm-faint", content.word && "rm-word", content.shade != null && `rm-shade${content.shade}`].filter(Boolean);
  return h(tag, { class: classes.join(" ") || null, scope: tag === "th" ? "row" : null },
    h("span", { class: "rm-value" }, (content.signs ?? []).flatMap(([name, said]) => [icon(name), h("span", { class: "rm-hidden" }, said, ": ")]), content.text),
    content.small && h("small", {}, content.small));
}

function outcome(id, table) {
  const body = h("div", { class: "rm-scroll", tabindex: "0", role: "region", "data-lm-suppress-shortcuts": "true", "aria-label": table.title }, h("table", { class: "rm-table" },
    h("thead", {}, h("tr", {}, table.head.map((name, place) => name ? h("th", { scope: "col", class: table.words?.includes(place) ? "rm-word" : null }, name) : h("td")))),
    h("tbody", {}, table.rows.map(([first, ...rest]) => h("tr", {}, cell(first, "th"), rest.map((value, place) => cell(table.words?.includes(place + 1) ? { word: true, ...(value.text ? value : { text: value }) } : value)))))));
  const legend = table.legend && h("p", { class: "rm-note rm-legend" }, table.legend.map((part) => h("span", {}, icon(part.icon), part.text)));
  const note = table.note && h("p", { class: "rm-note" }, rich(table.note));
  return table.folded ? h("details", { class: "rm-fold", "data-title": table.title }, h("summary", {}, table.title), body, legend, note)
    : h("div", { class: "rm-block" }, h("p", { class: "rm-title" }, table.title), body, legend, note);
}

const remark = ({ tone, lead, text, items }) => h("div", { class: `rm-say rm-${tone}` }, icon({ ok: "right", part: "remark", no: "wrong" }[tone] ?? "shown"),
  h("div", {}, lead && h("strong", {}, lead, " "), rich(text), items?.length ? h("ul", {}, items.map((item) => h("li", {}, rich(item)))) : null));

function panel({ model, el, host }) {
  const spec = model.get("spec"), texts = host.get("texts")[spec.lang], by = Math.random().toString(36).slice(2);
  let pending = {}, dirty = false, moving = false, timer = null, late = null, seq = 0;
  const self = {
    id: `rm${++made}`, fields: {}, say: (key) => texts[key] ?? key,
    // While a slider moves, edits gather; one message is under way at a time and carries only the newest.
    edit: (id, value, drags = false) => {
      [pending[id], dirty, moving] = [value, true, drags];
      if (late === null && timer === null) timer = setTimeout(flush, drags ? 50 : 0);
    },
  };
  const send = (message) => {
    seq += 1;
    clearTimeout(late);
    late = setTimeout(() => { late = null; warn(self.say("still_old")); }, 6000);
    model.send({ ...message, by, seq });
  };
  const flush = () => {
    timer = null;
    dirty = false;
    send({ act: "set", values: pending, moving });
  };
  const choose = (name) => { pending = {}; dirty = false; clearTimeout(timer); timer = null; send({ act: "case", case: name }); };
  const chips = Object.fromEntries(spec.cases.map(({ id, label }) => [id, h("button", { type: "button", onclick: () => choose(id) }, label)]));
  const back = h("button", { type: "button", class: "rm-quiet", onclick: () => choose(model.get("state").case) }, self.say("to_case"));
  const warning = h("p", { class: "rm-warning", role: "alert" });
  const warn = (words) => { if (warning.textContent !== words) warning.textContent = words; };
  const figure = (svg, label) => h("figure", { role: "img", class: "rm-figure", "aria-label": label }, picture(svg));
  const first = h("div"), reads = h("p", { class: "rm-reads", "aria-live": "polite" }), more = h("div", { class: "rm-more" });
  const root = h("section", { class: "rm-card rm-panel", lang: spec.lang, "aria-label": `${self.say("instrument")}: ${spec.title}`, "data-instrument": spec.id, "data-lm-suppress-shortcuts": "true" },
    h("div", { class: "rm-head" }, h("span", {}, `${self.say("instrument")} · ${spec.title}`), h("span", {}, spec.note)),
    h("p", { class: "rm-prompt" }, rich(spec.question)),
    h("div", { class: "rm-chips", role: "group", "aria-label": self.say("cases") }, Object.values(chips)),
    h("div", { class: "rm-split" }, h("div", { class: "rm-controls" }, spec.controls.map((control) => CONTROLS[control.kind](self, control)), back), h("div", { class: "rm-result" }, first, reads)),
    warning, more);
  const update = () => {
    const now = model.get("state");
    if (now.by === by && now.seq === seq) { clearTimeout(late); late = null; }
    const settled = late === null && !dirty;
    for (const id in chips) chips[id].setAttribute("aria-pressed", now.case === id && !now.changed);
    back.disabled = !now.changed;
    const [main, ...others] = now.pictures;
    first.replaceChildren(figure(main, now.sentence));
    if (reads.textContent !== now.sentence) reads.textContent = now.sentence;
    const open = [...more.querySelectorAll("details[open]")].map((node) => node.dataset.title);
    more.replaceChildren(...(now.notes ?? []).map(remark), ...others.map((svg) => figure(svg.svg, svg.label)), ...(now.tables ?? []).map((table) => outcome(self.id, table)));
    for (const node of more.querySelectorAll("details")) node.open = open.includes(node.dataset.title);
    warn(now.error ?? "");
    if (!settled) {
      // A newer edit waits: it goes out now that the kernel is free.
      if (dirty && late === null && timer === null) timer = setTimeout(flush, 0);
      return;
    }
    // What could not be read stays in its field, and is asked about again until it can be.
    pending = Object.fromEntries(Object.entries(now.problems).filter(([, fault]) => fault.typed != null).map(([id, fault]) => [id, fault.typed]));
    for (const id in self.fields) {
      self.fields[id].write(pending[id] ?? now.values[id]);
      self.fields[id].problem(now.problems[id]);
    }
  };
  model.on("change:state", update);
  el.append(root);
  update();
  if (host.comm_live === false) warn(self.say("asleep"));
  return () => { clearTimeout(timer); if (dirty) flush(); clearTimeout(late); model.off("change:state", update); };
}
