// The course as a static site: no server signs its pages, so the site itself lists what it has published, and the browser
// remembers what was made of that here.
import { Dialog, showDialog } from "@jupyterlab/apputils";
import { PageConfig } from "@jupyterlab/coreutils";
import { cells } from "./digest.js";

export const isSite = () => Boolean(PageConfig.getOption("contentsStorageName"));

const key = (path) => `${PageConfig.getOption("contentsStorageName")}-known-${path}`;
function remembered(path) {
  try { return localStorage.getItem(key(path)); } catch { return null; }
}
function remember(path, digest) {
  try { localStorage.setItem(key(path), digest); } catch { /* then the page offers its button */ }
}
/** What is written on a page, or null where the browser makes no digests: at an address that is not secure. */
export const digest = (book) => cells([...book.model.cells].map(({ type, sharedModel }) => [type, sharedModel.getSource()])).catch(() => null);

/**
 * Whether a page was opened as the site has published it, or as it was last saved from such a page in this browser. From then on
 * what is saved from it is known too.
 */
export function known(book, context, { published = [] }, written) {
  if (!written || (!published.includes(written) && remembered(context.path) !== written)) return false;
  if (published.includes(written)) spare(book, context, published);
  context.saveState.connect(async (_, state) => {
    const now = state === "completed" && !context.isDisposed ? await digest(book) : null;
    if (now) remember(context.path, now);
  });
  return true;
}

/**
 * Save no page in which nobody has written: it would hide what the site publishes later. Its cells run again when it is opened,
 * and what the cards hold is in the journal.
 */
function spare(book, context, published) {
  const { save } = context;
  let kept = false;
  context.save = async () => {
    const now = kept ? null : await digest(book);
    if (now && published.includes(now)) { context.model.dirty = false; return; }
    kept = true;
    await save.call(context);
  };
}

const started = new Set();
/** Whether nothing has run in a kernel: it is this page's own and new, and no file beside the page is settings for matplotlib. */
export async function fresh(kernel, contents, path) {
  if (started.has(kernel.id)) return false;
  started.add(kernel.id);
  const folder = path.split("/").slice(0, -1), there = contents.get([...folder, "matplotlibrc"].join("/"), { content: false });
  return there.then(() => false, () => true);
}
/** Remember that something has run in it. */
export const ran = (kernel) => { if (kernel) started.add(kernel.id); };

function stored() {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open("relationship-marketing-course-try");
      request.onsuccess = () => { request.result.close(); indexedDB.deleteDatabase("relationship-marketing-course-try"); resolve(true); };
      request.onerror = request.onblocked = () => resolve(false);
    } catch { resolve(false); }
  });
}
// Without its service worker JupyterLite keeps files in the memory of the page; it is there before a kernel is.
const served = async () => Boolean(await navigator.serviceWorker?.getRegistration().catch(() => null));

let warned = false;
/** Say once that answers will not last here: before anything runs, or as soon as the kernel shows it. */
export async function warn(texts, opened) {
  if (!texts || warned) return;
  const said = !window.isSecureContext ? texts.lost : (await stored()) && (await opened, await served()) ? null : texts.closed;
  if (!said || warned) return;
  warned = true;
  await showDialog({ title: texts.title, body: said, buttons: [Dialog.okButton({ label: texts.ok })] });
}
