// A select for every row; in a match an option is used once.
KINDS.match = KINDS.classify = rows;

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
