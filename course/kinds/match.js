// A select for every row; in a match an option is used once.
KINDS.match = KINDS.classify = rows;

function rows(card) {
  const selects = {}, lines = {}, whole = {}, once = card.spec.kind === "match";
  const long = Math.max(...card.spec.options.map((option) => option.text.length)) > 28;
  const words = Object.fromEntries(card.spec.options.map((option) => [option.id, option.text])), pen = document.createElement("canvas").getContext("2d");
  // A closed list shows one line; a choice that is cut there stands below it whole. A screen reader has it from the list.
  const fit = () => {
    for (const id in selects) {
      const style = getComputedStyle(selects[id]), text = words[selects[id].value] ?? "";
      pen.font = style.font;
      const cut = pen.measureText(text).width > selects[id].clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 22;
      whole[id].textContent = cut && selects[id].clientWidth ? text : "";
    }
  };
  const open = (id, is) => {
    lines[id].classList.toggle("rm-open", is);
    selects[id].setAttribute("aria-invalid", is);
    lines[id].querySelector(".rm-blank").textContent = is ? card.say("open_row") : "";
  };
  const used = () => {
    for (const id in selects) if (selects[id].value) open(id, false);
    fit();
    if (!once) return;
    const taken = Object.values(selects).map((select) => select.value);
    for (const select of Object.values(selects)) for (const option of select.options)
      if (option.value) option.textContent = taken.includes(option.value) && select.value !== option.value ? fill(card.say("used"), { text: option.title }) : option.title;
  };
  for (const row of card.spec.rows) {
    const id = `${card.id}-${row.id}`;
    whole[row.id] = h("span", { class: "rm-whole", "aria-hidden": "true" });
    selects[row.id] = h("select", { id, "aria-describedby": id + "-open", onchange: () => { used(); card.edited(); } }, h("option", { value: "" }, card.say("choose")),
      card.spec.options.map((option) => h("option", { value: option.id, title: option.text }, option.text)));
    lines[row.id] = h("div", { class: "rm-row" }, h("label", { for: id }, rich(row.text)), h("span", { class: "rm-pick" }, selects[row.id], h("span", { class: "rm-mark" })), h("span", { class: "rm-slot" }), h("span", { class: "rm-why" }), whole[row.id], h("span", { class: "rm-blank", id: id + "-open" }));
  }
  const body = h("div", { class: long ? "rm-rows rm-long" : "rm-rows" }, Object.values(lines));
  new ResizeObserver(fit).observe(body);
  return {
    body: [body],
    read: () => Object.fromEntries(Object.entries(selects).filter(([, select]) => select.value).map(([id, select]) => [id, select.value])),
    write: (answer) => { for (const id in selects) { selects[id].value = answer?.[id] ?? ""; if (selects[id].selectedIndex < 0) selects[id].value = ""; } used(); },
    mark: (marks, whys) => { for (const id in lines) { const line = lines[id], mark = marks[id]; markLine(card, line, mark, whys[id]); line.querySelector(".rm-mark").replaceChildren(...line.children[2].childNodes); } },
    // What was found empty stays marked until it is filled, whatever else the kernel says of the draft.
    tell: ({ open: empty, status }) => { for (const id in lines) if (empty.includes(id)) open(id, true); else if (status !== "changed") open(id, false); },
  };
}
