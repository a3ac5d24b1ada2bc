// The first page: which language, whether answers last here, and answers as one file, out and in.
// They lie where JupyterLite keeps its files: in IndexedDB, a record for each path.
const STORAGE = "relationship-marketing-course", FOLDER = "answers", MOST = 50_000_000;
const WORDS = JSON.parse(document.getElementById("words").textContent);
const EVENTS = ["answer", "draft", "hint", "shown", "reset", "set"];

const radios = [...document.querySelectorAll("input[name=lang]")];
const speak = (lang) => {
  const radio = radios.find((one) => one.value === lang);
  if (!radio) return;
  radio.checked = true;
  document.documentElement.lang = lang;
};
const remember = (lang) => { try { localStorage.setItem("rm-lang", lang); } catch { /* a closed storage is told below */ } };
const remembered = () => { try { return localStorage.getItem("rm-lang"); } catch { return null; } };
const wished = () => (navigator.languages ?? []).map((one) => one.slice(0, 2)).find((one) => one in WORDS);
speak(location.hash.slice(1) in WORDS ? location.hash.slice(1) : remembered() ?? wished() ?? "uk");
for (const radio of radios) radio.addEventListener("change", () => { speak(radio.value); remember(radio.value); });

const put = (words, values = {}) => words.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
// Says a sentence in both halves at once, so that it stays when the language is changed.
const tell = (mark, ...sentences) => {
  for (const main of document.querySelectorAll("main")) {
    const node = main.querySelector(`[${mark}]`);
    node.textContent = sentences.map(([key, values]) => put(WORDS[main.lang][key], values)).join(" ");
    if (mark === "data-lost") node.hidden = false;
  }
};
const all = (mark) => [...document.querySelectorAll(`[${mark}]`)];
const show = (mark, shown) => all(mark).forEach((node) => { node.hidden = !shown; });

const wait = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
  request.onblocked = () => reject(new Error("blocked"));
});
async function open(write) {
  let base = await wait(indexedDB.open(STORAGE));
  if (write && !base.objectStoreNames.contains("files")) {
    const next = base.version + 1;
    base.close();
    const request = indexedDB.open(STORAGE, next);
    request.onupgradeneeded = () => request.result.createObjectStore("files");
    base = await wait(request);
  }
  return base;
}
async function within(write, work) {
  const base = await open(write);
  try {
    if (!base.objectStoreNames.contains("files")) return await work(null);
    const change = base.transaction("files", write ? "readwrite" : "readonly");
    const end = new Promise((resolve, reject) => { change.oncomplete = resolve; change.onerror = change.onabort = () => reject(change.error); });
    const result = await work(change.objectStore("files"));
    await end;
    return result;
  } finally { base.close(); }
}

const decoder = new TextDecoder(), encoder = new TextEncoder();
const words = (model) => model.format === "base64"
  ? decoder.decode(Uint8Array.from(atob(model.content), (letter) => letter.charCodeAt(0)))
  : typeof model.content === "string" ? model.content : "";
const NAME = /^[a-z0-9][a-z0-9._-]*\.jsonl$/i;
const read = () => within(false, async (files) => {
  const found = {};
  if (!files) return found;
  for (const key of await wait(files.getAllKeys())) {
    const [folder, name, ...deeper] = String(key).split("/");
    if (folder === FOLDER && !deeper.length && NAME.test(name)) found[name] = words(await wait(files.get(key)));
  }
  return found;
});
function model(path, more) {
  const now = new Date().toISOString();
  return { name: path.split("/").pop(), path, created: now, last_modified: now, writable: true, mimetype: "", format: null, content: null, size: 0, ...more };
}
// All or nothing: where there is no room for the new answers, the old ones stay.
const write = (texts, instead) => within(true, async (files) => {
  if (instead) for (const key of await wait(files.getAllKeys())) if (String(key).startsWith(`${FOLDER}/`)) files.delete(key);
  if (!(await wait(files.get(FOLDER)))) files.put(model(FOLDER, { type: "directory", format: "json", content: null }), FOLDER);
  for (const [name, text] of Object.entries(texts)) {
    const path = `${FOLDER}/${name}`, before = await wait(files.get(path));
    const kept = { type: "file", format: "text", mimetype: "text/plain", content: text, size: encoder.encode(text).length };
    files.put(model(path, { ...(before ? { created: before.created } : {}), ...kept }), path);
  }
});

// A ZIP without compression, which every system opens; what others have compressed is read too.
const TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
const crc = (bytes) => ~bytes.reduce((sum, byte) => (sum >>> 8) ^ TABLE[(sum ^ byte) & 255], ~0) >>> 0;
function packed(texts) {
  const parts = [], index = [];
  let at = 0;
  const push = (list, bytes) => { list.push(bytes); return bytes.length; };
  for (const [name, text] of Object.entries(texts)) {
    const path = encoder.encode(`${FOLDER}/${name}`), data = encoder.encode(text), head = new DataView(new ArrayBuffer(30));
    const common = (view, from) => {
      view.setUint16(from, 20, true); view.setUint16(from + 2, 0x800, true);
      view.setUint16(from + 8, 33, true); // 1 January 1980: the same answers give the same file
      view.setUint32(from + 10, crc(data), true); view.setUint32(from + 14, data.length, true);
      view.setUint32(from + 18, data.length, true); view.setUint16(from + 22, path.length, true);
    };
    head.setUint32(0, 0x04034b50, true); common(head, 4);
    const entry = new DataView(new ArrayBuffer(46));
    entry.setUint32(0, 0x02014b50, true); entry.setUint16(4, 20, true); common(entry, 6); entry.setUint32(42, at, true);
    push(index, new Uint8Array(entry.buffer)); push(index, path);
    for (const bytes of [new Uint8Array(head.buffer), path, data]) at += push(parts, bytes);
  }
  const size = index.reduce((sum, bytes) => sum + bytes.length, 0), count = index.length / 2, end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true); end.setUint16(8, count, true); end.setUint16(10, count, true);
  end.setUint32(12, size, true); end.setUint32(16, at, true);
  return new Blob([...parts, ...index, end.buffer], { type: "application/zip" });
}
async function unpacked(file) {
  if (file.size > MOST) return null;
  const data = new Uint8Array(await file.arrayBuffer()), view = new DataView(data.buffer), found = {};
  let end = data.length - 22, left = MOST;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) return null;
  let at = view.getUint32(end + 16, true);
  for (let n = view.getUint16(end + 10, true); n > 0; n -= 1) {
    if (view.getUint32(at, true) !== 0x02014b50) return null;
    const method = view.getUint16(at + 10, true), size = view.getUint32(at + 20, true), start = view.getUint32(at + 42, true);
    const [path, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    const name = decoder.decode(data.subarray(at + 46, at + 46 + path)).split(/[\\/]/).pop();
    const begin = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
    at += 46 + path + extra + comment;
    if (!NAME.test(name) || ![0, 8].includes(method) || name in found) continue;
    const bytes = await inflated(data.subarray(begin, begin + size), method === 8, left);
    left -= bytes.length;
    if (left < 0) return null; // many names for the same bytes
    found[name] = decoder.decode(bytes);
  }
  return Object.keys(found).length ? found : null;
}
async function inflated(bytes, packed, most) {
  if (!packed) return bytes;
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader(), parts = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > most) throw new RangeError("too long"); // a bomb
    parts.push(next.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

// Lines of a journal, and how many others there are; the seed of a learner's own numbers stands in a file of its own.
const SEED = /^\{"seed": ?"([0-9a-f]{16,64})"\}\s*$/m, LEARNER = "learner.jsonl";
const seed = (texts) => SEED.exec(texts[LEARNER] ?? "")?.[1];
function sound(line) {
  try {
    const one = JSON.parse(line);
    return one.v === 1 && EVENTS.includes(one.e) && [one.x, one.t, one.lang].every((word) => typeof word === "string") && !Number.isNaN(Date.parse(one.t));
  } catch { return false; }
}
const lines = (text) => (text ?? "").split("\n").filter((line) => line.trim());
const journals = (texts) => Object.keys(texts).filter((name) => name !== LEARNER);
function count(texts) {
  let n = 0, last = "";
  const lessons = journals(texts).filter((name) => {
    const good = lines(texts[name]).filter(sound);
    n += good.length;
    for (const line of good) { const { t } = JSON.parse(line); if (t > last) last = t; }
    return good.length;
  }).length;
  return { n, lessons, last };
}
function merged(here, given) {
  const result = {};
  let n = 0, skipped = 0;
  for (const name of journals(given)) {
    const old = lines(here[name]), known = new Set(old), fresh = [];
    for (const line of lines(given[name]).map((one) => one.replace(/\r$/, ""))) {
      if (!sound(line)) skipped += 1;
      else if (!known.has(line)) { known.add(line); fresh.push(line); }
    }
    n += fresh.length;
    if (!fresh.length) continue;
    // Lines that are no events keep their place at the front; the sort keeps the order of equals.
    const timed = [...old, ...fresh].map((line) => [sound(line) ? JSON.parse(line).t : "", line]);
    timed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    result[name] = timed.map(([, line]) => line).join("\n") + "\n";
  }
  if (seed(given) && !(seed(here) && count(here).n)) result[LEARNER] = `{"seed":"${seed(given)}"}\n`;
  return { result, n, skipped };
}

async function refresh() {
  const texts = await read(), { n, lessons, last } = count(texts);
  tell("data-state", n ? ["some", { n, lessons, time: new Date(last).toLocaleString("uk", { dateStyle: "short", timeStyle: "short" }) }] : ["none"]);
  all("data-save").forEach((button) => { button.disabled = !n; });
}
async function save() {
  const link = document.createElement("a"), day = new Date().toISOString().slice(0, 10);
  link.href = URL.createObjectURL(packed(await read()));
  link.download = `answers-${day}.zip`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
let waiting = null; // what was read and may replace the answers here
async function take(given, instead) {
  const here = instead ? {} : await read();
  waiting = null;
  show("data-replace", false);
  if (seed(given) && seed(here) && seed(given) !== seed(here) && count(here).n) {
    waiting = given;
    show("data-replace", true);
    tell("data-said", ["other"]);
    return;
  }
  const { result, n, skipped } = merged(here, given);
  const lost = skipped ? [["skipped", { n: skipped }]] : [];
  if (instead && !n) { tell("data-said", ["foreign"], ...lost); return; }
  await write(result, instead);
  tell("data-said", n ? ["added", { n }] : ["same"], ...lost);
  await refresh();
}
const guarded = (work) => async (...given) => {
  try { await work(...given); } catch { tell("data-said", ["failed"]); }
};

// Where nothing is kept, nothing is to be said of keeping.
const gone = (key) => { tell("data-lost", [key]); show("data-kept", false); };
async function begin() {
  if (!window.isSecureContext) { gone("lost"); return; }
  if (!navigator.serviceWorker) { gone("closed"); return; }
  try { await refresh(); } catch { gone("closed"); return; }
  show("data-live", true);
  navigator.storage?.persist?.(); // then the browser does not clear it by itself when the disk is full
  all("data-save").forEach((button) => button.addEventListener("click", guarded(save)));
  all("data-replace").forEach((button) => button.addEventListener("click", guarded(() => waiting && take(waiting, true))));
  all("data-add").forEach((input) => input.addEventListener("change", guarded(async () => {
    const [file] = input.files;
    input.value = "";
    const given = file ? await unpacked(file).catch(() => null) : undefined;
    if (given) await take(given, false);
    else if (file) tell("data-said", ["foreign"]);
  })));
  window.addEventListener("focus", guarded(refresh)); // a lesson in another tab has written meanwhile
}
begin();
