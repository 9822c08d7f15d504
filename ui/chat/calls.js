// The calls of a turn: one line while they are made, and folded below the answer what each was and how long it took.

import { lasted, made, named, spoken } from "./elements.js";

export function callList() {
  const status = made("span", {}, "Reading the question");
  const working = made("p", { class: "working" }, made("span", { class: "pulse", "aria-hidden": "true" }), status);
  const summary = made("summary", {});
  const body = made("div", { class: "calls" });
  const list = made("details", { class: "fold", hidden: true }, summary, body);
  const done = [];
  let cost = "";
  let who = "";

  return {
    working,
    list,
    planned: (planner) => {
      who = planner;
      if (planner !== "builtin") status.textContent = "The model reads the question";
    },
    started: ({ tool }) => {
      status.textContent = `Calling ${tool}`;
    },
    ended: (call) => {
      done.push(call);
      status.textContent = "Writing the answer";
      body.append(shown(call));
    },
    used: ({ input_tokens: read, output_tokens: written }) => {
      cost = `${(read + written).toLocaleString("en")} tokens`;
    },
    finished: ({ planner }) => {
      working.remove();
      list.hidden = done.length === 0;
      const total = done.reduce((sum, call) => sum + call.took_ms, 0);
      const names = [...new Set(done.map((call) => call.tool))].join(", ");
      const counted = done.length === 1 ? "1 call" : `${done.length} calls`;
      const by = (planner ?? who) === "builtin" ? "" : (planner ?? who);
      summary.replaceChildren(made("span", {}, counted), ...[names, lasted(total), by, cost].filter(Boolean).map((words) => made("span", { class: "of" }, words)));
    },
  };
}

function shown({ tool, arguments: given, ok, result, error, took_ms: took }) {
  const terms = Object.entries(given).flatMap(([name, value]) => [made("dt", {}, name), made("dd", { dir: "auto" }, spoken(value))]);
  return made(
    "section",
    { class: "call" },
    made("h3", {}, made("code", {}, tool), fate(ok, error, took)),
    terms.length > 0 ? made("dl", {}, ...terms) : made("p", { class: "note" }, "without arguments"),
    ok || waits(error) ? null : made("p", { class: "wrong", dir: "auto" }, ...named(error?.message ?? "")),
    result === undefined ? null : raw(result),
  );
}

/** What came of a call. */
function fate(ok, error, took) {
  if (ok) return made("span", { class: "of" }, lasted(took));
  if (waits(error)) return made("span", { class: "of" }, "waits for your consent");
  return made("span", { class: "of wrong" }, `${error?.code ?? "refused"} · ${lasted(took)}`);
}

const waits = (error) => error?.code === "needs_confirmation";

/** The result as it came; written when it is first looked at, for it may be long. */
function raw(result) {
  const text = made("pre", { tabindex: "0", role: "region", "aria-label": "The result as JSON" });
  return made(
    "details",
    {
      class: "raw",
      ontoggle: () => {
        if (text.textContent === "") text.textContent = JSON.stringify(result, null, 2);
      },
    },
    made("summary", {}, "Result"),
    text,
  );
}
