// A model for promptfoo that makes the calls a case expects (`gold`), or calls nothing and says nothing (`silent`), as its `config.does` says.

export default class Model {
  constructor(options) {
    this.does = options.config.does;
  }

  id() {
    return this.does;
  }

  async callApi(_prompt, context) {
    const { calls } = context.test.metadata;
    if (this.does === "silent") return { output: "" };
    if (calls.length === 0) return { output: words(context.test.assert) };
    return {
      output: calls.map((call, index) => ({
        id: `call_${index}`, type: "function", function: { name: call.name, arguments: JSON.stringify(call.arguments) },
      })),
    };
  }
}

// What an answer must say.
function words(assertions) {
  return assertions.filter(one => one.type === "icontains-any").map(one => one.value[0]).join(", ");
}
