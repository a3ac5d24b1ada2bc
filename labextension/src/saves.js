// JupyterLab reads what is on the disk before it writes, and asks which of the two is to stay when that is not what it wrote
// last. Of two saves of one page that cross, the second finds the first on the disk before the page has heard of it: the page's
// own, Ctrl+S and the autosave would ask about each other. So a save waits until the one before it is done.

/** Let the saves of a page come one after another; returns how something more takes its turn among them. */
export function inTurn(context) {
  const { save } = context;
  let last = Promise.resolve(), waiting = null;
  const turn = (act) => {
    const done = last.then(() => (context.isDisposed ? undefined : act()));
    last = done.catch(() => {});
    return done;
  };
  const now = () => save.call(context);
  // A save that has not begun yet takes along whatever is typed until then: it is enough for all who wait.
  context.save = () => (waiting ??= turn(() => {
    waiting = null;
    return now();
  }));
  return (may) => turn(async () => { if (await may()) await now(); });
}
