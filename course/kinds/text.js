// A text with its count of words.
KINDS.text = function (card) {
  const [least, most] = card.spec.words, counter = h("p", { class: "rm-note" });
  const recount = () => { counter.textContent = fill(card.say("words"), { n: count(area.value), least, most }); };
  const area = h("textarea", { rows: 6, "aria-labelledby": card.id + "-prompt", oninput: () => { recount(); card.edited(); } });
  recount();
  return { body: [area, counter], read: () => area.value, write: (answer) => { if (area.value !== (answer ?? "")) area.value = answer ?? ""; recount(); } };
};
