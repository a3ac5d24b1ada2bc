// What a page of the course asks of JupyterLab itself, before any of its cells has run. A labextension without a build:
// JupyterLab loads this file and asks its container for "./extension".
(() => {
  const here = document.currentScript.src;
  const RUNS = ["notebook:run-all-cells", "notebook:restart-run-all", "notebook:restart-and-run-all"];
  const ours = (book) => {
    const first = book.widgets.find((cell) => cell.model.type === "code");
    return /^import .*\bcourse\b/.test(first?.model.sharedModel.getSource() ?? "");
  };

  // Folded code that shows nothing before the first run has no stub either. That of a card keeps it: cleared of its output,
  // the exercise would be gone from the page.
  function dress(book) {
    book.addClass("rm-lesson");
    const silent = (cell) => cell.inputHidden && !cell.model.outputs?.length && !/\.(exercise|instrument)\(/.test(cell.model.sharedModel.getSource());
    for (const cell of book.widgets) if (silent(cell)) cell.addClass("rm-silent");
  }

  // «Run all» makes the last cell the active one and takes the reader there, while outputs go and come. The cell on top
  // of the window stays where it is until all is run, or until the reader scrolls.
  function stay(book, run) {
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
      // The cards come after the kernel has said that their cells are done.
      setTimeout(() => { free(); for (const act of acts) scroller.removeEventListener(act, free); }, 1500);
    };
    done.then(end, end);
    return done;
  }

  // JupyterLab asks which kernel to take when a cell is run before it knows the kernels. When one is run before the notebook
  // has its session, two sessions are started, and what runs in the first is lost with it; before the widgets of a living
  // kernel are back, the new ones are lost. So a run waits for all three.
  const opening = new Map();
  function open(panel, { sessionContext: session }, specs) {
    const { initialize, startKernel } = session;
    session.startKernel = async () => {
      await specs.ready.catch(() => {});
      return startKernel.call(session);
    };
    const begun = new Promise((resolve) => {
      session.initialize = () => {
        const done = initialize.call(session);
        done.then(resolve, resolve);
        return done;
      };
    });
    const opened = Promise.race([begun, session.ready]).then(() => widgets(panel)).catch(() => {});
    opening.set(panel, opened);
    opened.then(() => opening.delete(panel));
    panel.disposed.connect(() => opening.delete(panel));
  }

  async function widgets({ content: { rendermime } }) {
    const view = rendermime.createRenderer("application/vnd.jupyter.widget-view+json"), manager = await view._manager?.promise;
    if (!manager?.restored || manager.restoredStatus) return;
    const late = new Promise((resolve) => { setTimeout(resolve, 15000); });
    await Promise.race([late, new Promise((resolve) => { manager.restored.connect(resolve); })]);
    // The old outputs are drawn again first; a run would take them away meanwhile.
    await new Promise((resolve) => { setTimeout(resolve, 500); });
  }

  function activate(app) {
    // Whoever has named a page gets it alone: with the start page behind it, «run all» would run the other one.
    const named = /\/tree\/.|[?&]path=./.test(location.pathname + location.search);
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("page.css", here).href }));
    app.docRegistry.addWidgetExtension("Notebook", { createNew: (panel, context) => {
      open(panel, context, app.serviceManager.kernelspecs);
      context.ready.then(() => { if (ours(panel.content)) dress(panel.content); });
    } });
    const { commands, shell } = app, execute = commands.execute;
    commands.execute = function (id, args) {
      const panel = shell.currentWidget, book = panel?.content, run = () => execute.call(commands, id, args);
      const start = () => (RUNS.includes(id) && book?.widgets && ours(book) ? stay(book, run) : run());
      return /^notebook:run-/.test(id) && opening.has(panel) ? opening.get(panel).then(start) : start();
    };
    document.addEventListener("rm-heading", (event) => shell.currentWidget?.content.setFragment?.(`#${event.detail}`));
    app.restored.then(async () => {
      shell.collapseLeft?.();
      shell.collapseRight?.();
      // On a telephone every pixel of width is the text's.
      if (innerWidth < 720 && shell.isSideTabBarVisible?.("right")) shell.toggleSideTabBarVisibility("right");
      if (named || !commands.hasCommand("docmanager:open") || [...shell.widgets("main")].some((widget) => widget.context)) return;
      const lang = document.documentElement.lang.startsWith("ru") ? "ru" : "uk", path = `notebooks/${lang}/00-start.ipynb`;
      // Nobody is greeted where there is no course.
      const there = await app.serviceManager.contents.get(path, { content: false }).catch(() => null);
      if (there && ![...shell.widgets("main")].some((widget) => widget.context)) commands.execute("docmanager:open", { path });
    });
  }

  const plugin = { id: "relationship-marketing-page:plugin", autoStart: true, activate };
  (window._JUPYTERLAB ??= {})["relationship-marketing-page"] = { init: () => {}, get: async () => () => ({ __esModule: true, default: plugin }) };
})();
