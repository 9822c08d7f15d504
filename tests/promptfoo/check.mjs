// Puts an exported configuration to promptfoo: it is valid, the calls that the cases expect pass every test, and silence passes none that
// expects calls.
//
//     node check.mjs FOLDER
//
// FOLDER is what `trialogue eval export --format promptfoo` wrote. Nothing is asked of a network.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.argv[2];
const program = fileURLToPath(new URL("entrypoint.js", import.meta.resolve("promptfoo")));
const model = fileURLToPath(new URL("model.mjs", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "promptfoo-"));

function promptfoo(...words) {
  const quiet = { PROMPTFOO_DISABLE_TELEMETRY: "1", PROMPTFOO_DISABLE_UPDATE: "1", PROMPTFOO_CONFIG_DIR: work, PROMPTFOO_DISABLE_REMOTE_GENERATION: "1" };
  return spawnSync(process.execPath, [program, ...words], { cwd: folder, env: { PATH: process.env.PATH, HOME: work, ...quiet }, encoding: "utf8" });
}

function passes(does) {
  const config = JSON.parse(readFileSync(join(folder, "promptfooconfig.json"), "utf8"));
  config.providers = [{ id: `file://${model}`, config: { does } }];
  const file = join(folder, `${does}.json`), out = join(work, `${does}-out.json`);
  writeFileSync(file, JSON.stringify(config));
  const run = promptfoo("eval", "-c", file, "--no-cache", "--no-table", "--no-progress-bar", "--no-write", "-o", out);
  try {
    return JSON.parse(readFileSync(out, "utf8")).results.results;
  } catch (error) {
    throw new Error(`promptfoo gave no results for ${does}: ${run.stdout}${run.stderr}`, { cause: error });
  }
}

try {
  const valid = promptfoo("validate", "-c", "promptfooconfig.json");
  if (valid.status !== 0) throw new Error(`the configuration is not valid: ${valid.stdout}${valid.stderr}`);
  const tests = JSON.parse(readFileSync(join(folder, "tests.json"), "utf8"));
  const gold = passes("gold"), silent = passes("silent");
  const lost = gold.filter(result => !result.success).map(result => `${result.testCase.description}: ${result.error || result.gradingResult?.reason}`);
  if (gold.length !== tests.length || lost.length) throw new Error(`${gold.length} of ${tests.length} were played; failing:\n${lost.slice(0, 20).join("\n")}`);
  // They are done side by side, so in any order; the prompt is the question alone.
  const questions = new Map(tests.map(test => [test.description, test.vars.question.replace(/\{% (end)?raw %\}/g, "")]));
  const asked = gold.filter(result => result.prompt.raw !== questions.get(result.testCase.description));
  if (asked.length) throw new Error(`asked in other words: ${asked.slice(0, 5).map(result => result.prompt.raw).join(" | ")}`);
  const lucky = silent.filter(result => result.success && result.testCase.metadata.calls.length);
  if (lucky.length) throw new Error(`silence passes ${lucky.slice(0, 5).map(result => result.testCase.description).join(", ")}`);
  if (tests.length < 200) throw new Error("too few tests to mean anything");
  console.log(`${tests.length} tests read and judged by promptfoo: the expected calls pass all, silence none of ${silent.filter(result => result.testCase.metadata.calls.length).length} that expect calls`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
