//! Wishes that say with many words what little is to change in the answer before: "I'd rather see ten", "I only care about the lags
//! parameter", "could you do it with the latest five?", "it should be ranked by AUC".

use crate::agent::conversation::Conversation;
use crate::agent::interpreter::lexicon::has;
use crate::domain::reference::placed_words;

/// The longest that may remain of a wish, in words: what is longer is a question of its own.
const LONGEST: usize = 7;

/// Words before a wish that add nothing to it.
const COURTESIES: &str = "please now then so ok okay and but well also hm actually maybe perhaps too";

/// Words of which the beginning of a wish is made: who wishes, the verb, and what is between and behind them.
const WISHING: &str = "i we me us d would will ll m am do need want prefer like see have get know look looking at to for about care interested \
    in rather really just only show give list tell let display keep use take try can could you it that this them be should must ranked sorted \
    ordered with on of by same thing question instead make go repeat again run did done mean meant";

/// Verbs of which a wish has one.
const VERBS: &str =
    "need want prefer like see have get care interested show give list tell display keep use take try be do make go repeat look run";

/// What the wish leaves of the answer before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Nothing but this.
    Only,
    /// This in the place of something.
    Instead,
    /// This beside the rest.
    Also,
}

/// What is wished, as shortly as it can be said: `ten instead`, `only the lags parameter`. Absent where nothing was answered yet, and for
/// what is no such wish.
pub(in crate::agent::interpreter) fn shortened(question: &str, conversation: &Conversation) -> Option<String> {
    conversation.last_call.as_ref()?;
    let question = question.trim_end_matches(['.', '!', '?', ' ']);
    let words = placed_words(question);
    let said = |place: usize| words.get(place).map_or("", |(word, _)| word.as_str());
    let courtesies = (0..words.len()).find(|place| !has(COURTESIES, said(*place)))?;
    let start = if (said(courtesies), said(courtesies + 1)) == ("what", "if") { courtesies + 2 } else { courtesies };
    // What is wished begins behind the last word of the beginning; `the best` and `it` belong to it.
    let is_of_beginning = |place: usize| has(WISHING, said(place)) || said(place) == "the" && said(place + 1) == "same";
    let end = (start..words.len()).find(|place| !is_of_beginning(*place))?;
    let head: Vec<&str> = (start..end).map(said).collect();
    let (tail, trailing) = without_tail(&words, end);
    let manner = manner(&head, &trailing)?;
    let (first, last) = (words.get(end)?, words.get(tail.checked_sub(1)?)?);
    let rest = question.get(first.1.start..last.1.end)?;
    // `ranked by AUC, not accuracy`: what is denied is what was answered.
    let rest = rest.split_once(", not ").map_or(rest, |(wished, _)| wished);
    if tail - end > LONGEST || !head.iter().any(|word| has(VERBS, word)) && manner == Manner::Instead {
        return None;
    }
    Some(match manner {
        Manner::Only => format!("only {rest}"),
        Manner::Instead => format!("{rest} instead"),
        Manner::Also => format!("also {rest}"),
    })
}

/// In which manner something is wished; absent where the words ask anew.
fn manner(head: &[&str], trailing: &[&str]) -> Option<Manner> {
    let says = |word: &str| head.contains(&word) || trailing.contains(&word);
    let pair = |one: &str, other: &str| head.windows(2).any(|pair| pair == [one, other]);
    let again = ["it", "that", "this"]
        .iter()
        .any(|it| ["do", "make", "repeat", "try", "run", "get", "see", "have", "show"].iter().any(|verb| pair(verb, it)))
        && ["with", "for", "on", "of", "by"].iter().any(|link| head.last() == Some(link));
    let same = says("same") && ["for", "with", "of", "on", "by"].iter().any(|link| head.last() == Some(link));
    let ought = ["it", "that", "this"].iter().any(|it| pair(it, "should")) && says("by");
    if head.is_empty() || head.len() == 1 && !has(VERBS, head.first().unwrap_or(&"")) {
        return None;
    }
    if says("also") || says("too") || says("well") {
        return Some(Manner::Also);
    }
    if says("only") || says("just") {
        return Some(Manner::Only);
    }
    (says("rather") || says("prefer") || says("instead") || again || same || ought).then_some(Manner::Instead)
}

/// Where what is wished ends, and the words behind it: `there`, `only`, `instead`.
fn without_tail(words: &[(String, std::ops::Range<usize>)], first: usize) -> (usize, Vec<&str>) {
    const TAIL: [&str; 11] = ["too", "well", "as", "only", "there", "instead", "please", "pls", "alone", "now", "then"];
    let mut end = words.len();
    let mut trailing = Vec::new();
    while let Some((word, _)) = end.checked_sub(1).filter(|last| *last > first).and_then(|last| words.get(last))
        && TAIL.contains(&word.as_str())
    {
        trailing.push(if word == "alone" { "only" } else { word.as_str() });
        end -= 1;
    }
    (end, trailing)
}

/// `that is too long, just give me the five best`: without what was wrong with the answer.
pub(super) fn without_complaint<'a>(question: &'a str, conversation: &Conversation) -> &'a str {
    if conversation.last_call.is_none() {
        return question;
    }
    const COMPLAINING: &str = "that this it is was s are there too much many long short big far a bit little oh my mistake fault bad sorry \
        not what i meant wanted asked for wrong hm no";
    let Some((lead, rest)) = question.split_once([',', ':', ';', '–', '—']) else { return question };
    let words = placed_words(lead);
    // `it's a bit too steep`
    let is_too = words.iter().rev().nth(1).is_some_and(|(word, _)| word == "too")
        && words.first().is_some_and(|(word, _)| matches!(word.as_str(), "that" | "this" | "it" | "they" | "these"));
    let complains = !words.is_empty() && (is_too || words.iter().all(|(word, _)| has(COMPLAINING, word)));
    if complains && rest.chars().any(char::is_alphanumeric) { without_complaint(rest.trim_start(), conversation) } else { question }
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::Arguments;
    use crate::agent::interpreter::followup::wishes::*;

    #[test]
    fn wishes_are_said_shortly() {
        let after = Conversation { last_call: Some(("list_runs", Arguments::new())), ..Conversation::default() };
        for (question, expected) in [
            ("I'd rather see ten.", Some("ten instead")),
            ("I only care about the lags parameter.", Some("only the lags parameter")),
            ("I am interested in batch size only.", Some("only batch size")),
            ("Could you do it with the latest five?", Some("the latest five instead")),
            ("I only need the val_loss there.", Some("only the val_loss")),
            ("Show just the top-1 acc.", Some("only the top-1 acc")),
            ("That is too long, just give me the five best.", Some("only the five best")),
            ("Oh, my mistake: it should be ranked by AUC, not accuracy.", Some("AUC instead")),
            ("Could I get the same for RMSE?", Some("RMSE instead")),
            ("now do that for the worst run", Some("the worst run instead")),
            ("I'd like the precision too", Some("also the precision")),
            ("What if we only look at finished runs?", Some("only finished runs")),
            ("which run is best by f1?", None),
            ("show run-017", None),
            ("I want to know which parameters matter for accuracy", None),
            ("ten", None),
        ] {
            assert_eq!(shortened(without_complaint(question, &after), &after).as_deref(), expected, "{question}");
            assert_eq!(shortened(question, &Conversation::default()), None, "{question}");
        }
    }
}
