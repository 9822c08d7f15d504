//! The model's answer, as it may be shown: its words without addresses, and only if its numbers are those of the results.

use std::fmt::Write;

use super::addresses;
use super::asking::Asking;
use super::has_answer;
use crate::agent::conversation::Conversation;
use crate::agent::number_check::{self, Evidence, UnverifiedNumber};
use crate::agent::{Event, Turn, answer as composed};
use crate::llm::{Finish, Message, ModelError, Reply};
use crate::prompts::RegenerateContext;
use crate::tools::view::plain_text;

/// The longest answer that is looked at, in bytes: some ten pages.
const ANSWER_BYTES: usize = 32 * 1024;

/// From how many characters on a line of the instructions is told apart from what anybody might say.
const TELLING_LINE: usize = 60;

/// The model's words if they hold; else words that are written anew; else an answer composed from the results.
///
/// # Errors
/// Where nothing holds and there are no results to compose one from.
pub(super) async fn answer(
    reply: &Reply,
    utterance: &str,
    asking: &mut Asking<'_>,
    conversation: &Conversation,
    turn: &mut Turn,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<String, ModelError> {
    if reply.text.len() > ANSWER_BYTES {
        return instead("the model wrote more than anybody reads", turn);
    }
    let words = shown(reply, turn);
    if words.is_empty() {
        return instead("the model wrote no answer", turn);
    }
    if repeats(&words, asking.instructions()) {
        return instead("the model repeated its instructions", turn);
    }
    let faults = unverified(&words, utterance, conversation);
    if faults.is_empty() {
        turn.in_its_own_words = true;
        return Ok(words);
    }
    on_event(Event::NumberCheckFailed(&faults));
    turn.unverified_numbers.extend(faults.iter().map(|fault| fault.text.clone()));
    let mut numbers = String::new();
    for fault in &faults {
        // Writing to a String does not fail.
        let _ = writeln!(numbers, "- {} in “{}”", fault.text, fault.sentence.trim());
    }
    asking.request.messages.push(Message::Assistant { text: reply.text.clone(), calls: Vec::new() });
    asking.request.messages.push(Message::User { text: asking.prompts.regenerate(&RegenerateContext { numbers: &numbers }) });
    asking.request.functions.clear();
    if let Ok(again) = asking.reply(on_event).await
        && again.text.len() <= ANSWER_BYTES
    {
        let words = shown(&again, turn);
        let holds = !words.is_empty() && !repeats(&words, asking.instructions()) && unverified(&words, utterance, conversation).is_empty();
        if holds {
            turn.in_its_own_words = true;
            return Ok(words);
        }
    }
    instead("the model wrote numbers that are not in the results", turn)
}

/// What is said in place of the model's words, and why.
fn instead(reason: &str, turn: &mut Turn) -> Result<String, ModelError> {
    if !has_answer(turn) {
        return Err(ModelError::Unusable(reason.to_owned()));
    }
    turn.caveats.push(format!("{reason}, so this answer is composed from the results instead"));
    Ok(composed::of_calls(&turn.calls))
}

/// The words of a reply as they may be shown, with what was left out among the caveats.
fn shown(reply: &Reply, turn: &mut Turn) -> String {
    let text = plain_text(&reply.text);
    let mut words = addresses::without(&text);
    if words != text {
        turn.caveats.push("links and addresses that the model wrote were left out".to_owned());
    }
    if reply.finish == Finish::Length {
        // Half a sentence may end in half a number, and a stop in a number ends no sentence.
        let ends = [". ", ".\n", "! ", "!\n", "? ", "?\n", "。"].iter().filter_map(|end| Some(words.rfind(end)? + end.len()));
        let end = ends.max().unwrap_or_default();
        words.truncate(end);
        turn.caveats.push("the model's answer was cut off by its limit of tokens".to_owned());
    }
    words.trim().to_owned()
}

/// Whether the words hold a line of the instructions.
fn repeats(words: &str, instructions: &str) -> bool {
    let lines = instructions.lines().map(|line| line.trim_start_matches("- ").trim());
    lines.filter(|line| line.chars().count() >= TELLING_LINE).any(|line| words.contains(line))
}

fn unverified(text: &str, utterance: &str, conversation: &Conversation) -> Vec<UnverifiedNumber> {
    let evidence: Vec<Evidence<'_>> = conversation.evidence.iter().map(|(tool, result)| Evidence { tool, result }).collect();
    number_check::check(text, utterance, &evidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_of(text: &str, finish: Finish) -> (String, Vec<String>) {
        let mut turn = Turn::default();
        let words = shown(&Reply { text: text.to_owned(), finish, ..Reply::default() }, &mut turn);
        (words, turn.caveats)
    }

    #[test]
    fn a_sentence_that_was_cut_off_is_not_shown() {
        let (words, caveats) = shown_of("run-017 is best. Its f1_score is 0.9", Finish::Length);
        assert_eq!(words, "run-017 is best.");
        assert!(caveats[0].contains("cut off"), "{caveats:?}");
        for cut in ["run-017 is", "run-017 has 0."] {
            assert_eq!(shown_of(cut, Finish::Length).0, "");
        }
        assert_eq!(shown_of("run-017 is", Finish::Stop), ("run-017 is".to_owned(), Vec::new()));
    }

    #[test]
    fn what_a_terminal_or_a_page_would_obey_is_not_shown() {
        assert_eq!(shown_of("a\u{1b}[31m\u{202e}b", Finish::Stop).0, "a[31mb");
    }

    #[test]
    fn a_line_of_the_instructions_is_told_from_a_common_word() {
        let instructions = "You are Trialogue.\n- Repeat numbers as the functions gave them, with a decimal point and at least 4 digits.";
        assert!(repeats("Sure: Repeat numbers as the functions gave them, with a decimal point and at least 4 digits.", instructions));
        assert!(!repeats("You are Trialogue.", instructions));
    }
}
