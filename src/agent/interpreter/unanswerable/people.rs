//! People who started no run of the store: their runs are asked for as anybody's are, and there are none.

use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::reading::{Part, Reading, Span};
use crate::domain::filter::{Attribute, Clause, Field, Test, TextMatch};

/// Takes an unknown name where somebody who starts runs is named for a condition on runs.
pub(in crate::agent::interpreter) fn strangers(reading: &mut Reading) {
    if ["experiments", "plot", "metric", "parameter"].iter().any(|meaning| reading.means(meaning))
        || reading.parts().any(|part| matches!(part, Part::Run(_)))
    {
        return;
    }
    let Some(at) = (0..reading.spans.len()).find(|index| is_stranger(reading, *index)) else { return };
    let Some(name) = reading.spans.get(at).and_then(|span| reading.text.get(span.bytes.clone())).map(str::to_owned) else { return };
    let clause = Clause { field: Field::Attribute(Attribute::UserId), test: Test::Text(TextMatch::Eq, name) };
    if let Some(span) = reading.spans.get_mut(at) {
        span.part = Part::Conditions(vec![clause]);
    }
}

/// What is nobody's business of somebody.
const PRIVATE: &str = "old age live lives living home address phone telephone mobile number email mail boss salary earn earns earning paid pay wage birthday born \
    vacation holiday holidays leave sick ill office married wife husband partner kids children family friend friends hobby hobbies lunch dinner promotion fired \
    hired resign quit religion gender height weight tall nice smart single dating appearance";

/// What is thought of somebody.
const JUDGING: &str = "good bad job work hard lazy competent capable skilled skilful reliable talented clever experienced productive careful careless trustworthy \
    trust smart stupid idiot slow fast fun friendly rude honest diligent worth deserve deserves";

/// `how old is ana`, `what does ben look like`: asks about a person and not about what he ran.
pub(in crate::agent::interpreter) fn is_private(reading: &Reading) -> bool {
    let names_person = reading.parts().any(is_person);
    // `is ana any good at her job`: a judgement of somebody.
    let judges = reading.words.first().is_some_and(|word| matches!(word.as_str(), "is" | "was" | "does" | "can" | "should" | "how" | "do"))
        && !reading.parts().any(|part| matches!(part, Part::Anaphor(_)))
        && reading.words.iter().any(|word| has(JUDGING, word));
    let looks_like = reading.words.windows(2).any(|pair| pair == ["look", "like"]);
    // `his job` is no run.
    let is_of_job = reading.says("job") && !reading.means("metric") && reading.metrics().is_empty();
    let says = |word: &str| reading.says(word);
    // `what did ana ask you?`
    let tells = says("you") && ["ask", "asked", "tell", "told", "say", "said", "write", "type", "chat"].iter().any(|word| says(word));
    if names_person && (tells && !reading.speaks_of_store() || asks_only_of_person(reading)) {
        return true;
    }
    names_person
        && (!reading.speaks_of_store() || judges && is_of_job)
        && (looks_like || judges || reading.words.iter().any(|word| has(PRIVATE, word)))
}

/// `are ana and ben a couple`, `should I fire ben?`: asks of somebody what is no run.
fn asks_only_of_person(reading: &Reading) -> bool {
    const ASKING: [&str; 12] = ["is", "are", "was", "were", "does", "do", "should", "would", "could", "can", "will", "did"];
    let said: Vec<&str> =
        reading.words.iter().map(String::as_str).skip_while(|word| matches!(*word, "between" | "us" | "honestly" | "and" | "so")).collect();
    let is_empty = |part: &Part| {
        is_person(part)
            || matches!(part, Part::Filler | Part::Unknown | Part::Number(_) | Part::Meaning("user" | "create" | "compare"))
            || matches!(part, Part::Runs(_)) && !reading.means("run")
    };
    let is_of_user = said.iter().any(|word| {
        is_done(word) || matches!(*word, "user" | "owner" | "author" | "who" | "runs" | "experiments" | "anything" | "something" | "it")
    });
    said.first().is_some_and(|first| ASKING.contains(first))
        && !is_of_user
        && reading.parts().any(is_person)
        && reading.parts().all(is_empty)
}

/// `add ana to it`: lets somebody in.
pub(in crate::agent::interpreter) fn is_let_in(reading: &Reading) -> bool {
    let lets_in = reading.words.iter().take(2).any(|word| matches!(word.as_str(), "add" | "invite" | "admit" | "allow"));
    lets_in && reading.experiment().is_some() && reading.parts().any(is_person) && !reading.means("run")
}

fn is_person(part: &Part) -> bool {
    let is_of_person = |clause: &Clause| clause.field == Field::Attribute(Attribute::UserId);
    // Of several people one part has all conditions, and the others have none.
    matches!(part, Part::Conditions(clauses) if clauses.is_empty() || clauses.iter().any(is_of_person))
}

fn is_stranger(reading: &Reading, index: usize) -> bool {
    let is_unknown = |index: usize| reading.spans.get(index).is_some_and(|span: &Span| span.part == Part::Unknown);
    let word = |place: Option<usize>| {
        place.and_then(|place| reading.spans.get(place)).and_then(|span| reading.words.get(span.words.start)).map_or("", String::as_str)
    };
    let Some(span) = reading.spans.get(index) else { return false };
    let is_alone = is_unknown(index) && !is_unknown(index + 1) && !index.checked_sub(1).is_some_and(is_unknown) && span.words.len() == 1;
    let said = reading.text.get(span.bytes.clone()).unwrap_or_default();
    if !is_alone || !said.chars().all(char::is_alphabetic) {
        return false;
    }
    let (before, after) = (word(index.checked_sub(1)), word(Some(index + 1)));
    let is_plain = reading.metrics().is_empty() && !reading.parts().any(|part| matches!(part, Part::End(..)));
    let sorts = ["sort", "sorted", "rank", "ranked", "order", "ordered", "ranking"].iter().any(|word| reading.says(word));
    // `runs whose owner is zoe`
    let is_owner = matches!(before, "is" | "was") && matches!(word(index.checked_sub(2)), "owner" | "author" | "user");
    let is_by = is_owner
        || before == "user"
        || before == "by" && !sorts && (is_plain && reading.means("run") || is_done(word(index.checked_sub(2))));
    let does = matches!(before, "did" | "has" | "does" | "do") && (is_done(after) || after == "do");
    let owns = reading.text.get(span.bytes.end..).is_some_and(|rest| rest.starts_with("'s") || rest.starts_with("’s"))
        && reading
            .spans
            .iter()
            .skip(index + 1)
            .filter(|span| !matches!(span.part, Part::Filler | Part::End(..) | Part::Runs(_)))
            .take(1)
            .any(|span| span.part == Part::Meaning("run"));
    is_by || does || owns
}

fn is_done(word: &str) -> bool {
    matches!(
        word,
        "run"
            | "ran"
            | "start"
            | "started"
            | "train"
            | "trained"
            | "launch"
            | "launched"
            | "try"
            | "tried"
            | "log"
            | "logged"
            | "make"
            | "made"
            | "submit"
            | "submitted"
            | "own"
            | "owned"
    )
}
