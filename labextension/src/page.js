// How a page of the course looks before any of its cells has run, and that it stays where it is while they run.

export const isPage = (book) => {
  const first = book.widgets.find((cell) => cell.model.type === "code");
  return /^import .*\bcourse\b/.test(first?.model.sharedModel.getSource() ?? "");
};

// Folded code that shows nothing before the first run has no stub either. That of a card keeps it: cleared of its output,
// the exercise would be gone from the page.
export function dress(book) {
  book.addClass("rm-lesson");
  const silent = (cell) => cell.inputHidden && !cell.model.outputs?.length && !/\.(exercise|instrument)\(/.test(cell.model.sharedModel.getSource());
  for (const cell of book.widgets) if (silent(cell)) cell.addClass("rm-silent");
}

// «Run all» makes the last cell the active one and takes the reader there, while outputs go and come. The cell on top
// of the window stays where it is until all is run, or until the reader scrolls.
export function stay(book, run) {
  const scroller = book.outerNode ?? book.node, active = book.activeCellIndex, top = scroller.getBoundingClientRect().top;
  const cell = book.widgets.find(({ node }) => node.getBoundingClientRect().bottom > top), start = scroller.scrollTop;
  const offset = cell?.node.getBoundingClientRect().top;
  let held = true;
  const free = () => { held = false; };
  const acts = ["wheel", "touchmove", "keydown", "pointerdown"];
  for (const act of acts) scroller.addEventListener(act, free, { passive: true });
  const hold = () => {
    if (!held || !scroller.isConnected) return;
    if (start < 2) scroller.scrollTop = 0;
    else scroller.scrollTop += cell.node.getBoundingClientRect().top - offset;
    requestAnimationFrame(hold);
  };
  const back = () => { if (held && book.activeCellIndex === book.widgets.length - 1) book.activeCellIndex = active; };
  const done = run();
  back();
  hold();
  const end = () => {
    back();
    // The cards come after the kernel has said that their cells are done, on a slow machine much later.
    let height = -1, quiet = 0, turns = 0;
    const look = setInterval(() => {
      quiet = scroller.scrollHeight === height ? quiet + 1 : 0;
      height = scroller.scrollHeight;
      turns += 1;
      if (held && scroller.isConnected && quiet < 5 && turns < 40) return;
      clearInterval(look);
      free();
      for (const act of acts) scroller.removeEventListener(act, free);
    }, 250);
  };
  done.then(end, end);
  return done;
}
