// Talks with the service as a front end of Vercel's AI SDK does, by its own transport and reader, and checks what it gets.
//
//     node ai.mjs LIBRARY BASE KEY
import assert from "node:assert/strict";

const [library, base, key] = process.argv.slice(2);
const { DefaultChatTransport, readUIMessageStream } = await import(library);
const headers = { Authorization: `Bearer ${key}` };
const transport = new DefaultChatTransport({ api: `${base}/api/v1/chat/ui`, headers });

// Asks as the next turn of these messages; gives the answer as the library put it together.
async function ask(messages, text) {
    messages.push({ id: `question-${messages.length}`, role: "user", parts: [{ type: "text", text }] });
    const sent = { chatId: "chat", trigger: "submit-message", messageId: undefined, messages, abortSignal: undefined };
    const stream = await transport.sendMessages(sent);
    const fail = (error) => { throw error; };
    let answer;
    for await (const state of readUIMessageStream({ stream, onError: fail, terminateOnError: true })) answer = state;
    messages.push(answer);
    return answer;
}

const textOf = (answer) => answer.parts.filter((part) => part.type === "text").map((part) => part.text).join("");
const only = (answer, type) => answer.parts.filter((part) => part.type === type);

const messages = [];
const first = await ask(messages, "Which run had the highest F1 score?");
assert.match(textOf(first), /run-017.*0\.912/);
assert.equal(first.role, "assistant");
const [call] = only(first, "dynamic-tool");
assert.deepEqual([call.toolName, call.state, call.output.best.run_name], ["best_run", "output-available", "run-017"]);
assert.match(only(first, "data-chart")[0].data.vega_lite.$schema, /vega-lite/);
assert.equal(first.metadata.planner, "builtin");

const second = await ask(messages, "and its accuracy?");
assert.match(textOf(second), /0\.95/);
assert.equal(second.metadata.conversation_id, first.metadata.conversation_id);
assert.equal(second.metadata.turn, 2);

// Without our id the messages alone tell what it is about.
const strangers = messages.slice(0, 2).map(({ metadata, ...message }) => message);
assert.match(textOf(await ask(strangers, "and its accuracy?")), /0\.95/);

const failed = await ask([], "how did run 999 of churn do?");
assert.ok(only(failed, "dynamic-tool").every((part) => part.state === "output-error" && part.errorText), JSON.stringify(failed));

const name = `pilot-of-${library}`;
const write = await ask(messages, `create an experiment called ${name}`);
const { token, conversation_id, words } = only(write, "data-confirmation")[0].data;
assert.match(words, new RegExp(name));
const answer = JSON.stringify({ conversation_id, token, agree: true });
const confirmed = await fetch(`${base}/api/v1/chat/confirm`, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: answer });
assert.equal(confirmed.status, 200);

await assert.rejects(ask([{ id: "1", role: "assistant", parts: [], metadata: { conversation_id: "conv_0" } }], "and?"), /no such conversation/);
const stranger = new DefaultChatTransport({ api: `${base}/api/v1/chat/ui` });
await assert.rejects(stranger.sendMessages({ chatId: "chat", trigger: "submit-message", messages: strangers }));
console.log(`${library}: ${first.parts.map((part) => part.type).join(" ")}`);
