// Draws every specification of a folder with the real Vega-Lite and Vega, and fails if one does not compile, warns or shows nothing.
//
//   node compile.mjs <folder with *.vl.json> [<folder for the pictures>]

import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { View, Warn, parse } from "vega";
import { compile } from "vega-lite";

const [specFolder, pictureFolder] = process.argv.slice(2);
if (!specFolder) {
  console.error("usage: node compile.mjs <folder with *.vl.json> [<folder for the pictures>]");
  process.exit(2);
}

/** Remembers what a library would have written to the console. */
function listeningLogger(complaints) {
  const remember = (...words) => {
    complaints.push(words.map(String).join(" "));
    return logger;
  };
  const silent = () => logger;
  const logger = { level: () => logger, error: remember, warn: remember, info: silent, debug: silent };
  return logger;
}

/** Counts what a reader can see of the data: bars, lines, points and words, not axes or legends. */
function visibleMarks(item) {
  const children = item.items ?? [];
  if (item.marktype && item.role === "mark" && item.marktype !== "group") return children.filter(isInPlace).length;
  return children.reduce((count, child) => count + visibleMarks(child), 0);
}

function isInPlace(item) {
  const places = [item.x, item.y, item.width, item.height].filter((place) => place !== undefined);
  return places.every(Number.isFinite) && item.opacity !== 0;
}

async function draw(path) {
  const complaints = [];
  const logger = listeningLogger(complaints);
  const spec = JSON.parse(await readFile(path, "utf8"));
  const compiled = compile(spec, { logger }).spec;
  const view = new View(parse(compiled, null, { logger }), { renderer: "none", logger, logLevel: Warn });
  const svg = await view.toSVG();
  const marks = visibleMarks(view.scenegraph().root);
  view.finalize();
  if (marks === 0) complaints.push("shows no marks");
  if (/NaN|undefined|Infinity/.test(svg.replace(/<text[^>]*>[^<]*<\/text>|aria-label="[^"]*"/g, ""))) complaints.push("has a place that is no number");
  return { complaints, marks, svg };
}

const names = (await readdir(specFolder)).filter((name) => name.endsWith(".vl.json")).sort();
if (pictureFolder) await mkdir(pictureFolder, { recursive: true });
let failed = names.length === 0 ? 1 : 0;
for (const name of names) {
  const result = await draw(join(specFolder, name)).catch((error) => ({ complaints: [error.stack], marks: 0, svg: "" }));
  if (pictureFolder && result.svg) await writeFile(join(pictureFolder, `${basename(name, ".vl.json")}.svg`), result.svg);
  if (result.complaints.length > 0) failed += 1;
  console.log(`${result.complaints.length === 0 ? "ok  " : "FAIL"} ${name}: ${result.marks} marks`);
  for (const complaint of result.complaints) console.log(`     ${complaint}`);
}
console.log(`${names.length} specifications, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
