// What a page of the course asks of JupyterLab itself, before any of its cells has run.
import "../../course/widgets/page.css";
import { watch } from "./alive.js";
import { dress, isPage, stay } from "./page.js";
import { isSite } from "./site.js";
import { inTurn } from "./saves.js";

const RUNS = ["notebook:run-all-cells", "notebook:restart-run-all", "notebook:restart-and-run-all"];

// JupyterLab asks which kernel to take when a cell is run before it knows the kernels. When one is run before the notebook
// has its session, two sessions are started, and what runs in the first is lost with it; before the widgets of a living
// kernel are back, the new ones are lost. So a run waits for all three.
const opening = new Map();
function open(panel, context, { contents, kernelspecs: specs }, runAll) {
  const { sessionContext: session } = context, { initialize, startKernel } = session;
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
  const page = watch(panel, context, contents, inTurn(context), opened, runAll);
  opening.set(panel, page);
  page.done.finally(() => opening.delete(panel));
  panel.disposed.connect(() => opening.delete(panel));
}

// Who asks before ipywidgets has taken the page is never answered, so it is asked anew: on a busy server that is the rule.
async function managed(rendermime) {
  for (let turn = 0; turn < 300; turn += 1) {
    const { _manager: given } = rendermime.createRenderer("application/vnd.jupyter.widget-view+json");
    const manager = await Promise.race([given?.promise, new Promise((resolve) => { setTimeout(resolve, 200); })]);
    if (manager || !given) return manager;
  }
  return null;
}

async function widgets({ content: { rendermime } }) {
  const manager = await managed(rendermime);
  // JupyterLite, which has a storage for its files, starts a new kernel with each page, and never tells that nothing is to be restored.
  if (!manager?.restored || manager.restoredStatus || isSite()) return manager;
  const late = new Promise((resolve) => { setTimeout(resolve, 15000); });
  await Promise.race([late, new Promise((resolve) => { manager.restored.connect(resolve); })]);
  // The old outputs are drawn again first; a run would take them away meanwhile.
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  return manager;
}

function activate(app) {
  // Whoever has named a page gets it alone: with the start page behind it, «run all» would run the other one.
  const named = /\/tree\/.|[?&]path=./.test(location.pathname + location.search);
  // JupyterLite gives back the running session of the same name, and a page's is that of its file: a lesson in the other language
  // would get no kernel of its own.
  if (isSite()) {
    const { sessions } = app.serviceManager, { startNew } = sessions;
    sessions.startNew = (options, ...more) => startNew.call(sessions, { ...options, name: options.path }, ...more);
  }
  app.docRegistry.addWidgetExtension("Notebook", { createNew: (panel, context) => {
    open(panel, context, app.serviceManager, () => app.commands.execute(RUNS[0]));
    context.ready.then(() => { if (isPage(panel.content)) dress(panel.content); });
  } });
  const { commands, shell } = app, execute = commands.execute;
  commands.execute = function (id, args) {
    const panel = shell.currentWidget, book = panel?.content, run = () => execute.call(commands, id, args);
    const start = () => (RUNS.includes(id) && book?.widgets && isPage(book) ? stay(book, run) : run());
    const page = /^notebook:run-/.test(id) && opening.get(panel);
    if (!page) return start();
    if (id === RUNS[0]) page.skip();
    return page.done.then(() => (id === RUNS[0] && page.whole() ? undefined : start()));
  };
  // JupyterLite takes the page's name out of the address; loaded again, it would open the first page of the course.
  if (isSite()) {
    shell.currentChanged?.connect((_, { newValue: panel }) => {
      const { path } = panel?.context ?? {};
      // Opening a page by its name, JupyterLite shows the list of files too, late; on a telephone it leaves a third to the page.
      if (path && innerWidth < 720) {
        const turn = setInterval(() => { if (!shell.leftCollapsed) shell.collapseLeft?.(); }, 250);
        setTimeout(() => clearInterval(turn), 5000);
      }
      if (path) app.restored.then(() => history.replaceState(history.state, "", `${location.pathname}?path=${encodeURIComponent(path)}${location.hash}`));
    });
  }
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

export default { id: "relationship-marketing-page:plugin", autoStart: true, activate };
