// The exercise card: semantic HTML from a spec, one state from the kernel, one message back per act.

const ICON = {
  right: "M4 9.5l3.5 3.5L14 5.5", wrong: "M5 5l8 8M13 5l-8 8", partial: "M4 9h10", invalid: "M9 4v6M9 13.5v.01",
  shown: "M9 3a5 5 0 0 1 2 9v2H7v-2a5 5 0 0 1 2-9zM7.5 16h3", saved: "M4 3h8l2 2v10H4zM6 3v4h5V3M6 15v-5h6v5",
  changed: "M4 14l1-3 7-7 2 2-7 7z", untouched: "M9 3a6 6 0 1 0 .01 0z", remark: "M9 5v5M9 13v.01M9 2a7 7 0 1 0 .01 0z",
  grip: "M6 4v.01M6 9v.01M6 14v.01M12 4v.01M12 9v.01M12 14v.01", up: "M9 14V4M5 8l4-4 4 4", down: "M9 4v10M5 10l4 4 4-4",
  person: "M9 3a3 3 0 1 0 .01 0zM3 16c1-4 11-4 12 0", box: "M3 6l6-3 6 3v7l-6 3-6-3zM3 6l6 3 6-3M9 9v7",
  star: "M9 2l2.2 4.6 5 .6-3.7 3.5 1 5L9 13.2 4.5 15.7l1-5L1.8 7.2l5-.6z", clock: "M9 2a7 7 0 1 0 .01 0zM9 5v4l3 2",
  megaphone: "M3 7v4h3l7 4V3L6 7zM15 7v4", pin: "M9 16S3.5 11 3.5 7a5.5 5.5 0 0 1 11 0C14.5 11 9 16 9 16zM9 5.5a1.8 1.8 0 1 0 .01 0z",
  scales: "M9 3v12M5 15h8M3 6h12M3 6l-1.5 5h4zM15 6l-1.5 5h4z", coins: "M3 6c0-3 8-3 8 0s-8 3-8 0v4c0 3 8 3 8 0V6M7 12.5V14c0 3 8 3 8 0v-4c0-1.5-2-2.2-4-2.2",
  handshake: "M2 6l4-1 3 2 3-2 4 1v6l-3 1-3 2-4-2-4-1zM9 7l-2 2 2 1 3-1 2 2", ban: "M9 2a7 7 0 1 0 .01 0zM4 4l10 10",
};
let made = 0;

// Elements, never HTML strings: whatever a text holds is shown as text.
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  // JupyterLab looks for this on the focused element first; on an ancestor it comes too late.
  if (["button", "input", "select", "textarea", "summary"].includes(tag)) node.setAttribute("data-lm-suppress-shortcuts", "true");
  // JupyterLab puts a listener on the focused element that takes every new line within a cell for its own; ours comes first.
  if (tag === "textarea") node.addEventListener("beforeinput", (event) => event.stopImmediatePropagation());
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("class", "rm-icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICON[name] ?? "");
  svg.append(path);
  return svg;
}

function rich(text) {
  return String(text ?? "").split(/(\*\*[^*]+\*\*|`[^`]+`|\n)/).map((part) =>
    part === "\n" ? h("br") : part.startsWith("**") && part.length > 4 ? h("strong", {}, part.slice(2, -2))
      : part.startsWith("`") && part.length > 2 ? h("code", {}, part.slice(1, -1)) : part);
}

const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
const TONE = { right: "ok", saved: "ok", partial: "part", shown: "part", invalid: "part", wrong: "no" };
const count = (text) => (text.match(/[\p{L}\p{N}]+(?:[-'’ʼ][\p{L}\p{N}]+)*/gu) ?? []).length;

// Each kind is a pair: build the controls once, then read and write the answer in them.
const KINDS = {
  choice: (card) => options(card, "radio"),
  multi: (card) => options(card, "checkbox"),
  order, match: rows, classify: rows, numeric, text, canvas, identity,
  value: (card) => ({ body: [h("p", { class: "rm-note" }, rich(card.spec.call))], read: () => null, write() {} }),
};

function options(card, type) {
  const inputs = {}, lines = {};
  for (const option of card.spec.options) {
    inputs[option.id] = h("input", { type, name: card.id, value: option.id, onchange: () => card.edited() });
    lines[option.id] = h("label", { class: "rm-option" }, inputs[option.id], h("span", {}, rich(option.text)), h("span"), h("span", { class: "rm-why" }));
  }
  return {
    legend: true, body: Object.values(lines),
    read: () => {
      const chosen = Object.keys(inputs).filter((id) => inputs[id].checked);
      return type === "radio" ? chosen[0] ?? null : chosen;
    },
    write: (answer) => { for (const id in inputs) inputs[id].checked = type === "radio" ? answer === id : (answer ?? []).includes(id); },
    mark: (marks, whys) => { for (const id in lines) markLine(card, lines[id], marks[id], whys[id]); },
  };
}

function markLine(card, line, mark, why) {
  line.classList.toggle("rm-good", mark === true);
  line.classList.toggle("rm-bad", mark === false);
  const [slot, reason] = [line.children[2], line.children[3]];
  slot.replaceChildren(...(mark === undefined ? [] : [icon(mark ? "right" : "wrong"), h("span", { class: "rm-hidden" }, card.say(mark ? "mark_right" : "mark_wrong"))]));
  reason.replaceChildren(...(why ? [...(mark === false ? [h("b", {}, card.say("why_not")), " "] : []), ...rich(why)] : []));
}

function order(card) {
  const list = h("ol", { class: "rm-order" }), items = {};
  let picked = null, before = null;
  const ids = () => [...list.children].map((item) => item.dataset.id);
  const tell = (key, item) => card.announce(fill(card.say(key), { text: item.dataset.text, n: ids().indexOf(item.dataset.id) + 1, of: list.children.length }));
  const number = () => [...list.children].forEach((item, place) => {
    item.querySelector(".rm-n").textContent = place + 1;
    item.querySelector(".rm-up").disabled = place === 0;
    item.querySelector(".rm-down").disabled = place === list.children.length - 1;
  });
  const place = (item, step, focus) => {
    const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    // The neighbour moves, not the item: a node taken out of the document loses focus and pointer capture.
    item[step < 0 ? "after" : "before"](other);
    number();
    (focus.disabled ? item.querySelector(".rm-grip") : focus).focus();
    tell("moved", item);
    card.edited();
  };
  const pick = (item, on) => {
    item.classList.toggle("rm-picked", on);
    item.querySelector(".rm-grip").setAttribute("aria-pressed", on);
    tell(on ? "picked" : "dropped", item);
    [picked, before] = on ? [item, ids()] : [null, null];
  };
  for (const entry of card.spec.items) {
    const grip = h("button", { type: "button", class: "rm-grip", "aria-label": entry.text, "aria-describedby": card.id + "-help", "aria-pressed": "false",
      onkeydown: (event) => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (event.key === " " || event.key === "Enter") pick(item, picked !== item);
        else if (step && picked === item) place(item, step, grip);
        else if (event.key === "Escape" && picked === item) { const back = before; picked = before = null; write(back); pick(item, false); card.edited(); grip.focus(); }
        else return;
        event.preventDefault();
      },
      onclick: (event) => { if (event.detail === 0) pick(item, picked !== item); },
      onblur: () => { if (picked === item) pick(item, false); },
      onpointerdown: (event) => drag(event, item) }, icon("grip"));
    const move = (step, cls, key) => h("button", { type: "button", class: cls, "aria-label": fill(card.say(key), { text: entry.text }), onclick: (event) => place(item, step, event.currentTarget) }, icon(key));
    const item = h("li", { class: "rm-item", "data-id": entry.id, "data-text": entry.text }, grip, h("span", { class: "rm-n" }), h("span", {}, rich(entry.text)),
      h("span", { class: "rm-move" }, move(-1, "rm-up", "up"), move(1, "rm-down", "down")));
    items[entry.id] = item;
    list.append(item);
  }
  const drag = (event, item) => {
    if (event.button) return;
    event.preventDefault();
    const grip = event.currentTarget, start = ids().join();
    grip.setPointerCapture(event.pointerId);
    item.classList.add("rm-picked");
    // Echoes of the kernel wait while the item is held; they would put it back.
    card.held = true;
    const middle = (other) => { const box = other.getBoundingClientRect(); return box.top + box.height / 2; };
    // A fast pointer passes several neighbours between two events, or is let go before the last one.
    const follow = (now) => {
      while (item.previousElementSibling && now.clientY < middle(item.previousElementSibling)) item.after(item.previousElementSibling);
      while (item.nextElementSibling && now.clientY > middle(item.nextElementSibling)) item.before(item.nextElementSibling);
      number();
    };
    grip.onpointermove = follow;
    grip.onpointerup = grip.onpointercancel = (now) => {
      if (now.type === "pointerup") follow(now);
      grip.onpointermove = grip.onpointerup = grip.onpointercancel = null;
      item.classList.remove("rm-picked");
      grip.focus();
      card.held = false;
      if (ids().join() !== start) { tell("moved", item); card.edited(); } else card.update();
    };
  };
  const write = (answer) => {
    const known = (answer ?? card.spec.items.map((item) => item.id)).filter((id) => items[id]);
    for (const id of [...known, ...Object.keys(items).filter((id) => !known.includes(id))]) list.append(items[id]);
    number();
  };
  number();
  return {
    body: [list, h("p", { class: "rm-note", id: card.id + "-help" }, card.say("order_help"))],
    read: ids, write: (answer) => { if ((answer ?? []).join() !== ids().join()) write(answer); },
  };
}

function rows(card) {
  const selects = {}, lines = {}, once = card.spec.kind === "match";
  const used = () => {
    if (!once) return;
    const taken = Object.values(selects).map((select) => select.value);
    for (const select of Object.values(selects)) for (const option of select.options)
      if (option.value) option.textContent = taken.includes(option.value) && select.value !== option.value ? fill(card.say("used"), { text: option.title }) : option.title;
  };
  for (const row of card.spec.rows) {
    const id = `${card.id}-${row.id}`;
    selects[row.id] = h("select", { id, onchange: () => { used(); card.edited(); } }, h("option", { value: "" }, card.say("choose")),
      card.spec.options.map((option) => h("option", { value: option.id, title: option.text }, option.text)));
    lines[row.id] = h("div", { class: "rm-row" }, h("label", { for: id }, rich(row.text)), h("span", { class: "rm-pick" }, selects[row.id], h("span", { class: "rm-mark" })), h("span", { class: "rm-slot" }), h("span", { class: "rm-why" }));
  }
  return {
    body: Object.values(lines),
    read: () => Object.fromEntries(Object.entries(selects).filter(([, select]) => select.value).map(([id, select]) => [id, select.value])),
    write: (answer) => { for (const id in selects) { selects[id].value = answer?.[id] ?? ""; if (selects[id].selectedIndex < 0) selects[id].value = ""; } used(); },
    mark: (marks, whys) => { for (const id in lines) { const line = lines[id], mark = marks[id]; markLine(card, line, mark, whys[id]); line.querySelector(".rm-mark").replaceChildren(...line.children[2].childNodes); } },
  };
}

function numeric(card) {
  const input = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-labelledby": card.id + "-prompt", maxlength: 64,
    oninput: () => card.edited(), onkeydown: (event) => { if (event.key === "Enter") card.act("check"); } });
  return { body: [h("div", { class: "rm-number" }, input, h("span", {}, card.spec.unit ?? "")), h("p", { class: "rm-note" }, card.spec.digits)], read: () => input.value, write: (answer) => { if (input.value !== (answer ?? "")) input.value = answer ?? ""; } };
}

function text(card) {
  const [least, most] = card.spec.words, counter = h("p", { class: "rm-note" });
  const recount = () => { counter.textContent = fill(card.say("words"), { n: count(area.value), least, most }); };
  const area = h("textarea", { rows: 6, "aria-labelledby": card.id + "-prompt", oninput: () => { recount(); card.edited(); } });
  recount();
  return { body: [area, counter], read: () => area.value, write: (answer) => { if (area.value !== (answer ?? "")) area.value = answer ?? ""; recount(); } };
}

function identity(card) {
  const inputs = {};
  const lines = card.spec.fields.map((field) => {
    const id = `${card.id}-${field.id}`;
    inputs[field.id] = h("input", { type: "text", id, maxlength: 200, autocomplete: "off", oninput: () => card.touched(), onkeydown: (event) => { if (event.key === "Enter") card.act("check"); } });
    return h("div", { class: "rm-row" }, h("label", { for: id }, field.label), inputs[field.id]);
  });
  return {
    body: lines, read: () => Object.fromEntries(Object.entries(inputs).map(([id, input]) => [id, input.value])),
    write: (answer) => { for (const id in inputs) if (inputs[id].value !== (answer?.[id] ?? "")) inputs[id].value = answer?.[id] ?? ""; },
  };
}

function canvas(card) {
  const areas = {};
  const tiles = card.spec.tiles.map((tile) => {
    const id = `${card.id}-${tile.id}`;
    areas[tile.id] = h("textarea", { id, rows: 3, "aria-describedby": id + "-help", oninput: () => card.edited() });
    return h("div", { class: "rm-tile" }, h("label", { for: id }, icon(tile.icon), tile.title), h("p", { id: id + "-help" }, rich(tile.help)), areas[tile.id]);
  });
  return {
    body: [h("div", { class: "rm-tiles" }, tiles)],
    read: () => Object.fromEntries(Object.entries(areas).filter(([, area]) => area.value.trim()).map(([id, area]) => [id, area.value])),
    write: (answer) => { for (const id in areas) if (areas[id].value !== (answer?.[id] ?? "")) areas[id].value = answer?.[id] ?? ""; },
  };
}

function card({ model, el, host }) {
  const spec = model.get("spec"), texts = host.get("texts")[spec.lang], by = Math.random().toString(36).slice(2);
  const written = ["text", "canvas"].includes(spec.kind);
  let seq = 0, timer = null, waiting = null;
  const self = {
    spec, id: `rm${++made}`, say: (key) => texts[key] ?? key,
    held: false, update: () => update(), announce: (words) => { live.textContent = words; },
    touched: () => { show("changed", spec.states.changed); check.disabled = !model.get("state").left; },
    edited: () => { self.touched(); clearTimeout(timer); timer = setTimeout(() => self.act("draft"), written ? 700 : 250); },
    act: (name) => {
      clearTimeout(timer);
      timer = null;
      seq += 1;
      if (name !== "draft" && name !== "check") live.textContent = "";
      kept.textContent = self.say("saving");
      clearTimeout(waiting);
      waiting = setTimeout(() => { warn(self.say("slow")); kept.textContent = ""; }, 6000);
      model.send({ act: name, answer: controls.read(), by, seq });
    },
  };
  const controls = KINDS[spec.kind](self);
  const prompt = h(controls.legend ? "legend" : "p", { class: "rm-prompt", id: self.id + "-prompt" });
  const state = h("span", { class: "rm-state" }), kept = h("span", { class: "rm-kept" });
  const live = h("div", { class: "rm-hidden", role: "status" });
  const warning = h("p", { class: "rm-warning", role: "alert" });
  const feedback = h("div", { class: "rm-feedback", "aria-live": "polite" });
  const remarks = h("ul", { class: "rm-remarks", "aria-label": self.say("remarks") });
  const button = (name, cls, label) => h("button", { type: "button", class: cls, onclick: () => self.act(name) }, label);
  const check = button("check", "rm-main", self.say(spec.main));
  const hint = button("hint", "rm-quiet", self.say("hint")), solution = button("solution", "rm-quiet", self.say(written ? "model_answer" : "solution"));
  const reset = button("reset", "rm-quiet", self.say(spec.drawn ? "other_numbers" : "reset"));
  const body = controls.legend ? h("fieldset", {}, prompt, controls.body) : h("div", { role: "group", "aria-labelledby": self.id + "-prompt" }, prompt, controls.body);
  const root = h("article", { class: "rm-card", lang: spec.lang, "aria-labelledby": self.id + "-prompt", "aria-roledescription": self.say("exercise"), "data-exercise": spec.id, tabindex: "-1" },
    h("div", { class: "rm-head" }, h("span", {}, spec.meta), state), body, feedback, remarks, warning, live,
    h("div", { class: "rm-buttons" }, spec.kind !== "value" && check, hint, solution, reset, kept));
  const show = (status, words) => {
    state.className = "rm-state rm-" + (TONE[status] ?? "plain");
    state.replaceChildren(icon(status), h("span", {}, words));
    root.dataset.status = status;
  };
  const warn = (words, calm = false) => { warning.textContent = words; warning.classList.toggle("rm-calm", calm); };
  const line = ({ tone, lead, text, see, sign }) => h("div", { class: "rm-say rm-" + tone }, icon(sign ? sign : tone === "ok" ? "right" : tone === "no" ? "wrong" : tone === "part" ? "partial" : "shown"),
    h("span", {}, lead && h("strong", {}, lead, " "), rich(text), see && h("span", { class: "rm-see" }, " ", see)));
  const update = () => {
    const now = model.get("state"), held = root.contains(document.activeElement) && document.activeElement;
    const mine = now.by === by;
    // An older echo must not overwrite what the learner has done since.
    const current = mine ? now.seq === seq && !timer : !timer && (!waiting || now.by == null);
    if (mine && now.seq === seq) { clearTimeout(waiting); waiting = null; }
    prompt.replaceChildren(...rich(now.prompt));
    if (!current || self.held) return;
    warn(now.error ?? "");
    controls.write(now.answer);
    controls.mark?.(now.marks ?? {}, now.whys ?? {});
    show(now.status, now.head);
    const lines = (now.feedback ?? []).map(line);
    if (now.ideas?.length) lines.push(h("div", { class: "rm-say rm-plain" }, icon("shown"), h("div", {}, h("strong", {}, self.say("ideas")), h("ul", {}, now.ideas.map((idea) => h("li", {}, rich(idea)))))));
    feedback.replaceChildren(...lines);
    remarks.replaceChildren(...(now.remarks ?? []).map(({ title, text }) => h("li", {}, icon("remark"), h("span", {}, title && h("b", {}, title, " "), rich(text)))));
    check.disabled = !now.can_check;
    hint.hidden = !now.can_hint;
    solution.hidden = !now.can_solve;
    reset.hidden = !now.can_reset;
    kept.textContent = now.time ? saved(now.time) : "";
    // A button that goes or is disabled must not throw a keyboard user out of the card.
    if (held && (held.hidden || held.disabled)) ([check, hint, solution, reset].find((one) => one.isConnected && !one.hidden && !one.disabled) ?? root).focus();
  };
  const saved = (iso) => {
    const when = new Date(iso), same = when.toDateString() === new Date().toDateString();
    const time = when.toLocaleTimeString(spec.lang, { hour: "2-digit", minute: "2-digit" });
    return same ? fill(self.say("saved"), { time }) : fill(self.say("saved_day"), { date: when.toLocaleDateString(spec.lang) });
  };
  const lost = () => { if (host.comm_live === false) { warn(self.say("dead"), true); check.disabled = true; } };
  model.on("change:state", update);
  host.on("comm_live_update", lost);
  el.append(root);
  update();
  lost();
  return () => { if (timer) self.act("draft"); clearTimeout(waiting); model.off("change:state", update); host.off("comm_live_update", lost); };
}

// A page may hold cards and instruments, from kernels of different versions: each sheet goes in once, by what it says.
// The instruments' sheet refines that of the cards and so stays behind it, whichever view came first.
function dress() {
  const worn = [...document.querySelectorAll("style[data-rm]")].map((sheet) => sheet.textContent);
  for (const [name, css] of Object.entries(STYLES)) {
    const next = name === "view" ? document.querySelector('style[data-rm="panel"]') : null;
    if (!worn.includes(css)) document.head.insertBefore(h("style", { "data-rm": name }, css), next);
  }
}

// Keys pressed here are hidden from the notebook; the one that saves it is told to the cell around, as if pressed there.
function letSave(event) {
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.slice(3).toLowerCase();
  if (letter !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  event.preventDefault();
  const { key, code, keyCode, ctrlKey, metaKey, shiftKey } = event, all = { bubbles: true, cancelable: true };
  event.currentTarget.parentElement.dispatchEvent(new KeyboardEvent("keydown", { ...all, key, code, keyCode, ctrlKey, metaKey, shiftKey }));
}

export function render(context) {
  dress();
  context.el.addEventListener("keydown", letSave);
  return (context.model.get("spec").view === "panel" ? panel : card)(context);
}
