// The instrument panel: controls, pictures and one sentence that reads them, challenges that tick themselves.
// The kernel checks every value and draws; this file only shows what it answers.
let fields = 0;
const shown = (value) => typeof value === "number" ? String(value).replace(".", ",").replace("-", "−") : value;

// Controls: each builds its element and enters its fields into `self.fields` as {write, problem}.
const CONTROLS = { slider: slide, grid: cells, ratings: rate };

function entry(self, leaf, attributes, complain) {
  const id = `${self.id}-${leaf.id}`;
  // An answer to an earlier edit may come while a number is half typed, and must not write over it.
  let typing = false;
  const take = () => { typing = false; self.edit({ [leaf.id]: input.value }); };
  const input = h("input", { type: "text", inputmode: "decimal", id, autocomplete: "off", maxlength: 64, "aria-describedby": complain.id, ...attributes,
    oninput: () => { typing = true; },
    onchange: take,
    onblur: () => { if (typing) take(); },
    onkeydown: (event) => { if (event.key === "Enter") take(); } });
  self.fields[leaf.id] = {
    write: (value) => { if (!typing && input.value !== shown(value)) input.value = shown(value); },
    problem: (fault) => {
      input.setAttribute("aria-invalid", fault ? "true" : "false");
      complain.say(leaf.id, fault?.text);
    },
  };
  return input;
}

function select(self, leaf) {
  const input = h("select", { "aria-label": leaf.label, onchange: () => self.edit({ [leaf.id]: input.value }) }, leaf.options.map(([id, words]) => h("option", { value: id }, words)));
  self.fields[leaf.id] = { write: (value) => { input.value = value; } };
  return input;
}

// One place for what is wrong with the fields of one control.
function complaint(self) {
  const faults = {}, node = h("p", { class: "rm-problem", id: `${self.id}-fault${++fields}`, role: "status" });
  return { id: node.id, node, say: (id, words) => {
    if (words) faults[id] = words; else delete faults[id];
    const all = Object.values(faults).join(" ");
    if (node.textContent !== all) node.textContent = all;
  } };
}

const named = (leaf) => leaf.unit && !leaf.label.endsWith(leaf.unit) ? `${leaf.label}, ${leaf.unit}` : leaf.label;

function slide(self, control) {
  const leaf = control.field, complain = complaint(self), input = entry(self, leaf, {}, complain);
  const range = h("input", { type: "range", min: leaf.min, max: leaf.max, step: control.step, "aria-label": named(leaf),
    oninput: () => { input.value = tell(Number(range.value)); self.edit({ [leaf.id]: Number(range.value) }, true); },
    onchange: () => self.edit({ [leaf.id]: Number(range.value) }) });
  const tell = (value) => { range.setAttribute("aria-valuetext", `${shown(value)} ${leaf.unit}`.trim()); return shown(value); };
  const field = self.fields[leaf.id], { write } = field;
  field.write = (value) => { write(value); range.value = value; tell(value); };
  return h("div", { class: "rm-slider" }, h("label", { for: input.id }, named(leaf)), h("div", {}, range, input), complain.node);
}

const titled = (control, ...children) => h("div", { class: "rm-block" }, h("p", { class: "rm-title" }, control.label), control.note && h("p", { class: "rm-note" }, rich(control.note)), children);
const scrolling = (label, table) => h("div", { class: "rm-scroll", tabindex: "0", role: "region", "data-lm-suppress-shortcuts": "true", "aria-label": label }, table);

function cells(self, control) {
  const complain = complaint(self);
  const cell = (leaf) => leaf.type === "choice" ? select(self, leaf) : entry(self, leaf, { "aria-label": named(leaf) }, complain);
  const table = h("table", { class: "rm-grid" },
    h("thead", {}, h("tr", {}, h("td"), control.columns.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, control.rows.map(([label, row]) => h("tr", {}, h("th", { scope: "row" }, label), row.map((leaf) => h("td", {}, cell(leaf)))))));
  return titled(control, scrolling(control.label, table), complain.node);
}

// Ratings: "4" is the learner's own, "4 4 5" those of several people, whose mean is shown until he chooses an anchor.
const mean = (values) => values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
const scores = (value) => (value ?? "").split(" ").filter(Boolean).map(Number);
const rounded = (value) => value == null ? "–" : (Math.round(value * 10 + 1e-9) / 10).toFixed(1).replace(".", ",");

function rate(self, control) {
  const levels = [1, 2, 3, 4, 5];
  const sides = control.sides.map((side, place) => {
    const leaves = control.items.map((item) => item.ratings[place]), told = h("span", { class: "rm-mean" });
    const all = levels.map((level) => h("button", { type: "button", "aria-label": `${control.label}, ${side}, ${self.say("all_to")} ${level}`, onclick: () => self.edit(Object.fromEntries(leaves.map((leaf) => [leaf.id, String(level)]))) }, level));
    self.after.push((values) => {
      told.textContent = rounded(mean(leaves.map((leaf) => mean(scores(values[leaf.id]))).filter((value) => value != null)));
      all.forEach((button, k) => button.setAttribute("aria-pressed", leaves.every((leaf) => values[leaf.id] === String(k + 1))));
    });
    return h("div", { class: "rm-side" }, h("span", { class: `rm-sign rm-sign${place}` }, side), told, h("span", { class: "rm-all" }, all));
  });
  const items = control.items.map((item) => {
    const raters = h("p", { class: "rm-note" });
    self.after.push((values) => {
      raters.textContent = item.ratings.map((leaf, place) => {
        const given = scores(values[leaf.id]);
        return `${control.sides[place]} ${given.length === 1 ? given[0] : rounded(mean(given))}${given.length > 1 ? ` (${self.say("raters")}: ${given.length})` : ""}`;
      }).join(" · ");
    });
    const radios = item.ratings.map((leaf) => {
      const made = levels.map((level) => h("input", { type: "radio", name: `${self.id}-${leaf.id}`, value: level, "aria-label": `${leaf.label}: ${level} ${self.say("dash")} ${item.anchors[level - 1]}`, onchange: () => self.edit({ [leaf.id]: String(level) }) }));
      self.fields[leaf.id] = { write: (value) => made.forEach((radio) => { radio.checked = radio.value === value; }) };
      return made;
    });
    const anchors = item.anchors.flatMap((anchor, k) => [...radios.map((made, place) => h("label", { class: `rm-pin rm-pin${place}` }, made[k])), h("span", {}, `${k + 1} ${self.say("dash")} `, rich(anchor))]);
    const heads = control.sides.map((side, place) => h("span", { class: `rm-sign rm-sign${place}`, "aria-hidden": "true", title: side }));
    return h("div", { class: "rm-rate" }, h("p", {}, item.label), raters, h("div", { class: "rm-anchors" }, heads, h("span"), anchors));
  });
  return h("div", { class: "rm-component" }, h("p", { class: "rm-title" }, control.label), sides,
    h("details", {}, h("summary", {}, `${self.say("items")}: ${items.length}`), control.note && h("p", { class: "rm-note" }, rich(control.note)), items));
}

// What a picture cannot hold: tables whose cells carry a sign beside the colour, and notes.
function cell(value, tag = "td") {
  const content = typeof value === "object" && value ? value : { text: value };
  const classes = [content.best && "rm-best", content.faint && "rm-faint", content.word && "rm-word"].filter(Boolean);
  return h(tag, { class: classes.join(" ") || null, scope: tag === "th" ? "row" : null },
    h("span", { class: "rm-value" }, (content.signs ?? []).flatMap(([name, said]) => [icon(name), h("span", { class: "rm-hidden" }, said, ": ")]), content.text));
}

function outcome(table) {
  const rows = table.rows.map(([first, ...rest]) => h("tr", {}, cell(first, "th"), rest.map((value) => cell(value))));
  const body = scrolling(table.title, h("table", { class: "rm-table" },
    h("thead", {}, h("tr", {}, table.head.map((name) => name ? h("th", { scope: "col" }, name) : h("td")))), h("tbody", {}, rows)));
  const legend = table.legend.length > 0 && h("p", { class: "rm-note rm-legend" }, table.legend.map(([name, words]) => h("span", {}, icon(name), words)));
  const note = table.note && h("p", { class: "rm-note" }, rich(table.note));
  return h("div", { class: "rm-block" }, h("p", { class: "rm-title" }, table.title), body, legend, note);
}

const remark = ({ tone, lead, text, items }) => h("div", { class: `rm-say rm-${tone}` }, icon({ ok: "right", part: "remark", no: "wrong" }[tone] ?? "shown"),
  h("div", {}, lead && h("strong", {}, lead, " "), rich(text), items.length > 0 && h("ul", {}, items.map((item) => h("li", {}, rich(item))))));

function panel({ model, el, host }) {
  const spec = model.get("spec"), texts = host.get("texts")[spec.lang], by = Math.random().toString(36).slice(2);
  let pending = {}, dirty = false, moving = false, timer = null, late = null, seq = 0;
  const self = {
    id: `rm-${spec.id}-${by}`, fields: {}, after: [], say: (key) => texts[key] ?? key,
    // While a slider moves, edits gather; one message is under way at a time and carries only the newest.
    edit: (values, drags = false) => {
      Object.assign(pending, values);
      [dirty, moving] = [true, drags];
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
  const back = h("button", { type: "button", class: "rm-quiet", onclick: () => { const { case: name } = model.get("state"); chips[name].focus(); choose(name); } }, self.say("to_case"));
  const warning = h("p", { class: "rm-warning", role: "alert" });
  const warn = (words) => { if (warning.textContent !== words) warning.textContent = words; };
  const figure = ({ svg, label }) => h("figure", { role: "img", class: "rm-figure", "aria-label": label }, picture(svg));
  const tasks = Object.fromEntries(spec.challenges.map(({ id, label }) => [id, h("li", {}, h("span", {}), h("span", {}, label))]));
  const news = h("p", { class: "rm-hidden", role: "status" });
  const challenges = spec.challenges.length > 0 && h("div", { class: "rm-challenges" }, h("p", { class: "rm-title" }, self.say("challenges")), h("ul", {}, Object.values(tasks)), news);
  const built = { main: [], side: [], wide: [] };
  for (const control of spec.controls) built[control.kind === "slider" ? "main" : control.wide ? "wide" : "side"].push(CONTROLS[control.kind](self, control));
  const first = h("div"), reads = h("p", { class: "rm-reads", "aria-live": "polite" }), more = h("div", { class: "rm-more" });
  const root = h("section", { class: "rm-card rm-panel rm-paint", lang: spec.lang, "aria-label": `${self.say("instrument")}: ${spec.title}`, "data-instrument": spec.id, "data-lm-suppress-shortcuts": "true" },
    h("div", { class: "rm-head" }, h("span", {}, `${self.say("instrument")} · ${spec.title}`), h("span", {}, spec.note)),
    h("p", { class: "rm-prompt" }, rich(spec.question)), challenges,
    h("div", { class: "rm-chips", role: "group", "aria-label": self.say("cases") }, Object.values(chips), back),
    h("div", { class: `rm-split${built.main.length ? "" : " rm-rated"}` }, built.main.length > 0 && h("div", { class: "rm-main-controls" }, built.main),
      h("div", { class: "rm-result" }, first, reads), built.side.length > 0 && h("div", { class: "rm-controls" }, built.side)),
    built.wide.length > 0 && h("div", { class: "rm-wide" }, built.wide), warning, more);
  const tick = (met) => {
    for (const id in tasks) {
      const done = met.includes(id), item = tasks[id];
      if (item.dataset.met === String(done)) continue;
      if (item.dataset.met === "false") news.textContent = `${self.say("met")}: ${item.children[1].textContent}`;
      item.dataset.met = done;
      item.firstChild.replaceChildren(icon(done ? "right" : "untouched"), h("span", { class: "rm-hidden" }, self.say(done ? "met" : "not_met"), ": "));
    }
  };
  const update = () => {
    const now = model.get("state");
    if (now.by === by && now.seq === seq) { clearTimeout(late); late = null; }
    const settled = late === null && !dirty;
    for (const id in chips) chips[id].setAttribute("aria-pressed", now.case === id && !now.changed);
    back.hidden = !now.changed;
    const [main, ...others] = now.pictures, plain = now.notes.filter((note) => note.tone === "plain");
    first.replaceChildren(figure(main));
    if (reads.textContent !== now.sentence) reads.textContent = now.sentence;
    tick(now.met);
    more.replaceChildren(...now.notes.filter((note) => note.tone !== "plain").map(remark),
      h("div", { class: "rm-beside" }, others.length > 0 && h("div", {}, others.map(figure)), plain.length > 0 && h("div", {}, plain.map(remark))), ...now.tables.map(outcome));
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
      self.fields[id].problem?.(now.problems[id]);
    }
    for (const act of self.after) act(now.values);
  };
  model.on("change:state", update);
  el.append(root);
  update();
  if (host.comm_live === false) warn(self.say("asleep"));
  return () => { clearTimeout(timer); if (dirty) flush(); clearTimeout(late); model.off("change:state", update); };
}
