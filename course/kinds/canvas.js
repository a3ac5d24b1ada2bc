// A plan in tiles.
KINDS.canvas = function (card) {
  const areas = {};
  const tiles = card.spec.tiles.map((tile) => {
    const id = `${card.id}-${tile.id}`;
    areas[tile.id] = h("textarea", { id, rows: 3, "aria-describedby": id + "-help", oninput: () => card.edited() });
    return h("div", { class: "rm-tile" }, h("label", { for: id }, icon(tile.icon), tile.title), h("p", { id: id + "-help" }, rich(tile.help)), areas[tile.id]);
  });
  return {
    body: [h("div", { class: "rm-tiles" }, tiles)],
    read: () => Object.fromEntries(Object.entries(areas).filter(([, area]) => area.value.trim()).map(([id, area]) => [id, area.value])),
    write: (answer) => { for (const id in areas) if (areas[id].value !== (answer?.[id] ?? "")) areas[id].value = answer?.[id] ?? ""; },
  };
};
