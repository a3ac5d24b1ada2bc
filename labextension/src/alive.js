// A lesson comes alive when it is opened. Code runs by itself only where nobody can have put his own: the page is one of the
// course, Jupyter knows it as signed on this machine (or the site as its own), and a cell is letter for letter one of those that
// the installed course lists. The list comes with this extension; what the page says about itself is not believed.
import { Dialog, showDialog } from "@jupyterlab/apputils";
import { CodeCell } from "@jupyterlab/cells";
import { PageConfig, URLExt } from "@jupyterlab/coreutils";
import { ToolbarButton } from "@jupyterlab/ui-components";
import "./alive.css";
import { stay } from "./page.js";
import { digest, fresh, isSite, known, ran, warn } from "./site.js";

const NAME = "relationship-marketing-page", NOTHING = { lessons: {}, texts: {} };
const PATIENCE = 60000; // ms for a kernel that has just started to answer
let listed;
const list = () => (listed ??= fetch(URLExt.join(PageConfig.getOption("fullLabextensionsUrl"), NAME, "lessons.json"))
  .then((answer) => (answer.ok ? answer.json() : NOTHING)).catch(() => NOTHING));

const own = (table, name) => (typeof name === "string" && Object.hasOwn(table, name) ? table[name] : null);
const code = (book) => book.widgets.filter(({ model }) => model.type === "code");
const source = ({ model }) => model.sharedModel.getSource();

/** The course's own cells on the page, in its order: those whose code, and all that it needs, is as the course has it. */
function ours(book, { lessons, texts }) {
  const { lesson, lang } = book.model.getMetadata("course"), cells = (own(texts, lang) && own(lessons, lesson)) ?? {}, run = new Map();
  for (const cell of code(book)) {
    const entry = own(cells, cell.model.id);
    if (entry?.code.replaceAll('"LANG"', `"${lang}"`) === source(cell) && entry.needs.every((id) => run.has(id))) run.set(cell.model.id, cell);
  }
  return [...run.values()];
}
const others = (book, run) => code(book).filter((cell) => source(cell).trim() && !run.includes(cell));

/**
 * Ask the kernel whether anything has run in it, and take it: of two pages that ask at once only one is the first.
 *
 * A kernel that would take a stranger's file beside the page for code is none for us: `course lab` starts those that do not, and
 * matplotlib 3.9 evaluates what stands in its settings there.
 */
async function first(kernel) {
  const token = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const expressions = {
    owner: `get_ipython().__dict__.setdefault("course_page", "${token}")`, count: "get_ipython().execution_count",
    guarded: `(lambda os, sys: os.path.realpath("") not in map(os.path.realpath, sys.path) and not os.path.lexists("matplotlibrc"))(
      __import__("os"), __import__("sys"))`,
  };
  const late = new Promise((_, fail) => { setTimeout(fail, PATIENCE); });
  const asked = kernel.requestExecute({ code: "", silent: true, store_history: false, user_expressions: expressions });
  const reply = await Promise.race([asked.done, late]);
  const said = (name) => reply.content.user_expressions?.[name]?.data?.["text/plain"];
  return said("owner") === `'${token}'` && said("count") === "1" && said("guarded") === "True";
}

/** A card in which somebody writes is made anew under his hands; the caret goes where it was. */
function keep(book) {
  const field = document.activeElement, card = field?.closest?.(".rm-card[data-exercise]");
  if (!card || !book.node.contains(card)) return () => {};
  const fields = (node) => [...node.querySelectorAll("input, textarea, select, button")];
  const name = card.dataset.exercise, place = fields(card).indexOf(field), caret = [field.selectionStart, field.selectionEnd];
  const note = () => { if (field.isConnected) caret.splice(0, 2, field.selectionStart, field.selectionEnd); };
  document.addEventListener("selectionchange", note);
  const back = () => {
    const next = fields(book.node.querySelector(`.rm-card[data-exercise="${CSS.escape(name)}"]`) ?? book.node)[place];
    if (field.isConnected || !next?.closest(".rm-card")) return false;
    if (document.activeElement === document.body || book.node === document.activeElement) {
      next.focus({ preventScroll: true });
      if (typeof caret[0] === "number") next.setSelectionRange(...caret);
    }
    return true;
  };
  return async () => {
    for (let turn = 0; turn < 100 && !back(); turn += 1) await new Promise((resolve) => { setTimeout(resolve, 20); });
    document.removeEventListener("selectionchange", note);
  };
}

/**
 * Run the course's own cells one after another, until the kernel is gone; what needs a cell that has failed is left out, and
 * what is typed meanwhile is not run. Tells whether that was the whole page.
 */
async function run(panel, session, listing) {
  const book = panel.content, cells = ours(book, listing), left = others(book, cells).length;
  const needs = ({ model }) => listing.lessons[book.model.getMetadata("course").lesson][model.id].needs;
  const all = async () => {
    const failed = new Set();
    for (const cell of cells) {
      if (cell.isDisposed || !ours(book, listing).includes(cell)) continue;
      if (needs(cell).some((id) => failed.has(id))) { failed.add(cell.model.id); continue; }
      const back = cell.node.contains(document.activeElement) ? keep(book) : () => {};
      const reply = await CodeCell.execute(cell, session);
      back();
      if (!reply || reply.content.status === "abort") return false;
      if (reply.content.status !== "ok") failed.add(cell.model.id);
    }
    return !left && !failed.size;
  };
  return stay(book, () => all().catch(() => false));
}

/** Whether cards on the page talk with the kernel. */
async function talks(book, manager) {
  const VIEW = "application/vnd.jupyter.widget-view+json";
  for (const { model } of code(book)) {
    for (let place = 0; place < model.outputs.length; place += 1) {
      const id = model.outputs.get(place).data[VIEW]?.model_id;
      if (id && manager?.has_model?.(id) && (await manager.get_model(id)).comm_live) return true;
    }
  }
  return false;
}

/**
 * Watch over one page: run it when it may be run, else offer to.
 *
 * save: as `inTurn` gives it. opened: when its kernel and widgets are there; gives the manager of widgets. What is returned
 * is done when the page has run, or is not to be run; `skip` is for a reader who runs all himself, `whole` tells that all of
 * it has run.
 */
export function watch(panel, context, contents, save, opened, runAll) {
  const book = panel.content, session = context.sessionContext;
  let button = null, alive = false, skip = false, whole = false;
  const marked = () => own(book.model?.getMetadata("course") ?? {}, "lesson") !== null;
  const show = () => { if (button) button.setHidden(alive); };

  // Where another page has saved meanwhile, JupyterLab would ask which of the two is to stay.
  async function last() {
    const mine = panel.isDisposed ? null : context.contentsModel;
    if (!mine?.writable) return false;
    const { last_modified } = await contents.get(context.path, { content: false });
    return last_modified === mine.last_modified && !panel.isDisposed;
  }

  async function press() {
    const listing = await list(), cells = ours(book, listing), texts = listing.texts[book.model.getMetadata("course").lang];
    if (!others(book, cells).length) return run(panel, session, listing);
    const buttons = [
      Dialog.cancelButton({ label: texts.cancel }), ...(cells.length ? [Dialog.okButton({ label: texts.lesson })] : []),
      Dialog.warnButton({ label: texts.whole }),
    ];
    const { button: { accept, label } } = await showDialog({ title: texts.strange, body: texts.ask, buttons, defaultButton: cells.length });
    if (accept) await (label === texts.whole ? runAll() : run(panel, session, listing));
  }

  async function open() {
    await context.ready;
    if (!marked()) return;
    // As it was opened: what is run or typed from here on makes no page of ours out of a stranger's.
    const trusted = code(book).every(({ model }) => model.trusted), written = isSite() ? digest(book) : null;
    const listing = await list(), texts = own(listing.texts, book.model.getMetadata("course").lang);
    if (isSite()) warn(own(listing.site ?? {}, book.model.getMetadata("course").lang), opened);
    const signed = isSite() ? known(book, context, listing, await written) : trusted;
    const manager = await opened, kernel = session.session?.kernel;
    if (panel.isDisposed || !texts || !own(listing.lessons, book.model.getMetadata("course").lesson)) return;
    // Whatever of the lesson this page runs makes it live; a new kernel knows nothing of it.
    session.iopubMessage.connect((_, message) => {
      const mine = message.parent_header.session === session.session?.kernel?.clientId;
      if (message.header.msg_type === "execute_input") ran(session.session?.kernel);
      if (mine && message.header.msg_type === "execute_input" && /course\.lesson\(/.test(message.content.code)) alive = true;
      show();
    });
    session.kernelChanged.connect(() => { alive = false; show(); });
    session.statusChanged.connect((_, status) => { if (/restarting|dead|terminating/.test(status)) alive = false; show(); });
    alive = await talks(book, manager).catch(() => false);
    const unused = () => (isSite() ? fresh(kernel, contents, context.path) : first(kernel).catch(() => false));
    const may = !alive && !skip && signed && kernel && ours(book, listing).length && (await unused());
    if (may && !skip) {
      whole = await run(panel, session, listing);
      // Opened again while its kernel lives, it finds its cards in the file; on the site the kernel goes with the page.
      if (!isSite()) setTimeout(() => { save(last).catch(() => {}); }, 1500);
    }
    if (panel.isDisposed) return;
    button = new ToolbarButton({ label: texts.button, tooltip: texts.tip, className: "rm-alive", onClick: () => { press(); } });
    panel.toolbar.insertItem(0, "relationship-marketing-alive", button);
    show();
  }
  return { done: open().catch((error) => { console.error(error); }), skip: () => { skip = true; }, whole: () => whole };
}
