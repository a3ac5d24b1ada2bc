// A typed number with its unit.
KINDS.numeric = function (card) {
  const input = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-labelledby": card.id + "-prompt", maxlength: 64,
    oninput: () => card.edited(), onkeydown: (event) => { if (event.key === "Enter") card.act("check"); } });
  return { body: [h("div", { class: "rm-number" }, input, h("span", {}, card.spec.unit ?? "")), h("p", { class: "rm-note" }, card.spec.digits)], read: () => input.value, write: (answer) => { if (input.value !== (answer ?? "")) input.value = answer ?? ""; } };
};
