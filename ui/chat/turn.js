// A turn on the page: the question, and below it the answer as it comes. Live events and kept turns are shown by the same code.
// Nothing moves what stands already: while tools are called only their list grows, and all that comes after is put at the end.

import { button, byId, lasted, made, named, unbroken, written } from "./elements.js";
import { callList } from "./calls.js";
import { chartCard } from "./chart.js";
import { confirmationCard } from "./confirmation.js";
import { eventsOf } from "./kept.js";
import { sortableTable } from "./table.js";
import { Problem } from "./service.js";
import { troubled } from "./trouble.js";

/** A longer question is no headline. */
const LONG = 90;

/** A spoken answer is read in one go. */
const LONGEST_SAID = 1200;

/** Adds a turn about `question` to `place`; `hands` are what it can set in motion. */
export function showTurn(place, question, hands) {
  const calls = callList();
  const parts = {
    notices: made("div", { class: "notices" }),
    answer: made("div", { class: "answer" }),
    results: made("div", { class: "results" }),
    caveats: made("ul", { class: "caveats", "aria-label": "What to bear in mind" }),
    end: made("div", { class: "end" }),
  };
  const article = made(
    "article",
    { class: "turn", "aria-busy": "true" },
    made("h2", { class: question.length > LONG ? "question long" : "question", dir: "auto" }, ...unbroken(question)),
    parts.notices,
    calls.working,
    parts.answer,
    parts.results,
    parts.caveats,
    calls.list,
    parts.end,
  );
  place.append(article);

  let text = "";
  let planners = 0;
  let isOver = false;
  let isReplayed = false;
  const tables = new Map();
  const held = [];
  let live = { id: null };

  const hear = (event) => {
    const take = takes[event.type];
    // An event of a later version is no fault.
    if (take) take(event);
  };

  const takes = {
    planner: ({ planner, conversation_id: id }) => {
      live.id = id ?? live.id;
      planners += 1;
      if (planners > 1) notice("The model did not answer, so the built-in interpreter does.");
      calls.planned(planner);
    },
    call_started: (call) => calls.started(call),
    call_result: (call) => {
      calls.ended(call);
      if (call.table) tables.set(call.call, call.table);
      if (call.table) held.push(() => showTable(call));
      if (call.resolved?.experiment) hands.focus(call.resolved.experiment);
    },
    chart: ({ call, vega_lite: spec }) => {
      // The chart stands above the table of its call, which is folded then.
      const shownTable = tables.get(call);
      held.splice(Math.max(0, held.length - (shownTable ? 1 : 0)), shownTable ? 1 : 0, () => showChart(call, spec, shownTable));
    },
    number_check: ({ unverified_numbers: numbers }) => {
      const counted = numbers.length === 1 ? "a number" : "numbers";
      notice(`The model wrote ${counted} that no result holds (${numbers.join(", ")}); the answer is without.`);
    },
    text_delta: ({ text: piece }) => {
      text += piece;
      parts.answer.replaceChildren(...prose.elements(text).map(readable));
    },
    caveat: ({ text: words }) => parts.caveats.append(made("li", { dir: "auto" }, ...named(words))),
    confirmation: (confirmation) => parts.results.append(confirmationCard(confirmation, isReplayed, hands.confirm)),
    usage: (usage) => calls.used(usage),
    done: (done) => {
      end();
      calls.finished(done);
      showHeld();
      actions(done);
      if (!isReplayed) {
        suggest(done.suggestions ?? []);
        say(done.answer);
        hands.done({ ...done, question });
      }
    },
    error: ({ problem }) => fail(new Problem(problem), null),
  };
  let onAgain = () => {};

  function notice(words) {
    parts.notices.append(made("p", { class: "notice" }, words));
  }

  function showHeld() {
    for (const show of held.splice(0)) show();
  }

  function showTable({ tool, table }) {
    parts.results.append(sortableTable(table, tool, "open"));
  }

  function showChart(call, spec, table) {
    parts.results.append(chartCard(spec, text));
    if (table) parts.results.append(sortableTable(table, "the chart", "folded"));
  }

  function end() {
    isOver = true;
    article.removeAttribute("aria-busy");
  }

  function actions({ turn: number, conversation_id: id, took_ms: took }) {
    const share = button("Save as HTML", "quiet", async () => {
      share.disabled = true;
      try {
        await hands.share(number, id);
      } catch (problem) {
        parts.end.append(troubled(problem, {}));
      }
      share.disabled = false;
    });
    const copy = button("Copy", "quiet", async () => {
      await navigator.clipboard?.writeText(text).catch(() => {});
      copy.textContent = "Copied";
      setTimeout(() => (copy.textContent = "Copy"), 1500);
    });
    parts.end.append(made("div", { class: "actions" }, share, copy, made("span", { class: "took" }, lasted(took))));
  }

  /** Where little follows from the answer, what one could begin with. */
  function suggest(suggestions) {
    const all = suggestions.length < 2 ? [...new Set([...suggestions, ...hands.examples()])] : suggestions;
    if (all.length === 0) return;
    const items = all.map((words) => made("li", {}, made("button", { type: "button", class: "suggestion", onclick: () => hands.ask(words) }, ...unbroken(words))));
    parts.end.append(made("ul", { class: "suggestions", "aria-label": "What you could ask next" }, ...items));
  }

  function fail(problem, again) {
    end();
    calls.finished({});
    showHeld();
    const anew = problem.code === "no_such_conversation" ? button("Ask in a new conversation", "outlined", () => hands.startAnew(question)) : null;
    parts.end.append(troubled(problem, { again: again ?? onAgain, anew }));
  }

  function say(words) {
    byId("said").textContent = words.slice(0, LONGEST_SAID);
  }

  return {
    hear,
    isOver: () => isOver,
    remove: () => article.remove(),
    /** Shows a turn as the transcript has it; what could be asked next follows from the `last` one. */
    replay: (turn, id, rank) => {
      isReplayed = true;
      for (const event of eventsOf(turn, id)) hear(event);
      if (rank === "last") suggest(turn.suggestions ?? []);
    },
    /** Puts the question where reading begins, and room below it for the answer. */
    bringUp: () => {
      for (const other of place.querySelectorAll(".latest")) other.classList.remove("latest");
      article.classList.add("latest");
      say("Answering");
      article.scrollIntoView({ block: "start", behavior: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    },
    /** What "try again" does, for problems that come as events. */
    retry: (again) => {
      onAgain = again;
    },
    fail,
    stopped: (again) => {
      end();
      calls.finished({});
      parts.end.append(made("p", { class: "notice" }, "Stopped. ", button("Ask again", "quiet", again)));
      say("Stopped");
    },
  };
}

/** A part of an answer: a wide table scrolls by itself, and names are set apart. */
function readable(element) {
  if (element.localName === "table") return made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" }, element);
  for (const place of element.localName === "p" ? [element] : element.children) place.replaceChildren(...written(place.textContent));
  return element;
}
