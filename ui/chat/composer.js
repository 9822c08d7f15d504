// Where questions are written, and the keys of the page.

import { byId } from "./elements.js";

const field = byId("question");

/** What was asked, for the arrow keys; `at` is where in it we are. */
const asked = [];
let at = 0;
let isBusy = false;

export function start({ ask, stop }) {
  const submit = () => {
    const question = field.value.trim();
    if (question === "" || isBusy) return;
    remember(question);
    write("");
    ask(question);
  };
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  byId("stop").addEventListener("click", stop);
  field.addEventListener("input", fit);
  field.addEventListener("keydown", (event) => {
    // Enter that chooses a word of an input method asks nothing.
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "ArrowUp" && (field.value === "" || field.value === asked[at])) {
      if (step(-1)) event.preventDefault();
    } else if (event.key === "ArrowDown" && field.value !== "" && field.value === asked[at]) {
      if (step(1)) event.preventDefault();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isBusy && !document.querySelector("dialog[open]")) stop();
    const isElsewhere = !event.target.closest?.("input, textarea, select, dialog");
    const isSlash = event.key === "/" && isElsewhere && !event.ctrlKey && !event.metaKey && !event.altKey;
    const isK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (isSlash || isK) {
      event.preventDefault();
      focus();
    }
  });
  fit();
}

/** `busy` while a turn is under way, else `free`. */
export function setBusy(state) {
  isBusy = state === "busy";
  byId("send").hidden = isBusy;
  byId("stop").hidden = !isBusy;
}

/** Where there is no keyboard of its own, focus would open one over the answer. */
export function focus() {
  if (window.matchMedia("(pointer: fine)").matches) field.focus({ preventScroll: true });
}

/** Takes in a question that was asked without being written here. */
export function remember(question) {
  if (asked.at(-1) !== question) asked.push(question);
  at = asked.length;
}

function step(by) {
  if (at + by < 0 || at + by > asked.length) return false;
  at += by;
  write(asked[at] ?? "");
  return true;
}

function write(text) {
  field.value = text;
  fit();
}

/** As high as what stands in it; the style sheet says how high at most. */
function fit() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
