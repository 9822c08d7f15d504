// Which experiment questions are about: the one that the last answer was about, until the reader picks another.

import { byId, made } from "./elements.js";

const picker = byId("experiment");

/** What the reader picked and no question has taken along yet. */
let picked = null;

export function start(hands) {
  picker.addEventListener("change", () => {
    picked = picker.value || null;
    hands.picked(picked);
  });
}

/** Offers these experiments. */
export function offer(experiments) {
  for (const { id, name } of experiments) include(id, name);
}

/** What a question takes along. */
export function wish() {
  const experiment = picked;
  picked = null;
  return experiment ? { experiment } : {};
}

/** Shows what an answer was about. */
export function follow({ id, name }) {
  if (picked) return;
  include(id, name);
  picker.value = id;
}

/** Forgets what was talked about. */
export function leave() {
  picked = null;
  picker.value = "";
}

function include(id, name) {
  if ([...picker.options].some((option) => option.value === id)) return;
  picker.append(made("option", { value: id }, name));
}
