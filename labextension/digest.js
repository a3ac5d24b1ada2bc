// Write down what the built files were made of: a test without node compares it.
const { createHash } = require("crypto");
const { readdirSync, readFileSync, writeFileSync } = require("fs");
const { join } = require("path");

const BUILT = "../course/widgets/lab/relationship-marketing-page";
const SOURCES = [".yarnrc.yml", "core", "package.json", "src", "webpack.config.js", "yarn.lock", "../course/widgets/page.css"];

function files(path) {
  try {
    return readdirSync(path).flatMap((name) => files(join(path, name)));
  } catch {
    return [path];
  }
}
const digest = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");
const table = (paths) => Object.fromEntries(paths.flatMap(files).sort().map((path) => [path.replaceAll("\\", "/"), digest(path)]));
// The list of the lessons' code is made by `course build`.
const built = Object.entries(table([BUILT])).filter(([path]) => !path.endsWith("/lessons.json"));
writeFileSync("built.json", `${JSON.stringify({ sources: table(SOURCES), built: Object.fromEntries(built) }, null, 1)}\n`);
