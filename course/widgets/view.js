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

// Pictures come as SVG from our own kernel code; anything that could run is refused all the same.
function picture(svg) {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  if (root.nodeName !== "svg" || root.querySelector("script, foreignObject, parsererror")) return null;
  root.setAttribute("aria-hidden", "true");
  return document.importNode(root, true);
}

function rich(text) {
  return String(text ?? "").split(/(\*\*[^*]+\*\*|`[^`]+`|\n)/).map((part) =>
    part === "\n" ? h("br") : part.startsWith("**") && part.length > 4 ? h("strong", {}, part.slice(2, -2))
      : part.startsWith("`") && part.length > 2 ? h("code", {}, part.slice(1, -1)) : part);
}

// Of a long prompt only the question is bold: the last sentence that asks, or the last one. A no-break space ends none: it stands after initials.
function asks(text) {
  const words = String(text ?? ""), parts = words.split(/(?<=[.!?…][»)"]?)[ \n]+(?=[\p{Lu}«])/u);
  const question = parts.findLastIndex((part) => /\?[»)]?$/.test(part)), place = question < 0 ? parts.length - 1 : question;
  const whole = parts.every((part) => part.split("**").length % 2 && part.split("`").length % 2);
  if (words.length <= 120 || parts.length < 2 || words.includes("\n") || !whole) return [h("b", {}, rich(words))];
  return parts.flatMap((part, at) => [at ? " " : "", ...(at === place ? [h("b", {}, rich(part))] : rich(part))]);
}

const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
const TONE = { right: "ok", saved: "ok", partial: "part", shown: "part", invalid: "part", wrong: "no" };
const count = (text) => (text.match(/[\p{L}\p{N}]+(?:[-'’ʼ][\p{L}\p{N}]+)*/gu) ?? []).length;

// What is typed stays in the browser until the kernel says it has it: the kernel may be dead, the page not alive yet.
// A browser that keeps nothing, or has no room, does without.
const shelf = {
  get: (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
  put: (name, entry) => { try { localStorage.setItem(name, JSON.stringify(entry)); return true; } catch { return false; } },
  drop: (name) => { try { localStorage.removeItem(name); } catch { return; } },
};
const TAB = (() => { try { return sessionStorage["rm-tab"] ??= Math.random().toString(36).slice(2); } catch { return null; } })();
// A heading of this page by its words; JupyterLab puts a pilcrow behind them.
const heading = (card, words) => {
  const page = card.closest(".jp-Notebook, main, body"), plain = (text) => text.replace(/¶\s*$/, "").replace(/\s+/g, " ").trim();
  return [...page.querySelectorAll("h1, h2, h3, h4, h5, h6")].find((node) => !card.contains(node) && plain(node.textContent) === plain(words));
};
function reveal(node, focus = node) {
  if (!focus.hasAttribute("tabindex")) focus.tabIndex = -1;
  node.scrollIntoView({ block: "start" });
  focus.focus({ preventScroll: true });
}
const print = (answer) => {
  const parts = typeof answer === "object" && !Array.isArray(answer) ? Object.entries(answer ?? {}).filter(([, value]) => value !== "").sort() : answer ?? "";
  return parts.length ? JSON.stringify(parts) : "";
};
const same = (one, other) => print(one) === print(other);

// Each kind builds its controls once, then reads and writes the answer in them; its file beside course/kinds/*.py enters
// it here. What a kind may give: {legend, body, result, read, write, mark, tell}; the result stands below the buttons.
const KINDS = { identity, place: () => ({ body: [], read() {}, write() {} }) };
// Cards, and what other files enter: the strip of progress, the hand-in.
const VIEWS = { card: standing };

function markLine(card, line, mark, why) {
  line.classList.toggle("rm-good", mark === true);
  line.classList.toggle("rm-bad", mark === false);
  const [slot, reason] = [line.children[2], line.children[3]];
  slot.replaceChildren(...(mark === undefined ? [] : [icon(mark ? "right" : "wrong"), h("span", { class: "rm-hidden" }, card.say(mark ? "mark_right" : "mark_wrong"))]));
  reason.replaceChildren(...(why ? [...(mark === false ? [h("b", {}, card.say("why_not")), " "] : []), ...rich(why)] : []));
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

// Of a pool another student gets another question: it comes with parts of its own.
function standing(context) {
  let close = card(context);
  const { model, el } = context, anew = () => { close(); el.replaceChildren(); close = card(context); };
  model.on("change:spec", anew);
  return () => { model.off("change:spec", anew); close(); };
}

function card({ model, el, host }) {
  const spec = model.get("spec"), texts = host.get("texts")[spec.lang], by = Math.random().toString(36).slice(2);
  const written = spec.by_person;
  let seq = 0, timer = null, waiting = null, last = null, about = model.get("state").about;
  const asleep = () => host.comm_live === false, typed = () => `rm-typed ${about}`, older = () => `rm-older ${about}`;
  const self = {
    spec, id: `rm${++made}`, say: (key) => texts[key] ?? key,
    held: false, update: () => update(), announce: (words) => { live.textContent = words; },
    touched: () => {
      const before = shelf.get(typed()), now = model.get("state");
      self.safe = shelf.put(typed(), { answer: controls.read(), base: before ? before.base : now.answer, tab: TAB });
      show("changed", spec.states[now.fresh ? "first" : "changed"]);
      check.disabled = asleep() || !now.left;
    },
    edited: () => { self.touched(); clearTimeout(timer); timer = setTimeout(() => self.act("draft"), written ? 700 : 250); },
    act: (name) => {
      // A hint or a solution brings back what the kernel has; it must have all that was typed.
      if (timer && ["hint", "solution"].includes(name)) self.act("draft");
      clearTimeout(timer);
      timer = null;
      if (asleep()) { lost(); kept.textContent = self.safe ? self.say("in_browser") : ""; return; }
      if (name === "reset" && written) shelf.put(older(), { answer: controls.read() });
      seq += 1;
      last = name;
      if (name !== "draft" && name !== "check") live.textContent = "";
      kept.textContent = self.say("saving");
      clearTimeout(waiting);
      waiting = setTimeout(() => { warn(self.say("slow")); kept.textContent = ""; }, 6000);
      model.send({ act: name, answer: controls.read(), about, by, seq });
    },
  };
  const controls = KINDS[spec.kind](self);
  const prompt = h(controls.legend ? "legend" : "p", { class: "rm-prompt", id: self.id + "-prompt" });
  const state = h("span", { class: "rm-state" }), kept = h("span", { class: "rm-kept" });
  const live = h("div", { class: "rm-hidden", role: "status" });
  const warning = h("p", { class: "rm-warning", role: "alert" });
  const feedback = h("div", { class: "rm-feedback", "aria-live": "polite" });
  const remarks = h("ul", { class: "rm-remarks", "aria-label": self.say("remarks") });
  const next = h("button", { type: "button", class: "rm-quiet rm-next", hidden: true, onclick: () => { const other = following(); if (other) reveal(other); } }, self.say("next"), icon("down"));
  const following = () => {
    const cards = [...(root.closest(".jp-Notebook") ?? document).querySelectorAll(".rm-card[data-exercise]")];
    return root.isConnected ? cards[cards.indexOf(root) + 1] : undefined;
  };
  const onward = () => {
    const { status, complete } = model.get("state");
    next.hidden = !(status === "right" || (status === "saved" && complete !== false)) || !following();
  };
  const button = (name, cls, label) => h("button", { type: "button", class: cls, onclick: () => self.act(name) }, label);
  const check = button("check", "rm-main", self.say(spec.main));
  const hint = button("hint", "rm-quiet", self.say("hint")), solution = button("solution", "rm-quiet", self.say(written ? "model_answer" : "solution"));
  const reset = button("reset", "rm-quiet", self.say(spec.drawn ? "other_numbers" : "reset"));
  const back = h("button", { type: "button", class: "rm-quiet rm-back", onclick: () => {
    const entry = shelf.get(older());
    if (!entry) return offer();
    shelf.put(older(), { answer: controls.read() });
    controls.write(entry.answer);
    self.edited();
    offer();
  } }, self.say("give_back"));
  const body = controls.legend ? h("fieldset", {}, prompt, controls.body) : h("div", { role: "group", "aria-labelledby": self.id + "-prompt" }, prompt, controls.body);
  const root = h("article", { class: "rm-card", lang: spec.lang, "aria-labelledby": self.id + "-prompt", "aria-roledescription": self.say("exercise"), "data-exercise": spec.id, tabindex: "-1" },
    h("div", { class: "rm-head" }, h("span", {}, spec.meta), state), body, spec.rubric && rubric(self, spec.rubric), feedback, remarks, warning, live,
    h("div", { class: "rm-buttons" }, !spec.computed && check, hint, solution, reset, back, next, kept), controls.result);
  const show = (status, words, complete = true) => {
    state.className = "rm-state rm-" + (complete ? TONE[status] ?? "plain" : "plain");
    state.replaceChildren(icon(status), h("span", {}, words));
    root.dataset.status = status;
  };
  const warn = (words, calm = false) => { warning.textContent = words; warning.classList.toggle("rm-calm", Boolean(calm)); };
  const again = (title) => {
    const [before, after] = self.say("see").split("{title}"), id = title.replace(/ /g, "-");
    // An exercise of an earlier lesson: its heading is in another notebook.
    if (spec.book) return h("span", { class: "rm-see" }, before, lead(model, h("a", { href: `${spec.book}#${encodeURIComponent(id)}` }, title), spec.book), after);
    const link = h("a", { href: "#" + encodeURIComponent(id), onclick: (event) => {
      event.preventDefault();
      const node = heading(root, title);
      if (node) reveal(node); else document.dispatchEvent(new CustomEvent("rm-heading", { detail: id }));
    } }, title);
    return h("span", { class: "rm-see" }, before, link, after);
  };
  const folded = (lead, text) => h("details", { class: "rm-folded" }, h("summary", {}, lead.replace(/\.$/, "")), h("p", {}, rich(text)));
  const line = ({ tone, lead, text, see, sign, fold }) => fold ? folded(lead, text) : tone === "note" ? h("p", { class: "rm-note" }, rich(text)) : h("div", { class: "rm-say rm-" + tone }, icon(sign ? sign : tone === "ok" ? "right" : tone === "no" ? "wrong" : tone === "part" ? "partial" : "shown"),
    h("span", {}, lead && h("strong", {}, lead, " "), rich(text), see && again(see)));
  const update = () => {
    // The next question has other parts.
    if (model.get("spec").id !== spec.id) return;
    const now = model.get("state"), held = root.contains(document.activeElement) && document.activeElement;
    const mine = now.by === by, other = now.about !== about;
    if (other) moved(now.about);
    // An older echo must not overwrite what the learner has done since.
    const current = mine ? now.seq === seq && !timer : !timer && (!waiting || now.by == null);
    if (mine && now.seq === seq) { clearTimeout(waiting); waiting = null; if (!now.error) received(now); }
    prompt.replaceChildren(...asks(now.prompt));
    if (!current || self.held) return;
    warn(now.error ?? "", now.calm);
    // What the kernel could not take stays on screen, unless it answers other numbers.
    if (!(mine && now.error) || other) controls.write(now.answer);
    controls.mark?.(now.marks ?? {}, now.whys ?? {});
    show(now.status, now.head, now.complete);
    const open = [...feedback.querySelectorAll("details")].map((node) => node.open);
    const lines = (now.feedback ?? []).map(line);
    if (now.ideas?.length) lines.push(h("div", { class: "rm-say rm-plain" }, icon("shown"), h("div", {}, h("strong", {}, self.say("ideas")), h("ul", {}, now.ideas.map((idea) => h("li", {}, rich(idea)))))));
    feedback.replaceChildren(...lines);
    feedback.querySelectorAll("details").forEach((node, at) => { node.open = open[at] ?? false; });
    const rest = controls.tell?.({ open: [], samples: {}, remarks: [], ...now }) ?? now.remarks ?? [];
    remarks.replaceChildren(...rest.map(({ title, text }) => h("li", {}, icon("remark"), h("span", {}, title && h("b", {}, title, " "), rich(text)))));
    check.disabled = !now.can_check;
    hint.hidden = !now.can_hint;
    solution.hidden = !now.can_solve;
    reset.hidden = !now.can_reset;
    onward();
    kept.textContent = now.time ? saved(now.time) : "";
    offer();
    // A button that goes or is disabled must not throw a keyboard user out of the card.
    if (held && (held.hidden || held.disabled)) ([check, hint, next, solution, reset, back].find((one) => one.isConnected && !one.hidden && !one.disabled) ?? root).focus();
  };
  const saved = (iso) => {
    const when = new Date(iso), same = when.toDateString() === new Date().toDateString();
    const time = when.toLocaleTimeString(spec.lang, { hour: "2-digit", minute: "2-digit" });
    return same ? fill(self.say("saved"), { time }) : fill(self.say("saved_day"), { date: when.toLocaleDateString(spec.lang) });
  };
  // The kernel has all that was sent; what was typed since is now typed over that.
  const received = (now) => {
    const entry = shelf.get(typed());
    if (timer && entry) shelf.put(typed(), { ...entry, base: now.answer }); else shelf.drop(typed());
    if (last === "check") shelf.drop(older());
  };
  // Other numbers, and what was typed for those before waits until they return; a text is for whoever writes it.
  const moved = (next) => {
    const entry = shelf.get(typed());
    if (spec.drawn) { clearTimeout(timer); timer = null; } else shelf.drop(typed());
    about = next;
    if (entry && !spec.drawn) shelf.put(typed(), entry);
  };
  const offer = () => { const entry = shelf.get(older()); back.hidden = !entry || same(entry.answer, controls.read()); };
  // What the kernel never got comes back over the very answer it was typed over; else, or in another tab, it is offered.
  const recall = () => {
    const entry = shelf.get(typed()), { answer } = model.get("state");
    if (entry && same(entry.answer, answer)) shelf.drop(typed());
    else if (entry && entry.tab === TAB && same(entry.base, answer)) {
      controls.write(entry.answer);
      if (spec.kind === "identity") self.touched(); else self.edited();
    } else if (entry) { shelf.put(older(), entry); shelf.drop(typed()); }
    offer();
  };
  const lost = () => { warn(self.say("dead"), true); check.disabled = true; };
  const turned = () => { if (asleep()) lost(); else { update(); recall(); } };
  model.on("change:state", update);
  host.on("comm_live_update", turned);
  // The card above may have been shown before there was one to go on to: each that comes onto the page says so.
  document.addEventListener("rm-card", onward);
  const arrival = new ResizeObserver(() => {
    if (!root.isConnected) return;
    arrival.disconnect();
    document.dispatchEvent(new CustomEvent("rm-card"));
  });
  arrival.observe(root);
  el.append(root);
  update();
  recall();
  if (asleep()) lost();
  return () => {
    if (timer) self.act("draft");
    clearTimeout(waiting);
    arrival.disconnect();
    document.removeEventListener("rm-card", onward);
    model.off("change:state", update);
    host.off("comm_live_update", turned);
  };
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

// anywidget gives the code of a widget two seconds, and when a busy machine needs more, no message of the kernel comes
// through any longer. Ours is there now: messages go the way of all widgets, and what was missed is asked for.
async function listen({ model }) {
  const own = await model.widget_manager.get_model(model.get("own")), guarded = own._handle_comm_msg;
  const plain = Object.getPrototypeOf(Object.getPrototypeOf(own))._handle_comm_msg;
  if (!own.comm || guarded === plain) return;
  own._handle_comm_msg = plain;
  own.comm.on_msg((message) => own._handle_comm_msg(message));
  Promise.resolve(guarded.call(own, { content: { data: {} } })).catch(() => model.send({ act: "missed" }));
}

export function render(context) {
  dress();
  listen(context);
  context.el.addEventListener("keydown", letSave);
  return (VIEWS[context.model.get("spec").view] ?? panel)(context);
}
