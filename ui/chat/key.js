// The API key or token of the person, for a service that wants one. It is kept as long as this tab is open, and sent in a header only.

import { button, made } from "./elements.js";

const KEPT_AS = "trialogue-key";

/** For browsers that keep nothing. */
let known = null;
try {
  known = sessionStorage.getItem(KEPT_AS);
} catch {
  // It is asked for anew after each reload.
}

/** The dialog that is open, as a promise of whether a key was given. */
let asking = null;

const listeners = [];

export const has = () => known !== null;

export const headers = () => (known === null ? {} : { authorization: `Bearer ${known}` });

export const onChange = (listener) => listeners.push(listener);

export function forget() {
  keep(null);
}

/** Asks for a key, saying what was wrong with the last one; resolves to whether one was given. */
export function wanted(wrong) {
  asking ??= ask(wrong).finally(() => {
    asking = null;
  });
  return asking;
}

function keep(key) {
  known = key;
  try {
    if (key === null) sessionStorage.removeItem(KEPT_AS);
    else sessionStorage.setItem(KEPT_AS, key);
  } catch {
    // It holds until the page is loaded again.
  }
  for (const listener of listeners) listener();
}

function ask(wrong) {
  return new Promise((resolve) => {
    const field = made("input", { id: "key", type: "password", autocomplete: "off", spellcheck: "false", required: true, "aria-describedby": "key-note" });
    const form = made(
      "form",
      { method: "dialog" },
      made("h2", { id: "key-title" }, "Who is asking?"),
      made("p", {}, "This service wants an API key or token before it shows anything."),
      wrong ? made("p", { class: "wrong", role: "alert" }, `The last one did not do: ${wrong}.`) : null,
      made("label", { for: "key" }, "Key or token"),
      field,
      made("p", { id: "key-note", class: "note" }, "It is kept until this tab is closed, and nowhere else."),
      made("div", { class: "choices" }, button("Not now", "quiet", () => dialog.close()), made("button", { class: "filled", type: "submit" }, "Continue")),
    );
    const dialog = made("dialog", { "aria-labelledby": "key-title" }, form);
    let isGiven = false;
    form.addEventListener("submit", () => {
      isGiven = true;
      keep(field.value.trim());
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(isGiven);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
