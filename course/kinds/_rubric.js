// What a reader judges by: a line for every number of points, and one middling answer, scored.
function rubric(card, { rows, sample }) {
  const heads = [0, 1, 2, 3].map((points) => h("th", { scope: "col" }, String(points)));
  const table = h("table", { class: "rm-table" }, h("thead", {}, h("tr", {}, h("td"), heads)),
    h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.title), row.levels.map((level) => h("td", {}, rich(level)))))));
  const marks = rows.map((row, place) => `${row.title}: ${sample.marks[place]}`).join(" · ");
  return h("details", { class: "rm-fold rm-rubric" }, h("summary", {}, card.say("rubric")),
    h("div", { class: "rm-scroll", tabindex: "0", role: "region", "aria-label": card.say("rubric"), "data-lm-suppress-shortcuts": "true" }, table),
    h("div", { class: "rm-say rm-plain" }, icon("remark"), h("div", {}, h("strong", {}, card.say("rubric_sample"), " "), rich(sample.text), h("p", { class: "rm-note" }, marks, ". ", rich(sample.why)))));
}
