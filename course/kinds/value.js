// Nothing to type: the answer comes from a cell below.
KINDS.value = (card) => ({ body: [h("p", { class: "rm-note" }, rich(card.spec.call))], read: () => null, write() {} });
