
// The instrument panel: controls on the left, a picture and one sentence on the right.
function panel({ model, el, host }) {
  el.append(h("p", {}, "…"));
}
