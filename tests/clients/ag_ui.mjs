// Talks with the service as a front end that speaks AG-UI does, by the protocol's own client, and checks what it gets.
//
//     node ag_ui.mjs BASE KEY
import assert from "node:assert/strict";
import { HttpAgent } from "@ag-ui/client";

const [base, key] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${key}` };

// A thread, with the custom events that it saw.
function thread(more = {}) {
    const agent = new HttpAgent({ url: `${base}/api/v1/chat/ag-ui`, headers, ...more });
    const customs = [];
    const kinds = [];
    let count = 0;
    const ask = async (content) => {
        customs.length = kinds.length = 0;
        agent.addMessage({ id: `question-${count++}`, role: "user", content });
        const heard = {
            onCustomEvent: ({ event }) => void customs.push(event),
            onEvent: ({ event }) => void kinds.push(event.type),
        };
        const { newMessages } = await agent.runAgent({}, heard);
        return newMessages.filter((message) => message.role === "assistant" && message.content).map((message) => message.content).join("");
    };
    const custom = (name) => customs.filter((event) => event.name === name).map((event) => event.value);
    return { agent, ask, custom, kinds };
}

const first = thread();
assert.match(await first.ask("Which run had the highest F1 score?"), /run-017.*0\.912/);
assert.equal(first.kinds[0], "RUN_STARTED");
assert.equal(first.kinds.at(-1), "RUN_FINISHED");
const calls = first.agent.messages.flatMap((message) => message.toolCalls ?? []);
assert.equal(calls[0].function.name, "best_run");
assert.deepEqual(JSON.parse(calls[0].function.arguments).metric !== undefined, true);
const result = first.agent.messages.find((message) => message.role === "tool");
assert.equal(JSON.parse(result.content).best.run_name, "run-017");
assert.match(first.custom("chart")[0].vega_lite.$schema, /vega-lite/);
const told = first.kinds.join(" ");
const { conversation_id } = first.agent.state;
assert.match(conversation_id, /^conv_/);

assert.match(await first.ask("and its accuracy?"), /0\.95/);
assert.equal(first.agent.state.conversation_id, conversation_id);

// A state of the client's own stays, and without ours the messages alone tell what it is about.
const second = thread({ initialState: { theme: "dark" }, initialMessages: first.agent.messages.slice(0, 3) });
assert.match(await second.ask("and its accuracy?"), /0\.95/);
assert.equal(second.agent.state.theme, "dark");
assert.notEqual(second.agent.state.conversation_id, conversation_id);

await first.ask("create an experiment called pilot-of-ag-ui");
const [{ token, words }] = first.custom("confirmation");
assert.match(words, /pilot-of-ag-ui/);
const answer = JSON.stringify({ conversation_id, token, agree: true });
const confirmed = await fetch(`${base}/api/v1/chat/confirm`, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: answer });
assert.equal(confirmed.status, 200);

await assert.rejects(thread({ initialState: { conversation_id: "conv_0" } }).ask("and?"));
console.log(`ag-ui: ${told}`);
