// Options to tick; one of them or several.
KINDS.choice = (card) => options(card, "radio");
KINDS.multi = (card) => options(card, "checkbox");

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
