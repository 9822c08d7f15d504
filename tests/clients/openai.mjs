// Talks with the service as with a model of OpenAI's, by OpenAI's own client, and checks what it gets.
//
//     node openai.mjs BASE KEY
import assert from "node:assert/strict";
import OpenAI from "openai";

const [base, key] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: key, maxRetries: 0 });
const question = { role: "user", content: "Which run had the highest F1 score?" };

const models = (await client.models.list()).data.map((model) => model.id);
assert.deepEqual(models, ["trialogue", "trialogue-text"]);

const whole = await client.chat.completions.create({ model: "trialogue", messages: [question] });
const { content } = whole.choices[0].message;
assert.match(content, /run-017.*0\.912/);
assert.match(content, /\n\n```vega-lite\n\{/);
assert.equal(whole.choices[0].finish_reason, "stop");

const pieces = [];
let usage;
const streamed = await client.chat.completions.create({ model: "trialogue", messages: [question], stream: true, stream_options: { include_usage: true } });
for await (const chunk of streamed) {
    pieces.push(chunk.choices[0]?.delta?.content ?? "");
    usage = chunk.usage ?? usage;
}
assert.equal(pieces.join(""), content);
assert.equal(usage.total_tokens, 0);

const messages = [question, { role: "assistant", content }, { role: "user", content: "and its accuracy?" }];
const followed = await client.chat.completions.create({ model: "trialogue-text", messages });
assert.match(followed.choices[0].message.content, /0\.95/);

// The library's own way to put a stream together again.
const final = await client.chat.completions.stream({ model: "trialogue-text", messages }).finalContent();
assert.equal(final, followed.choices[0].message.content);

await assert.rejects(client.chat.completions.create({ model: "gpt-5", messages }), OpenAI.NotFoundError);
await assert.rejects(new OpenAI({ baseURL: `${base}/v1`, apiKey: "no", maxRetries: 0 }).models.list(), OpenAI.AuthenticationError);
console.log("openai: whole, streamed, followed up, refused");
