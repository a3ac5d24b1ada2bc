// Items that move by drag, by buttons and by keyboard.
KINDS.order = order;

function order(card) {
  const list = h("ol", { class: "rm-order" }), items = {};
  let picked = null, before = null;
  // Set before any finger comes: a listener added during a touch may not stop its scrolling any more.
  list.addEventListener("touchmove", (event) => { if (card.held) event.preventDefault(); }, { passive: false });
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
      onblur: () => { if (picked === item) pick(item, false); } }, icon("grip"));
    const move = (step, cls, key) => h("button", { type: "button", class: cls, "aria-label": fill(card.say(key), { text: entry.text }), onclick: (event) => place(item, step, event.currentTarget) }, icon(key));
    const item = h("li", { class: "rm-item", "data-id": entry.id, "data-text": entry.text, onpointerdown: (event) => drag(event, item, grip) }, grip, h("span", { class: "rm-n" }), h("span", {}, rich(entry.text)),
      h("span", { class: "rm-move" }, move(-1, "rm-up", "up"), move(1, "rm-down", "down")));
    items[entry.id] = item;
    list.append(item);
  }
  // The grip takes at once, the row after a few pixels of the mouse or a long press of the finger: a short swipe scrolls.
  const drag = (event, item, grip) => {
    const byGrip = grip.contains(event.target), touch = event.pointerType === "touch";
    if (event.button || !event.isPrimary || (!byGrip && event.target.closest("button"))) return;
    if (byGrip || !touch) event.preventDefault();
    const start = ids().join(), from = [event.clientX, event.clientY], ends = new AbortController(), { signal } = ends;
    const far = (now) => Math.hypot(now.clientX - from[0], now.clientY - from[1]);
    let held = false;
    const take = () => {
      held = true;
      item.setPointerCapture(event.pointerId);
      item.classList.add("rm-picked");
      // Echoes of the kernel wait while the item is held; they would put it back.
      card.held = true;
    };
    // A neighbour gives way as soon as the item, in its place, would lie under the pointer; a fast pointer passes several.
    const follow = (now) => {
      const box = (other) => other?.getBoundingClientRect(), { height } = box(item);
      for (let above = item.previousElementSibling; above; above = item.previousElementSibling) {
        if (now.clientY > Math.min(box(above).bottom, box(above).top + height)) break;
        item.after(above);
      }
      for (let below = item.nextElementSibling; below; below = item.nextElementSibling) {
        if (now.clientY < Math.max(box(below).top, box(below).bottom - height)) break;
        item.before(below);
      }
      number();
    };
    const press = touch && !byGrip ? setTimeout(take, 350) : null;
    const end = (now) => {
      clearTimeout(press);
      ends.abort();
      if (!held) return;
      if (now.type === "pointerup") follow(now);
      item.classList.remove("rm-picked");
      grip.focus({ preventScroll: true });
      card.held = false;
      if (ids().join() !== start) { tell("moved", item); card.edited(); } else card.update();
    };
    const on = (name, act, options = {}) => item.addEventListener(name, act, { signal, ...options });
    on("pointermove", (now) => {
      if (held) follow(now);
      else if (touch ? far(now) > 8 : far(now) > 4) touch ? end(now) : take();
    });
    on("pointerup", end);
    on("pointercancel", end);
    on("contextmenu", (now) => { if (touch) now.preventDefault(); });
    if (byGrip) take();
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
