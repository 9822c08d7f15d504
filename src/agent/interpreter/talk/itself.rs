//! Questions to Trialogue about itself: `do you learn from what I type`, `are you connected to anything?`.

use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::reading::{Part, Reading, Span};

/// What an assistant is asked of itself.
const OF_ASSISTANTS: &str = "learn learning remember remembering forget store save keep record log hear see listen understand speak connected trained online real alive there able \
    live based sleep think feel dream awake listening watching recording hallucinate lie human robot machine bot ai person model offline internet conversation type say said tell share spy \
    sentient conscious free updated smart certain confident sure busy tired happy feelings opinion opinions access name family emotions soul body paid live age old sleep eat";

/// Whether somebody asks about Trialogue and about nothing of the store.
pub(in super::super) fn is_asked(reading: &Reading) -> bool {
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    let to_it = matches!(
        words.as_slice(),
        ["do" | "are" | "can" | "did" | "will" | "were" | "have" | "could" | "would", "you" | "u", ..]
            | ["where" | "when" | "how" | "why", "do" | "are" | "can" | "did" | "were", "you", ..]
            | ["what" | "where", _, "do" | "are" | "can", "you", ..]
    );
    let of_typing = matches!(words.as_slice(), ["what" | "who" | "where" | "how" | "is" | "are", ..])
        && words.windows(2).any(|pair| {
            matches!(
                pair,
                ["i" | "we", "type" | "write" | "say" | "ask" | "typed" | "tell"] | ["my", "questions" | "messages" | "input" | "chats"]
            )
        });
    let says = words.iter().any(|word| has(OF_ASSISTANTS, word));
    // `do you learn …`, in a store with a `learning_rate`.
    let is_said_of_it = |span: &Span| to_it && span.words.contains(&2) && span.words.len() == 1;
    let is_free = |part: &Part| match part {
        Part::Filler | Part::Unknown | Part::Anaphor(_) | Part::Number(_) | Part::Conditions(_) => true,
        Part::Meaning(meaning) => {
            matches!(
                *meaning,
                "describe"
                    | "user"
                    | "start"
                    | "store"
                    | "show"
                    | "run"
                    | "create"
                    | "perform"
                    | "compare"
                    | "details"
                    | "impact"
                    | "experiments"
            )
        }
        _ => false,
    };
    // `are you a search engine?`, `does it bother you that I ask so much?`
    let of_nature = matches!(words.as_slice(), ["are" | "were", "you", ..]) && reading.text.contains('?')
        || matches!(words.as_slice(), ["does" | "do" | "did" | "is", "it" | "this" | "that", ..])
            && words.iter().skip(2).take(3).any(|word| *word == "you")
            && reading.parts().any(|part| *part == Part::Unknown);
    let asks_for_it = words.iter().any(|word| matches!(*word, "runs" | "run" | "experiments" | "models"));
    // `could you plot it on a log scale?`
    (to_it && says || of_typing || of_nature)
        && !asks_for_it
        && !reading.plots()
        && reading.spans.iter().all(|span| is_free(&span.part) || is_said_of_it(span))
}
