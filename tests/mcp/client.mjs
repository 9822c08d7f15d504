// Talks with the server as clients of the first TypeScript SDK do, the line that most hosts were built with; stops at the first thing that is wrong.
//
//   node client.mjs asked|allowed|never TOOLS URL
//   node client.mjs asked|allowed|never TOOLS PROGRAM ARGUMENT...
//
// The first word is what the server does about writes, TOOLS the folder of the published contracts and their examples.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema, McpError } from "@modelcontextprotocol/sdk/types.js";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";

const [writes, folder, ...target] = process.argv.slice(2);
const isStdio = !target[0].startsWith("http");
const json = async (name) => JSON.parse(await readFile(`${folder}/${name}.json`, "utf8"));
const examples = await json("examples");
const text = (result) => result.content.filter((block) => block.type === "text").map((block) => block.text).join("");

/** Does `work` with a client whose person answers with `answer`; without one, with a client that cannot ask. */
async function talk(answer, work) {
  const client = new Client({ name: "test", version: "1" }, { capabilities: answer ? { elicitation: {} } : {} });
  const asked = [];
  if (answer) {
    client.setRequestHandler(ElicitRequestSchema, (request) => {
      asked.push(request.params.message);
      return answer;
    });
  }
  const transport = isStdio
    ? new StdioClientTransport({ command: target[0], args: target.slice(1), stderr: "ignore" })
    : new StreamableHTTPClientTransport(new URL(target[0]));
  await client.connect(transport);
  try {
    await work((name, given, options) => client.callTool({ name, arguments: given }, undefined, options), client, asked);
  } finally {
    await client.close();
  }
}

async function refused(promise, code, words) {
  await assert.rejects(promise, (fault) => fault instanceof McpError && fault.code === code && fault.message.includes(words));
}

const validator = new AjvJsonSchemaValidator();

function valid(schema, value, name) {
  const checked = validator.getValidator(schema)(value);
  assert(checked.valid, `${name}: ${checked.errorMessage}`);
}

await talk(null, async (call, client) => {
  const { tools } = await client.listTools();
  assert.deepEqual((await client.listTools()).tools, tools);
  const names = Object.keys(examples).filter((name) => writes !== "never" || name !== "create_experiment");
  assert.deepEqual(tools.map((tool) => tool.name), names);
  assert(client.getInstructions().length < 2048);

  for (const tool of tools.filter((tool) => tool.annotations.readOnlyHint)) {
    const given = examples[tool.name].arguments;
    const hasDetails = "response_format" in tool.inputSchema.properties;
    // The client itself refuses structured content that the published schema does not allow.
    const short = await call(tool.name, given);
    const whole = hasDetails ? await call(tool.name, { ...given, response_format: "detailed" }) : short;
    for (const result of [short, whole]) assert(!result.isError && result.structuredContent, `${tool.name}: ${text(result)}`);
    valid((await json(tool.name)).outputSchema, whole.structuredContent, tool.name);
    if ("chart" in tool.inputSchema.properties) {
      const drawn = await call(tool.name, { ...given, chart: "image" });
      const image = drawn.content.find((block) => block.type === "image");
      assert(image.mimeType === "image/png" && Buffer.from(image.data, "base64").subarray(1, 4).equals(Buffer.from("PNG")), tool.name);
    }
  }

  const told = [];
  // This SDK drops a note that it reads in one piece with the answer, as it may over a pipe.
  for (let tries = 0; tries < 50 && told.length === 0; tries += 1) {
    await call("parameter_impact", examples.parameter_impact.arguments, { onprogress: (progress) => told.push(progress) });
  }
  assert(told.length > 0 && told[0].progress >= 1 && told[0].message.includes("tracking store"));

  for (const patience of [0, 1, 3, 8]) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), patience);
    const given = await call("parameter_impact", examples.parameter_impact.arguments, { signal: controller.signal }).catch(() => null);
    assert(given === null || !given.isError);
    assert(!(await call("list_experiments", { limit: 1 })).isError);
  }

  const complete = async (name, value, chosen) => {
    const context = chosen && { arguments: chosen };
    return (await client.complete({ ref: { type: "ref/prompt", name: "best_run" }, argument: { name, value }, context })).completion.values;
  };
  assert.equal((await complete("experiment", "churn"))[0], "churn-prediction-q1");
  assert((await complete("metric", "f1", { experiment: "churn" })).includes("f1_score"));
  assert.equal((await complete("run", "run-017", { experiment: "churn" }))[0], "run-017");

  const uris = (await client.listResources()).resources.map((resource) => resource.uri);
  assert(uris.includes("trialogue://experiments/1") && uris.includes("ui://trialogue/chart.html"));
  assert.equal((await client.listResourceTemplates()).resourceTemplates.length, 3);
  for (const uri of ["trialogue://experiments", "trialogue://experiments/churn-prediction-q1", "trialogue://runs/run-017", "trialogue://tools/best_run"]) {
    JSON.parse((await client.readResource({ uri })).contents[0].text);
  }
  await refused(client.readResource({ uri: "trialogue://nothing" }), -32002, "no such resource");

  assert.equal((await client.listPrompts()).prompts.length, 5);
  const prompt = await client.getPrompt({ name: "best_run", arguments: { experiment: "churn" } });
  assert(prompt.messages[0].content.text.includes("`churn`"));
  await refused(client.getPrompt({ name: "worst_run" }), -32602, "what_matters");

  await refused(call("drop_table", {}), -32602, "tools/list");
  for (const [name, given, fix] of [
    ["list_runs", { limit: "many" }, "limit"],
    ["describe_experiment", { experiment: "chrun-predction-q9" }, "churn-prediction-q1"],
    ["best_run", { experiment: "churn", metric: "no_such_metric" }, "f1_score"],
  ]) {
    const result = await call(name, given);
    assert(result.isError && text(result).includes(fix) && !result.structuredContent, text(result));
  }
});

const has = async (call, name) => (await call("list_experiments", { query: name })).structuredContent.experiments.some((one) => one.name === name);

for (const [word, answer] of [
  ["yes", { action: "accept", content: { consent: true } }],
  ["no", { action: "decline" }],
  ["mute", null],
]) {
  if (writes === "never") break;
  await talk(answer, async (call, _, asked) => {
    const name = `typescript-${isStdio ? "stdio" : "http"}-${word}`;
    const result = await call("create_experiment", { name });
    // Over HTTP there is no connection to ask over in the revisions that this client speaks.
    const canAsk = isStdio && answer !== null && writes === "asked";
    const isWritten = writes === "allowed" || (canAsk && word === "yes");
    assert.equal(asked.length, canAsk ? 1 : 0, word);
    assert.equal(!result.isError, isWritten, `${word}: ${text(result)}`);
    assert(isWritten || text(result).includes(canAsk ? "said no" : "--allow-writes"), text(result));
    assert.equal(await has(call, name), isWritten, word);
  });
}
console.log("passed typescript", writes, isStdio ? "stdio" : "http");
