// What went wrong, told kindly: what happened, what can be done about it, and a button that does it.

import { button, made, named } from "./elements.js";

/** What is told by the problem's code. */
const BY_CODE = {
  unreachable: ["Trialogue does not answer", "The page cannot reach its service. It may be starting again, or the network is away."],
  cut: ["The answer was cut off", "The connection ended before the answer did. Nothing was changed by it."],
  rate_limited: ["A little too fast", "There were many questions in the last minute."],
  too_many_calls: ["One thing at a time", "Several of your questions are being answered already."],
  overloaded: ["Busy just now", "The service has more to do than it can, for the moment."],
  turn_under_way: ["Still answering", "A question of this conversation is being answered, perhaps in another window."],
  turn_timed_out: ["This took too long", "The answer was given up. A narrower question may be quicker."],
  no_such_conversation: ["This conversation is gone", "It was deleted, has expired, or belongs to somebody else."],
  store_unavailable: ["The tracking store does not answer", "Trialogue is well, but the store behind it cannot be reached."],
  store_busy: ["The tracking store is busy", "Somebody writes to it just now."],
  store_timed_out: ["The tracking store is slow", "It did not answer in time."],
  store_denied: ["The tracking store refuses Trialogue", "Its credentials for the store do not do."],
  confirmation_expired: ["Too late to agree", "The question was open for ten minutes, and nothing was written."],
  confirmation_used: ["Answered already", "This question was answered before, and nothing more was written."],
  confirmation_invalid: ["This cannot be agreed to", "Nothing was written."],
  uncertain: ["Nobody knows whether it was written", "The store did not answer. Look before you ask for it again."],
  state_unavailable: ["Conversations cannot be kept now", "The place where Trialogue keeps them does not answer."],
};

/** And else by its status. */
const BY_STATUS = {
  400: ["This cannot be asked", "Something about the question is not right."],
  401: ["A key is needed", "This service answers only who says who he is."],
  403: ["You may not do this", "Your key allows less than this needs."],
};

const OTHERWISE = ["Something went wrong", "It is our fault rather than yours."];

/** What needs no more words than ours. */
const SAID = new Set(["unreachable", "cut", "rate_limited", "too_many_calls", "overloaded", "turn_under_way", "turn_timed_out", "no_such_conversation"]);

/** What is not asked for a second time without a thought. */
const ONCE = new Set(["confirmation_expired", "confirmation_used", "confirmation_invalid", "uncertain", "turn_timed_out"]);

/** What can be tried again as it is. */
const isWorthAnotherTry = ({ status, code }) => !ONCE.has(code) && ([0, 401, 409, 429].includes(status) || status >= 500);

/** A card about `problem`; `again` tries once more, and `anew` is another way out. */
export function troubled(problem, { again = null, anew = null }) {
  const [title, words] = BY_CODE[problem.code] ?? BY_STATUS[problem.status] ?? OTHERWISE;
  const detail = problem.message && !SAID.has(problem.code) ? made("p", { class: "detail", dir: "auto" }, ...named(problem.message)) : null;
  const retry = again && isWorthAnotherTry(problem) ? button("Try again", "outlined", again) : null;
  if (retry && problem.retryAfter) wait(retry, problem.retryAfter);
  const choices = retry || anew ? made("div", { class: "choices" }, retry, anew) : null;
  return made("section", { class: "card trouble", role: "alert" }, made("h3", {}, title), made("p", {}, words), detail, choices);
}

/** Lets a button be pressed when the service said that it may help. */
function wait(retry, seconds) {
  let left = Math.min(seconds, 3600);
  const tell = () => {
    retry.disabled = left > 0;
    retry.textContent = left > 0 ? `Try again in ${left} s` : "Try again";
    left -= 1;
    if (left >= 0) setTimeout(tell, 1000);
  };
  tell();
}
