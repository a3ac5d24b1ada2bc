// The marking page: one exercise across all students; every click is kept at once, or waits here until it can be.

const START = JSON.parse(document.getElementById("start").textContent);
const page = document.getElementById("page");
const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
const say = (key, values = {}) => fill(START.texts[key] ?? key, values);
const count = (text) => (text.match(/[\p{L}\p{N}]+(?:[-'’ʼ][\p{L}\p{N}]+)*/gu) ?? []).length;

// Elements, never HTML strings: whatever a student or a marker typed is shown as text.
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return node;
}

const rich = (text) => String(text ?? "").split(/(\*\*[^*]+\*\*|`[^`]+`|\n)/).map((part) =>
  part === "\n" ? h("br") : part.startsWith("**") && part.length > 4 ? h("strong", {}, part.slice(2, -2))
    : part.startsWith("`") && part.length > 2 ? h("code", {}, part.slice(1, -1)) : part);
// What breaks fonts or lines is made visible; the direction of a text ends with its own block.
const plain = (text) => String(text).replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, "\ufffd");

// --- what has not been kept yet: first in, first out, and it outlives a reload or a new start of the program -----

const queue = (() => {
  const prefix = `course-mark|${START.store}|`, memory = new Map();
  let stored = null, last = 0;
  try { stored = window.localStorage; stored.setItem(prefix, ""); stored.removeItem(prefix); } catch { stored = null; }
  const keys = () => [...new Set([...memory.keys(), ...(stored ? Object.keys(stored).filter((key) => key.startsWith(prefix)) : [])])].sort();
  const read = (key) => { const kept = stored?.getItem(key); return kept ? JSON.parse(kept) : memory.get(key); };
  return {
    add(item) {
      last = Math.max(Date.now(), last + 1);
      const key = prefix + String(last).padStart(15, "0");
      memory.set(key, item);
      try { stored?.setItem(key, JSON.stringify(item)); } catch { /* a full store: this tab still holds it */ }
    },
    items: () => keys().map((key) => [key, read(key)]).filter(([, item]) => item),
    remove(key) { memory.delete(key); stored?.removeItem(key); },
  };
})();
let sending = false, wait = 0, timer = null;

function keep(item) {
  queue.add(item);
  kept.textContent = say("keeping");
  flush();
}

async function flush() {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  // Two tabs of one marker share the queue: only one of them sends at a time.
  const alone = navigator.locks ? (work) => navigator.locks.request(`course-mark|${START.store}`, work) : (work) => work();
  const trouble = await alone(send);
  sending = false;
  if (!trouble) {
    wait = 0;
    warn("");
    if (queue.items().length) flush();
    return;
  }
  warn(say(trouble, { n: queue.items().length }));
  kept.textContent = "";
  wait = Math.min(8000, (wait || 500) * 2);
  timer = setTimeout(flush, wait);
}

async function send() {
  for (;;) {
    const [first] = queue.items();
    if (!first) return null;
    const [key, item] = first;
    let answer, told;
    try {
      answer = await fetch("mark", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(item), keepalive: true, signal: AbortSignal.timeout(10000) });
      told = answer.status === 403 ? {} : await answer.json();
    } catch { return "lost"; }
    if (answer.status === 403 || answer.status === 404) return "moved";
    if (answer.status === 400) refused = say("rejected");
    else if (!answer.ok) return START.texts[told.reason] ? told.reason : "other";
    queue.remove(key);
    if (answer.ok && now && item.ref === now.ref) { now.agreement = told.agreement; showAgreement(); }
    if (answer.ok) kept.textContent = say("kept", { time: new Date().toLocaleTimeString(START.lang, { hour: "2-digit", minute: "2-digit", second: "2-digit" }) });
  }
}

let refused = "";
function warn(words) {
  const told = words || refused;
  if (warning.textContent === told) return;
  warning.className = told ? "rm-card rm-warning" : "";
  warning.textContent = told;
}

// --- the page ---------------------------------------------------------------------------------------------------

let now = null, at = 0, criterion = 0, marked = null, saving = null, turns = 0;
const warning = h("p", { id: "warning", role: "alert" });
const live = h("div", { class: "rm-hidden", role: "status" });
const kept = h("span", { class: "rm-kept", "data-kept": true });
const progress = h("progress", { max: 1, value: 0 }), told = h("span", { "data-progress": true });
const names = h("input", { type: "checkbox", id: "names", onchange: () => { leave(); open(now?.ref); } });
const unmarked = h("input", { type: "checkbox", id: "unmarked", onchange: () => { if (unmarked.checked && now?.works.length && done(now.works[at])) move(1) || move(-1) || tell("none"); draw(); } });
const choice = h("select", { id: "exercise", onchange: () => { leave(); open(choice.value); } },
  START.exercises.map((one) => h("option", { value: one.ref }, `${one.title} (${one.count})`)));
const desk = h("div", { class: "desk" }), asked = h("section", { class: "rm-card asked", "aria-label": say("exercise") }), agree = h("details", { class: "agree" });
const help = h("dialog", { class: "rm-card", "aria-label": say("help") }, h("h2", {}, say("help")), h("dl", {},
  [["1–9", "key_level"], ["Backspace", "key_clear"], ["Enter", "key_enter"], ["J / K", "key_move"], ["C", "key_comment"], ["?", "key_help"]].flatMap(([key, text]) =>
    [h("dt", {}, h("kbd", {}, key)), h("dd", {}, say(text))])), h("button", { type: "button", class: "rm-main", onclick: () => help.close() }, say("close")));

document.title = `${START.title} · ${say("title")}`;
page.append(h("div", { class: "rm-card bar" },
  h("div", { class: "bar-line" }, h("h1", {}, START.title), h("span", { class: "of" }, say("marker", { name: START.marker })),
    h("button", { type: "button", class: "rm-quiet", onclick: () => help.showModal() }, say("help"))),
  h("div", { class: "bar-line" }, h("label", { for: "exercise", class: "rm-hidden" }, say("exercise")), choice),
  h("div", { class: "bar-line" }, h("span", { class: "switch" }, progress, told), h("label", { class: "switch" }, unmarked, say("unmarked")), h("label", { class: "switch" }, names, say("names")), kept)),
warning, asked, desk, live, help);

const done = (work) => now.criteria.every((one) => work.mine[one.id]?.points != null);
const tell = (key, values) => { live.textContent = say(key, values); };

async function open(ref) {
  if (!ref) return;
  const turn = ++turns;
  try {
    const answer = await fetch(`work?${ref}${names.checked ? "&names" : ""}`);
    if (!answer.ok) throw new Error();
    const found = await answer.json();
    if (turn !== turns) return;  // another exercise was chosen meanwhile
    const known = new Map(now?.ref === found.ref ? now.works.map((work) => [work.id, work.mine]) : []);
    for (const work of found.works) work.mine = known.get(work.id) ?? work.mine;  // a click made meanwhile stays
    for (const [, item] of queue.items()) {  // what waits here is newer than what the program knows
      const work = found.works.find((one) => one.id === item.work);
      if (work && item.ref === ref) work.mine[item.criterion] = { points: item.points, comment: item.comment };
    }
    if (found.ref !== now?.ref) at = Math.max(0, found.works.findIndex((work) => found.criteria.some((one) => work.mine[one.id]?.points == null)));
    now = found;
  } catch {
    if (turn !== turns) return;
    choice.value = now?.ref ?? ref;
    return warn(say("lost", { n: queue.items().length }));
  }
  choice.value = ref;
  asked.replaceChildren(h("p", {}, h("strong", {}, rich(now.prompt)), now.words && ` ${say("length", { least: now.words[0], most: now.words[1] })}`),
    (now.ideas.length || now.model) && h("details", {}, h("summary", {}, say("prompt")),
      now.ideas.length > 0 && [h("h2", {}, say("ideas")), h("ul", {}, now.ideas.map((idea) => h("li", {}, rich(idea))))],
      now.model && [h("h2", {}, say("model")), h("p", {}, rich(now.model))]));
  criterion = 0;
  marked = null;
  draw();
}

function draw() {
  if (!now) return;
  counted();
  if (!now.works.length) return desk.replaceChildren(h("p", { class: "rm-card" }, say("nothing")));
  const work = now.works[at];
  const words = work.parts.reduce((sum, part) => sum + count(part.text), 0);
  const answer = h("section", { class: "rm-card", "data-work": work.id, "aria-label": say("answer") },
    h("div", { class: "rm-head" }, h("span", {}, `${say("place", { n: at + 1, of: now.works.length })} · ${say("words", { n: words })}`)),
    h("h2", {}, say("work", { code: work.code }), names.checked && work.name != null && [" · ", h("bdi", {}, plain(work.name)), h("span", { class: "of" }, " ", h("bdi", {}, plain(work.student)))]),
    work.parts.map((part) => [part.title && h("h3", {}, part.title),
      part.text.trim() ? h("div", { class: "typed", dir: "auto", lang: work.lang }, plain(part.text)) : h("p", { class: "blank" }, say("blank"))]));
  const side = h("section", { class: "rm-card side", "aria-label": say("rubric") }, h("h2", { class: "rm-hidden" }, say("rubric")), now.criteria.map((one, place) => lines(work, one, place)),
    h("div", { class: "foot" },
      h("button", { type: "button", disabled: at === 0, onclick: () => move(-1) || tell("first") }, say("previous")),
      h("button", { type: "button", class: "rm-main", disabled: at === now.works.length - 1, onclick: () => move(1) || tell("last") }, say("next"))), agree);
  desk.replaceChildren(answer, side);
  showAgreement();
}

// The rubric's lines of one criterion; they change in place, so that focus and what is being typed stay.
function lines(work, one, place) {
  const mine = () => work.mine[one.id] ?? { points: null, comment: "" };
  const set = (points) => { store(work, one, { points, comment: area.value }); show(); };
  const buttons = one.levels.map((level, n) => h("button", { type: "button", "data-level": n + 1, onclick: () => { choose(place); set(level.points); } },
    h("kbd", { "aria-hidden": "true" }, n + 1), h("span", { class: "points" }, level.shown), h("span", {}, level.text)));
  const id = `comment-${place}`;
  const area = h("textarea", { id, rows: 2, maxlength: START.longest, dir: "auto", onfocus: () => choose(place),
    oninput: () => { clearTimeout(saving); saving = setTimeout(typed, 700); work.unsent = typed; }, onblur: () => work.unsent?.() });
  const typed = () => { clearTimeout(saving); work.unsent = null; if (area.value !== mine().comment) store(work, one, { points: mine().points, comment: area.value }); };
  const bank = h("div", { class: "bank" });
  const use = (comment) => { area.value = [area.value.trim(), comment].filter(Boolean).join("\n"); typed(); show(); area.focus(); };
  const comment = h("div", { class: "comment", hidden: !mine().comment }, h("label", { for: id }, say("comment_for", { title: one.title })), area, bank);
  const clear = h("button", { type: "button", class: "rm-quiet", "data-clear": true, onclick: () => { choose(place); set(null); } }, say("clear"));
  const write = () => { comment.hidden = false; choose(place); show(); area.focus(); };
  const show = () => {
    buttons.forEach((button, n) => button.setAttribute("aria-pressed", mine().points === one.levels[n].points));
    clear.hidden = mine().points == null;
    const used = comments(work, one.id).filter((text) => !area.value.includes(text)).slice(0, 8);
    bank.replaceChildren(...(used.length ? [h("span", { class: "bank-title" }, say("bank")), ...used.map((text) => h("button", { type: "button", dir: "auto", title: plain(text), onclick: () => use(text) }, plain(text.slice(0, 120))))] : []));
  };
  area.value = mine().comment;
  show();
  const box = h("div", { class: "criterion" + (place === criterion ? " now" : ""), role: "group", tabindex: -1, "aria-labelledby": `title-${place}`, "data-criterion": one.id || "whole",
    onfocusin: () => choose(place) },
    h("h3", { id: `title-${place}` }, one.title), h("div", { class: "levels" }, buttons),
    h("div", { class: "under" }, h("button", { type: "button", class: "rm-quiet", "data-comment": true, onclick: write }, say("comment")), clear), comment);
  Object.assign(box, { press: (n) => { if (one.levels[n - 1]) set(one.levels[n - 1].points); return n <= one.levels.length; }, given: () => mine().points != null, take: () => { choose(place); set(null); box.focus(); }, write });
  return box;
}

// This marker's comments on the criterion in other works, the most frequent first.
function comments(work, id) {
  const times = new Map();
  for (const other of now.works) {
    const text = other === work ? "" : (other.mine[id]?.comment ?? "").trim();
    if (text) times.set(text, (times.get(text) ?? 0) + 1);
  }
  return [...times].sort(([one, a], [two, b]) => b - a || one.localeCompare(two)).map(([text]) => text);
}

function counted() {
  progress.max = now.works.length || 1;
  progress.value = now.works.filter(done).length;
  told.textContent = say("progress", { n: progress.value, of: now.works.length });
  progress.setAttribute("aria-label", told.textContent);
}

function store(work, one, mark) {
  work.mine[one.id] = mark;
  keep({ work: work.id, ref: now.ref, criterion: one.id, points: mark.points, comment: mark.comment });
  counted();
}

function choose(place) {
  criterion = place;
  marked = null;
  desk.querySelectorAll(".criterion").forEach((box, n) => box.classList.toggle("now", n === place));
}

const leave = () => now?.works[at]?.unsent?.();

function move(step) {
  leave();
  let next = at + step;
  while (unmarked.checked && now.works[next] && done(now.works[next])) next += step;
  if (!now.works[next]) return false;
  at = next;
  criterion = 0;
  marked = null;
  draw();
  window.scrollTo(0, 0);
  desk.querySelector(".criterion")?.focus({ preventScroll: true });
  tell("place", { n: at + 1, of: now.works.length });
  return true;
}

function showAgreement() {
  const open = agree.open, others = Object.entries(now.agreement);
  agree.hidden = !others.length;
  const cell = (one) => one.kappa == null ? "–" : one.kappa.toFixed(2).replace(".", ",").replace("-", "\u2212");
  agree.replaceChildren(h("summary", {}, say("agreement")), ...others.map(([name, found]) => h("table", {}, h("caption", {}, say("agreement_with", { name: plain(name) })),
    h("thead", {}, h("tr", {}, ["criterion", "both", "same", "kappa"].map((key) => h("th", { scope: "col" }, say(key))))),
    h("tbody", {}, now.criteria.filter((one) => found[one.id]).map((one) => h("tr", {}, h("th", { scope: "row" }, one.title),
      h("td", {}, found[one.id].n), h("td", {}, found[one.id].same), h("td", {}, cell(found[one.id]))))))),
  h("p", { class: "rm-note" }, say("kappa_note")));
  agree.open = open;
}

document.addEventListener("keydown", (event) => {
  const boxes = desk.querySelectorAll(".criterion"), box = boxes[criterion], where = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey || help.open || !box) return;
  if (where.matches?.("textarea")) {
    if (event.key === "Escape") { where.blur(); (box.given() && onward()) || box.focus(); }
    return;
  }
  if (where.matches?.("select")) return;
  // By place on the keyboard, not by letter: with a Cyrillic layout J is «о».
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  const act = digit && !event.shiftKey ? () => box.press(Number(digit)) && after()
    : event.key === "?" ? () => help.showModal()
      : event.code === "KeyJ" ? () => move(1) || tell("last")
        : event.code === "KeyK" ? () => move(-1) || tell("first")
          : event.code === "KeyC" ? () => boxes[marked ?? criterion].write()
            : event.code === "Backspace" || event.code === "Delete" ? () => boxes[marked ?? criterion].take()
              : event.key === "Enter" && !(where.matches?.("button, summary") && !where.closest(".levels")) ? () => step() : null;
  if (!act) return;
  event.preventDefault();
  act();
});

// The next criterion of the same work: a mark just given can still be looked at before the next work comes.
function onward() {
  if (criterion + 1 >= now.criteria.length) return false;
  choose(criterion + 1);
  desk.querySelectorAll(".criterion")[criterion].focus();
  return true;
}

// A key has marked a criterion: comment and taking back are still about it, the next mark is about the next.
function after() {
  const place = criterion;
  onward();
  marked = place;
}

const step = () => onward() || move(1) || tell("last");

window.addEventListener("online", flush);
window.addEventListener("beforeunload", (event) => { leave(); if (queue.items().length) event.preventDefault(); });
open(START.exercises.find((one) => one.count)?.ref ?? START.exercises[0]?.ref).then(flush);
