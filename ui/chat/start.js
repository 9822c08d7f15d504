// Puts the page together: a question goes from the composer to a turn, and the conversation into the list of past ones.

import { button, byId, save } from "./elements.js";
import * as composer from "./composer.js";
import * as experiments from "./experiments.js";
import * as key from "./key.js";
import * as past from "./past.js";
import * as service from "./service.js";
import * as welcome from "./welcome.js";
import { keepDrawingsInStep } from "./chart.js";
import { troubled } from "./trouble.js";
import { showTurn } from "./turn.js";

/** The conversation that is open; `null` until its first turn is done. */
let conversation = null;
/** Ends the turn that is under way, if one is. */
let underWay = null;
/** Counts what was opened, so that what came too late stays away. */
let openings = 0;

const turns = byId("turns");

function begin() {
  leave();
  conversation = null;
  turns.replaceChildren();
  byId("export").hidden = true;
  experiments.leave();
  past.mark(null);
  document.title = "Trialogue";
  welcome.show();
}

function leave() {
  openings += 1;
  underWay?.abort();
  underWay = null;
  composer.setBusy("free");
}

/** Takes a turn: sends `body` to `path` and shows what comes as an answer to `question`. */
async function take(path, body, question) {
  if (underWay) return;
  welcome.hide();
  const own = openings;
  const abort = new AbortController();
  underWay = abort;
  composer.setBusy("busy");
  dropSuggestions();
  const turn = showTurn(turns, question, hands);
  turn.bringUp();
  turn.retry(again);
  const started = conversation;
  try {
    await service.stream(path, { ...body, ...(started ? { conversation_id: started } : {}) }, abort.signal, turn.hear);
    if (!turn.isOver()) turn.fail(new service.Problem({ code: "cut", detail: "The answer ended before it was complete." }), again);
  } catch (error) {
    if (error.name === "AbortError") turn.stopped(again);
    else turn.fail(error, again);
  } finally {
    if (own === openings) {
      underWay = null;
      composer.setBusy("free");
      composer.focus();
    }
  }

  function again() {
    turn.remove();
    take(path, body, question);
  }
}

function ask(question) {
  take("api/v1/chat", { message: question, chart: "vega_lite", ...experiments.wish() }, question);
}

/** What a turn can set in motion. */
const hands = {
  ask,
  confirm: (token, agree, question) => take("api/v1/chat/confirm", { token, agree }, question),
  startAnew: (question) => {
    history.replaceState(null, "", location.pathname);
    begin();
    ask(question);
  },
  share: async (number, conversationId) => {
    const file = await service.file(`api/v1/conversations/${conversationId}/turns/${number}/page`, "text/html");
    save(file, `trialogue-answer-${number}.html`);
  },
  done: ({ conversation_id: id, question, turn: number }) => {
    conversation = id;
    byId("export").hidden = false;
    if (number === 1) document.title = `${question} – Trialogue`;
    if (location.hash !== `#${id}`) history.replaceState(null, "", `#${id}`);
    past.refresh(id);
  },
  focus: experiments.follow,
  examples: welcome.examples,
};

function dropSuggestions() {
  for (const old of turns.querySelectorAll(".suggestions")) old.remove();
}

/** Opens the conversation that the address names, or a new one. */
async function open() {
  const id = location.hash.slice(1);
  if (!/^conv_[0-9a-f]+$/.test(id)) return begin();
  if (id === conversation) return;
  leave();
  const own = openings;
  try {
    const kept = await service.json(`api/v1/conversations/${id}`);
    if (own !== openings) return;
    welcome.hide();
    turns.replaceChildren();
    conversation = id;
    byId("export").hidden = false;
    document.title = `${kept.title} – Trialogue`;
    experiments.leave();
    for (const turn of kept.turns) showTurn(turns, turn.question, hands).replay(turn, id, turn === kept.turns.at(-1) ? "last" : "earlier");
    welcome.learn();
    past.mark(id);
    turns.lastElementChild?.scrollIntoView({ block: "start" });
    composer.focus();
  } catch (problem) {
    if (own !== openings) return;
    welcome.hide();
    turns.replaceChildren(troubled(problem, { again: open, anew: button("New conversation", "outlined", toNew) }));
  }
}

function toNew() {
  history.pushState(null, "", location.pathname);
  begin();
  composer.focus();
}

async function exportConversation() {
  try {
    const file = await service.file(`api/v1/conversations/${conversation}/export`, "application/json");
    save(file, `${conversation}.json`);
  } catch (problem) {
    turns.append(troubled(problem, { again: exportConversation }));
  }
}

function showTheme() {
  byId("theme").textContent = theme.isDark() ? "Light colours" : "Dark colours";
}

composer.start({ ask, stop: () => underWay?.abort() });
past.start({ gone: (id) => id === conversation && toNew() });
welcome.start({ ask });
experiments.start({ picked: welcome.about });
keepDrawingsInStep();
byId("new").addEventListener("click", toNew);
byId("export").addEventListener("click", exportConversation);
byId("theme").addEventListener("click", () => theme.toggle());
theme.onChange(showTheme);
showTheme();
key.onChange(() => {
  byId("forget-key").hidden = !key.has();
});
byId("forget-key").hidden = !key.has();
byId("forget-key").addEventListener("click", () => {
  key.forget();
  history.replaceState(null, "", location.pathname);
  location.reload();
});
window.addEventListener("hashchange", open);
await open();
past.refresh(conversation);
