// What the page is tried against: the real program over stores of several kinds, and models of an OpenAI-compatible server that are
// slow, dead or liars. Everything listens on loopback and ends with the test.

import { execFile, spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Starts services with `program`; `end` stops them all. */
export async function services(program) {
  const folder = await mkdtemp(join(tmpdir(), "trialogue-page-"));
  const ends = [];
  const stops = new Map();

  /** The address of `trialogue serve` with these arguments and variables. */
  async function serve(args, variables = {}) {
    const state = join(folder, `state-${ends.length}.db`);
    const environment = { PATH: process.env.PATH, HOME: folder, TRIALOGUE_STATE: state, TRIALOGUE_CALLS_PER_PRINCIPAL: "64", ...variables };
    const child = spawn(program, ["serve", "--port", "0", "--log-format", "text", ...args], { env: environment, stdio: ["ignore", "ignore", "pipe"] });
    const stop = () => child.kill("SIGKILL");
    ends.push(stop);
    let told = "";
    return new Promise((resolve, reject) => {
      child.stderr.on("data", (piece) => {
        told += piece;
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(told);
        if (!address) return;
        stops.set(address[0], stop);
        resolve(address[0]);
      });
      child.on("exit", () => reject(new Error(`the service ended: ${told}`)));
    });
  }

  /** Serves with a model that answers a request as `reply` does, which is given the messages that it was sent. */
  async function serveWithModel(reply) {
    const model = createServer(async (request, response) => {
      const pieces = await request.toArray();
      reply(response, JSON.parse(Buffer.concat(pieces).toString() || "{}").messages ?? []);
    });
    await new Promise((resolve) => model.listen(0, "127.0.0.1", resolve));
    ends.push(() => {
      model.closeAllConnections();
      model.close();
    });
    const address = `http://127.0.0.1:${model.address().port}/v1`;
    return serve(["--demo", "--model", "openai:scripted"], { OPENAI_BASE_URL: address, OPENAI_API_KEY: "sk-none" });
  }

  /** A file of keys with one key, and that key. */
  async function key() {
    const file = join(folder, "keys.json");
    const { stdout } = await run(program, ["keys", "add", "ana", "--all-tenants", "--role", "writer", "--keys", file]);
    return { file, key: stdout.trim() };
  }

  async function end() {
    for (const stop of ends) stop();
    await rm(folder, { recursive: true, force: true });
  }

  return { serve, serveWithModel, key, stop: (address) => stops.get(address)(), end };
}

/** Never answers. */
export const stalls = () => {};

/** Refuses every request. */
export const refuses = (response) => response.writeHead(401, { "content-type": "application/json" }).end('{"error": {"message": "no"}}');

/** Calls a tool and then says `text`, whatever the tool answered. */
export function says(text) {
  return (response, messages) => {
    const call = { index: 0, id: "call_0", type: "function", function: { name: "best_run", arguments: '{"metric": "F1"}' } };
    const isFirst = !messages.some((message) => message.role === "tool");
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const [delta, reason] of [[isFirst ? { tool_calls: [call] } : { content: text }, null], [{}, isFirst ? "tool_calls" : "stop"]]) {
      const chunk = { id: "c", object: "chat.completion.chunk", model: "scripted", choices: [{ index: 0, delta, finish_reason: reason }] };
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    }
    response.end("data: [DONE]\n\n");
  };
}
