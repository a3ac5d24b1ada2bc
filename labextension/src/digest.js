// What is written in a page's cells, as one number: the digest that `course.saved.cells` makes of a file.

// Where Python's str.splitlines() ends a line.
const LINE = /[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+$/g;
// As Python's json writes it: JavaScript leaves other letters than Latin ones as they are.
const quoted = (words) => JSON.stringify(words).replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Takes pairs of a cell's type and source; empty cells count for nothing. */
export async function cells(pairs) {
  const written = pairs.filter(([, source]) => source).map(([type, source]) => `[${quoted(type)}, [${source.match(LINE).map(quoted).join(", ")}]]`);
  const bytes = new TextEncoder().encode(`[${written.join(", ")}]`), sum = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
