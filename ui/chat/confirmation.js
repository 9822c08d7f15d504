// A write that waits for the person: exactly what would be written, and yes or no.

import { button, made, spoken } from "./elements.js";

/** `isOld` where it is shown from a transcript, which has no token to agree with. */
export function confirmationCard({ token, tool, arguments: given, words, expires_at: expires }, isOld, confirm) {
  const terms = Object.entries(given).flatMap(([name, value]) => [made("dt", {}, name), made("dd", { dir: "auto" }, spoken(value))]);
  const yes = button("Write it", "filled", () => decide(true));
  const no = button("No", "outlined", () => decide(false));
  const time = new Date(expires).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit" });
  const note = made("p", { class: "note" }, isOld || !token ? "This question is not open any more; ask again to write it." : `Nothing is written until you agree. Good until ${time}.`);
  const choices = made("div", { class: "choices" }, yes, no);
  const card = made(
    "section",
    { class: "card confirmation", "aria-label": "Something would be written" },
    made("h3", {}, "May this be written?"),
    made("p", { class: "call-line" }, made("code", {}, tool)),
    made("dl", {}, ...terms),
    note,
    isOld || !token ? null : choices,
  );
  return card;

  function decide(agree) {
    choices.remove();
    note.textContent = agree ? "You agreed." : "You declined; nothing was written.";
    confirm(token, agree, agree ? `Yes. ${words}` : `No. ${words}`);
  }
}
