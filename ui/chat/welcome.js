// The first screen: what this is, over which store, and what can be asked of it.

import { byId, made, unbroken } from "./elements.js";
import * as composer from "./composer.js";
import * as experiments from "./experiments.js";
import * as service from "./service.js";
import { troubled } from "./trouble.js";

/** What one could begin with; nothing until the service told. */
let begin = [];

const section = byId("welcome");
let ask;

export function start(hands) {
  ask = hands.ask;
}

export const examples = () => begin;

export function hide() {
  section.hidden = true;
}

export function show() {
  section.hidden = false;
  return about(null);
}

/** What can be asked of an experiment, or of all; whoever reads an answer is not disturbed. */
export async function about(experiment) {
  if (section.hidden) return;
  byId("welcome-trouble").replaceChildren();
  try {
    tell(await service.json(`api/v1/chat/start${experiment ? `?experiment=${encodeURIComponent(experiment)}` : ""}`));
  } catch (problem) {
    byId("store").textContent = "";
    byId("welcome-trouble").replaceChildren(troubled(problem, { again: () => about(experiment) }));
  }
}

/** Learns what there is without showing it, for who begins with a conversation of before. */
export async function learn() {
  const told = await service.json("api/v1/chat/start").catch(() => null);
  if (!told) return;
  begin = told.suggestions;
  experiments.offer(told.experiments);
}

function tell({ store, experiment_count: count, experiments: known, suggestions }) {
  begin = suggestions;
  experiments.offer(known);
  const counted = count === 1 ? "1 experiment" : `${count.toLocaleString("en")} experiments`;
  byId("store").replaceChildren(made("span", { class: "dot" }), `Connected to ${store}`, made("span", { class: "count" }, counted));
  byId("examples-title").hidden = suggestions.length === 0;
  byId("examples").replaceChildren(...suggestions.map((words) => made("li", {}, example(words))));
  if (count === 0) byId("welcome-trouble").replaceChildren(empty());
}

function example(words) {
  return made("button", { type: "button", class: "example", onclick: () => choose(words) }, ...unbroken(words));
}

function choose(words) {
  composer.remember(words);
  ask(words);
}

function empty() {
  return made(
    "div",
    { class: "card" },
    made("h3", {}, "There is nothing here yet"),
    made("p", {}, "This store has no experiments that you may see. Train something with MLflow, or let one be made here."),
  );
}
