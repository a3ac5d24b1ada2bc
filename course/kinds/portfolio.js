// The simulation: a table of levels, ready plans, steps back, a forecast, a plan to compare with, and what came of it.
KINDS.portfolio = function (card) {
  const { segments, stages, levels, presets, years, words } = card.spec, YEARS = Array.from({ length: years }, (_, year) => year);
  // Heads are narrow on a phone: a long word may break before a syllable.
  const breaks = (text) => text.replace(/(?<=[\p{L}’]{3})(?=[бвгґджзйклмнпрстфхцчшщ][аеєиіїоуюяёэы]\p{L}{2})/giu, "\u00ad");
  const basic = () => Object.fromEntries(segments.map(({ id }) => [id, YEARS.map(() => "1".repeat(stages.length))]));
  const copy = (value) => JSON.parse(JSON.stringify(value));
  // Levels by segment, a text for each year; while the years are alike the table shows them as one.
  let plan = basic(), apart = false, year = 0, beside = "", steps = [], turn = 0;
  const joined = () => segments.map(({ id }) => line(plan[id])).join("/");
  const line = (own) => apart && own.some((digits) => digits !== own[0]) ? own.join(" ") : own[0];
  const parted = (text) => { const own = text.split(" "); return YEARS.map((at) => own[at % own.length]); };
  const held = () => ({ plan: copy(plan), apart, beside });

  const change = (act) => {
    steps = [...steps.slice(-99), held()];
    act();
    paint();
    card.edited();
  };
  const undo = h("button", { type: "button", class: "rm-quiet", onclick: () => {
    ({ plan, apart, beside } = steps.pop());
    if (!apart) year = 0;
    paint();
    card.edited();
    if (undo.disabled) selects[segments[0].id][0].focus();
  } }, words.undo);
  const take = (table) => { for (const { id } of segments) plan[id] = YEARS.map(() => table[id]); [apart, year] = [false, 0]; };
  const chips = presets.map(({ text, table }) => h("button", { type: "button", onclick: () => change(() => take(table)) }, text));

  const selects = {}, starts = {}, facts = {};
  const set = (id, stage, level) => change(() => {
    for (const at of apart ? [year] : YEARS) plan[id][at] = plan[id][at].slice(0, stage) + level + plan[id][at].slice(stage + 1);
  });
  const rows = segments.map(({ id, text }) => {
    facts[id] = h("span", { class: "rm-note" });
    starts[id] = stages.map(() => h("small", { "aria-hidden": "true" }));
    selects[id] = stages.map((_, stage) => h("select", { onchange: (event) => set(id, stage, event.target.value) }, levels.map((level) => h("option", { value: level.id }, level.id))));
    return [h("tr", { class: "rm-segment" }, h("th", { scope: "rowgroup", colspan: stages.length }, text, " ", facts[id])),
      h("tr", {}, stages.map((_, stage) => h("td", {}, selects[id][stage], starts[id][stage])))];
  });
  const table = h("table", { class: "rm-plan", "aria-label": words.table }, h("thead", {}, h("tr", {}, stages.map(({ text }) => h("th", { scope: "col" }, breaks(text))))), rows.map((pair) => h("tbody", {}, pair)));
  const byYear = h("input", { type: "checkbox", onchange: () => change(() => {
    apart = byYear.checked;
    if (!apart) for (const { id } of segments) plan[id] = YEARS.map(() => plan[id][year]);
    year = 0;
  }) });
  const tabs = YEARS.map((at) => h("button", { type: "button", onclick: () => { year = at; paint(); } }, fill(words.year, { n: at + 1 })));
  const tabbed = h("div", { class: "rm-chips", role: "group", "aria-label": words.years }, tabs);

  const forecast = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", maxlength: 24, id: card.id + "-forecast", "aria-describedby": card.id + "-anchor", oninput: () => card.edited(), onkeydown: (event) => { if (event.key === "Enter") card.act("check"); } });
  const anchor = h("p", { class: "rm-note", id: card.id + "-anchor" });
  const asked = h("div", { class: "rm-forecast" }, h("label", { for: forecast.id }, words.forecast), h("div", { class: "rm-number" }, forecast, h("span", {}, words.unit)), anchor);

  const pin = h("button", { type: "button", class: "rm-quiet", onclick: () => change(() => { beside = joined(); }) }, words.pin);
  const swap = h("button", { type: "button", class: "rm-quiet", onclick: () => change(() => {
    const before = joined();
    open(beside);
    beside = before;
  }) }, words.swap);
  const unpin = h("button", { type: "button", class: "rm-quiet", onclick: () => { change(() => { beside = ""; }); pin.focus(); } }, words.unpin);
  const pinned = h("p", { class: "rm-note" });
  const open = (text) => {
    text.split("/").forEach((own, at) => { plan[segments[at].id] = parted(own); });
    apart = text.includes(" ");
    if (!apart) year = 0;
  };

  const gauge = h("div"), reads = h("p", { class: "rm-note" });
  const price = h("details", { class: "rm-prices", open: true }, h("summary", {}, words.levels), h("ul", {}, levels.map(({ text }) => h("li", {}, text))));
  const paint = () => {
    for (const { id, text } of segments) for (const [stage, select] of selects[id].entries()) {
      const level = plan[id][year][stage], named = { segment: text, stage: stages[stage].text };
      if (select.value !== level) select.value = level;
      select.dataset.level = level;
      select.setAttribute("aria-label", apart ? fill(words.cell_year, { ...named, year: year + 1 }) : fill(words.cell, { ...named, n: starts[id][stage].textContent || "–" }));
    }
    byYear.checked = apart;
    tabbed.hidden = !apart;
    tabs.forEach((tab, at) => tab.setAttribute("aria-pressed", at === year));
    presets.forEach((preset, at) => chips[at].setAttribute("aria-pressed", !apart && segments.every(({ id }) => plan[id][0] === preset.table[id])));
    undo.disabled = !steps.length;
    pinned.textContent = beside ? fill(words.pinned, { plan: beside.split("/").map((own, at) => `${segments[at].id} ${own.replaceAll(" ", "-")}`).join("; ") }) : "";
    pin.hidden = beside === joined();
    swap.hidden = unpin.hidden = !beside;
  };

  // What the kept plan leads to; of pictures that take turns one is seen.
  const figure = ({ svg, label }) => h("figure", { class: "rm-outcome" }, h("div", { class: "rm-figure", role: "img", "aria-label": label }, picture(svg)), h("figcaption", { "aria-hidden": "true" }, label));
  const result = h("section", { class: "rm-results", "aria-label": words.result, hidden: true });
  const outcome = (pictures) => {
    const turns = pictures.filter((each) => each.turn), slot = h("div", { class: "rm-turn", "aria-live": "polite" });
    const next = h("button", { type: "button", onclick: () => { turn += 1; slot.replaceChildren(figure(turns[turn % turns.length])); } }, words.turn);
    if (turns.length) slot.replaceChildren(figure(turns[turn % turns.length]));
    result.hidden = !pictures.length;
    result.replaceChildren(h("p", { class: "rm-title" }, words.result), h("div", { class: "rm-outcomes" }, pictures.filter((each) => !each.turn).map(figure), turns.length > 0 && h("div", {}, slot, next)));
  };
  let shown = "";
  paint();
  return {
    body: [h("div", { class: "rm-chips", role: "group", "aria-label": words.presets }, chips, undo),
      h("div", { class: "rm-desk" }, h("div", {}, h("p", { class: "rm-title" }, words.table), h("label", { class: "rm-years" }, byYear, words.by_year), tabbed, table, h("p", { class: "rm-note" }, words.customers),
        h("div", { class: "rm-chips rm-beside-plan" }, pin, swap, unpin), pinned), h("div", { class: "rm-paint" }, gauge, reads, price)),
      asked, card.spec.main === "save" && h("p", { class: "rm-note" }, card.spec.open_model)],
    result: h("div", { class: "rm-paint" }, result),
    read: () => Object.fromEntries([...segments.map(({ id }) => [id, line(plan[id])]), ["forecast", forecast.value], ["beside", beside]].filter(([, value]) => value !== "")),
    write: (answer) => {
      const now = Object.fromEntries(segments.map(({ id }) => [id, line(plan[id])]));
      if (!answer || segments.some(({ id }) => (answer[id] ?? "") !== now[id])) {
        if (answer && segments.every(({ id }) => /^[1-5 ]{5,}$/.test(answer[id] ?? ""))) open(segments.map(({ id }) => answer[id]).join("/"));
        else if (!answer) { plan = basic(); [apart, year, steps] = [false, 0, []]; }
      }
      beside = answer?.beside ?? "";
      if (forecast.value !== (answer?.forecast ?? "")) forecast.value = answer?.forecast ?? "";
      paint();
    },
    tell: (now) => {
      if (now.facts) {
        for (const { id } of segments) {
          facts[id].textContent = now.facts[id];
          starts[id].forEach((node, stage) => { node.textContent = now.starts[id][stage]; });
        }
        anchor.textContent = fill(words.anchor, { basic: now.basic });
        gauge.replaceChildren(h("div", { class: "rm-figure", role: "img", "aria-label": now.hours.label }, picture(now.hours.svg)));
        if (reads.textContent !== now.hours.label) reads.textContent = now.hours.label;
      }
      paint();
      const pictures = now.pictures ?? [], text = JSON.stringify(pictures);
      if (text !== shown) { shown = text; outcome(pictures); }
      return now.remarks;
    },
  };
};
