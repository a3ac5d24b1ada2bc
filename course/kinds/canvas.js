// A plan in tiles.
KINDS.canvas = function (card) {
  const areas = {}, slots = {};
  const tiles = card.spec.tiles.map((tile) => {
    const id = `${card.id}-${tile.id}`;
    areas[tile.id] = h("textarea", { id, rows: 3, "aria-describedby": id + "-help", oninput: () => card.edited() });
    slots[tile.id] = { tick: h("span", { class: "rm-tick" }), remarks: h("ul", { class: "rm-remarks", "aria-label": `${card.say("remarks")}: ${tile.title}` }), sample: h("p", { class: "rm-sample" }) };
    const { tick, remarks, sample } = slots[tile.id];
    return h("div", { class: "rm-tile" }, h("label", { for: id }, icon(tile.icon), tile.title, tick), h("p", { id: id + "-help" }, rich(tile.help)), areas[tile.id], remarks, sample);
  });
  return {
    body: [h("div", { class: "rm-tiles" }, tiles)],
    read: () => Object.fromEntries(Object.entries(areas).filter(([, area]) => area.value.trim()).map(([id, area]) => [id, area.value])),
    write: (answer) => { for (const id in areas) if (areas[id].value !== (answer?.[id] ?? "")) areas[id].value = answer?.[id] ?? ""; },
    // Each tile has its own remarks, a tick once nothing is left to ask, and its part of the sample.
    tell: ({ remarks, samples }) => {
      for (const [id, slot] of Object.entries(slots)) {
        const own = remarks.filter((remark) => remark.tile === id), settled = areas[id].value.trim() && !own.length;
        slot.remarks.replaceChildren(...own.map(({ text }) => h("li", {}, icon("remark"), h("span", {}, rich(text)))));
        slot.tick.replaceChildren(...(settled ? [icon("right"), h("span", { class: "rm-hidden" }, card.say("settled"))] : []));
        slot.sample.replaceChildren(...(samples[id] ? [h("b", {}, card.say("sample"), " "), ...rich(samples[id])] : []));
      }
      return remarks.filter((remark) => !slots[remark.tile]);
    },
  };
};
