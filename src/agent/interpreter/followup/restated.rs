//! Wishes about the answer before that sound like orders about the store: "you can take run 3 out again", "the second one is not needed",
//! "run 5 should be in there too", "lower the bar to 0.94", "it should be the validation loss". Each is said again as shortly as the
//! readers of follow-ups know it; where they make nothing of it, it is what it sounds like.

use crate::agent::interpreter::lexicon::has;
use std::ops::Range;

use crate::agent::conversation::Conversation;
use crate::domain::reference::placed_words;

/// The longest such wish, in words.
const LONGEST: usize = 16;

/// Words before a wish that add nothing to it.
const COURTESIES: &str = "ok okay oh ah hm well so now and but also please you can could would will may might let lets s us i we d ll just think guess \
    actually then do me a favour then maybe perhaps sorry my mistake bad oops wait no";

/// Words behind a wish that add nothing to it.
const TAIL: &str =
    "any more anymore now again please pls thanks then out off away either longer here too as well after all though for the moment";

/// What is wanted instead, said shortly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Restated {
    /// The wish.
    pub(in crate::agent::interpreter) wish: String,
    /// Whether it puts right what was asked before.
    pub(super) is_correction: bool,
}

/// The wish in short; absent where nothing was answered that it could be about.
pub(super) fn restated(question: &str, conversation: &Conversation) -> Option<Restated> {
    let (tool, last) = conversation.last_call.as_ref()?;
    let words = placed_words(question);
    if words.len() > LONGEST || *tool == "create_experiment" {
        return None;
    }
    let said = Said { question, words: &words };
    let is_shown = matches!(*tool, "compare_runs" | "metric_history");
    let plain = |wish: String| Restated { wish, is_correction: false };
    let bounded = (matches!(*tool, "list_runs" | "best_run") && last.contains_key("filter")).then(|| said.bound()).flatten();
    bounded
        .or_else(|| (is_shown || *tool == "list_runs").then(|| said.dropped()).flatten())
        .or_else(|| is_shown.then(|| said.joined()).flatten())
        .or_else(|| said.kept())
        .or_else(|| said.held())
        .map(plain)
        .or_else(|| said.corrected().map(|wish| Restated { wish, is_correction: true }))
}

/// `validation, not training`, `without those that did not finish`: denies something of the answer, and forbids nothing.
pub(in crate::agent::interpreter) fn denied(question: &str) -> Option<Restated> {
    let words = placed_words(question);
    let says = |known: &str| words.iter().any(|(word, _)| has(known, word));
    let denies = says("not without rather except") && !says("don do does doesn want need never please");
    (denies && words.len() <= LONGEST).then(|| Restated { wish: question.to_owned(), is_correction: true })
}

struct Said<'a> {
    question: &'a str,
    words: &'a [(String, Range<usize>)],
}

impl Said<'_> {
    fn word(&self, place: usize) -> &str {
        self.words.get(place).map_or("", |(word, _)| word.as_str())
    }

    /// Whether some words stand at a place.
    fn stands(&self, at: usize, phrase: &str) -> Option<usize> {
        let count = phrase.split(' ').count();
        phrase.split(' ').enumerate().all(|(index, word)| self.word(at + index) == word).then_some(at + count)
    }

    /// Where the wish begins behind its courtesies.
    fn start(&self) -> usize {
        (0..self.words.len()).find(|place| !has(COURTESIES, self.word(*place))).unwrap_or(0)
    }

    /// The text of some words without what adds nothing behind them.
    fn text(&self, range: Range<usize>) -> Option<&str> {
        let end = (range.start..range.end).rev().find(|place| !has(TAIL, self.word(*place)))? + 1;
        let (first, last) = (self.words.get(range.start)?, self.words.get(end.checked_sub(1)?)?);
        self.question.get(first.1.start..last.1.end)
    }

    /// `i don't need run 3 any more`, `take run 3 out again`, `run 3 can go`: `without run 3`.
    fn dropped(&self) -> Option<String> {
        const NEEDLESS: &str = "don t need|don t want|do not need|do not want|don t care about|don t want to see|no longer need|no longer care about|\
            not interested in|am not interested in|m not interested in|no need for|get rid of|forget about|forget|lose|spare me|enough of";
        const LEAVING: [&str; 5] = ["take", "leave", "throw", "kick", "drop"];
        const IDLE: &str = "can go|may go|could go|is not needed|isn t needed|is no longer needed|are not needed|aren t needed|is not interesting|\
            isn t interesting|is not necessary|isn t necessary|can be left out|can be dropped|can be hidden|doesn t matter|don t matter|is irrelevant|is out";
        let start = self.start();
        // The subject of `I don't need it` is a courtesy.
        let behind = NEEDLESS.split('|').filter_map(|phrase| self.stands(start, phrase)).max();
        let out = (start + 2..self.words.len()).find(|place| matches!(self.word(*place), "out" | "off" | "away"));
        let taken = out.filter(|_| LEAVING.contains(&self.word(start))).map(|out| (start + 1, out));
        let led = taken.or_else(|| behind.map(|behind| (behind, self.clause_end(behind))));
        let ends = || {
            let at = (start + 1..self.words.len()).find(|at| IDLE.split('|').any(|phrase| self.stands(*at, phrase).is_some()))?;
            Some((start, at))
        };
        let (from, to) = led.or_else(ends)?;
        // `take it out of the chart`
        let to = if self.word(from) == "out" { self.words.len() } else { to };
        // `forget it` takes nothing out, and `I don't need these` may mean all of it.
        let names_nothing =
            (from..to).all(|at| has("it that this them these those everything all", self.word(at)) || has(TAIL, self.word(at)));
        self.text(from..to).filter(|_| !names_nothing).map(|rest| format!("without {rest}"))
    }

    /// `limit that to the loss`, `boil the list down to the finished ones`: `only the loss`.
    fn kept(&self) -> Option<String> {
        const VERBS: &str = "limit restrict reduce narrow confine cut shrink trim boil focus concentrate stick zoom strip whittle";
        const SHOWN: &str = "it that this them these those the list comparison chart plot table down in up results result output selection picture graph runs everything view whole thing";
        let start = self.start();
        let link = (start + 1..self.words.len()).find(|at| !has(SHOWN, self.word(*at))).filter(|_| has(VERBS, self.word(start)))?;
        matches!(self.word(link), "to" | "on").then(|| self.text(link + 1..self.words.len())).flatten().map(|rest| format!("only {rest}"))
    }

    /// `does that hold for recall as well?`, `is it the same for run 5?`: `what about recall`.
    fn held(&self) -> Option<String> {
        const ASKING: [&str; 3] = ["does", "is", "was"];
        const HOLDING: &str = "that this it the same also true hold holds apply go so similar different case look alike still";
        let start = (0..self.words.len()).find(|place| ASKING.contains(&self.word(*place))).filter(|start| *start <= 2)?;
        let link = (start + 1..self.words.len()).find(|at| !has(HOLDING, self.word(*at))).filter(|link| *link >= start + 3)?;
        matches!(self.word(link), "for" | "with" | "in" | "on" | "of")
            .then(|| self.text(link + 1..self.words.len()))
            .flatten()
            .map(|rest| format!("what about {rest}"))
    }

    /// Where the clause ends that begins here: at a comma or dash, else with the question.
    fn clause_end(&self, from: usize) -> usize {
        (from + 1..self.words.len())
            .find(|at| {
                let between = self.words.get(at - 1).zip(self.words.get(*at));
                between
                    .and_then(|((_, one), (_, other))| self.question.get(one.end..other.start))
                    .is_some_and(|text| text.contains([',', ';', '–', '.']))
            })
            .unwrap_or(self.words.len())
    }

    /// `run 5 should be in there too`, `run 5 is missing`, `bring in run 5`, `put run 5 in there`: `also run 5`.
    fn joined(&self) -> Option<String> {
        const BELONGING: &str = "should be in|should be there|should be part|should be included|should be shown|should be on|should also be|should join|\
            must be in|must be included|has to be in|needs to be in|ought to be in|belongs in|belongs there|belongs on|belongs to|goes in|is missing|is still missing|\
            was missing|could join|can join|should go in|should come in|can go in|can be added|should appear|should be compared|should be drawn|should be added";
        const BRINGING: &str = "bring in|throw in|put in|draw in|pull in|let in|miss|i miss|where is|have a look at|squeeze in";
        let start = self.start();
        let subject = (start + 1..self.words.len()).find(|at| BELONGING.split('|').any(|phrase| self.stands(*at, phrase).is_some()));
        if let Some(at) = subject {
            return self.text(start..at).map(|rest| format!("also {rest}"));
        }
        if let Some(behind) = BRINGING.split('|').filter_map(|phrase| self.stands(start, phrase)).max() {
            return self.text(behind..self.words.len()).map(|rest| format!("also {rest}"));
        }
        // `put run 5 in there`, `let run 5 join`
        let is_placed = matches!(
            self.word(start),
            "put" | "bring" | "have" | "get" | "want" | "need" | "like" | "draw" | "throw" | "see" | "let" | "mix"
        );
        let inside = (start + 2..self.words.len()).find(|at| {
            matches!(
                (self.word(*at), self.word(at + 1)),
                ("in" | "into" | "on", "there" | "it" | "this" | "that" | "the" | "here" | "too" | "as" | "") | ("join", _)
            )
        });
        inside.filter(|_| is_placed).and_then(|at| self.text(start + 1..at)).map(|rest| format!("also {rest}"))
    }

    /// `lower the bar to 0.94`, `if we allow up to 14`, `0.94 is enough`, `with 0.94 as the limit`: `make it 0.94`.
    fn bound(&self) -> Option<String> {
        const MOVING: &str = "lower raise move set put relax loosen tighten drop increase decrease bring change push reduce shift take lift make use try \
            be go stricter looser";
        const BARS: &str =
            "bar threshold limit cutoff cut bound boundary border requirement line hurdle minimum maximum mark criterion cap";
        const ALLOWING: &str = "allow accept allowed permit tolerate admit enough suffices suffice";
        let says = |known: &str| self.words.iter().any(|(word, _)| has(known, word));
        let of_bar = says(BARS) && (says(MOVING) || says("with as of to at what how"));
        // `let's relax that to 0.87`
        let start = self.start();
        let is_moved = has("lower raise relax loosen tighten increase decrease", self.word(start))
            && has("it that this", self.word(start + 1))
            && self.word(start + 2) == "to";
        if !(of_bar || is_moved || says(ALLOWING)) {
            return None;
        }
        // `what about a limit of 0.9` wants another bound, `what is the maximum of run 3` asks.
        let asks = has("what which who whose how when", self.word(start)) && !has("about if", self.word(start + 1));
        let tokens: Vec<&str> = self.question.split_whitespace().collect();
        let numbers: Vec<(usize, &str)> = tokens.iter().enumerate().filter_map(|(place, token)| Some((place, number_in(token)?))).collect();
        let (at, number) = numbers.last().copied()?;
        let before = at.checked_sub(1).and_then(|place| tokens.get(place)).map(|token| token.to_lowercase()).unwrap_or_default();
        if asks || has("run runs trial model number", &before) || numbers.iter().any(|(_, other)| *other != number) {
            return None;
        }
        let sign = Some(before).filter(|before| has("above over below under beyond", before)).map(|before| before + " ");
        Some(format!("make it {}{number}", sign.unwrap_or_default()))
    }

    /// `it should be the validation loss`, `that was meant to be run 5`: what is named in the place of something.
    fn corrected(&self) -> Option<String> {
        const RIGHT: &str = "it should be|it should have been|that should be|that should have been|this should be|it was supposed to be|it was meant to be|\
            that was meant to be|it s supposed to be|it ought to be|it must be|should be|should have been|supposed to be|it had to be|i was after|\
            was after|i was thinking of|was thinking of|wanted|meant|i wanted|i meant";
        let start = self.start();
        // `make the second one run 5`, `replace the first one with run 5`
        let is_place = self.word(start + 1) == "the" && has("first second third fourth last", self.word(start + 2));
        if is_place && has("make change replace let have put exchange", self.word(start)) {
            return self.text(start + 1..self.words.len()).map(str::to_owned);
        }
        // `the first one should be run 5`
        let is_subject = self.word(start) == "the" && has("first second third fourth last", self.word(start + 1));
        if is_subject && (start + 2..start + 4).any(|at| has("should must ought", self.word(at))) {
            return self.text(start..self.words.len()).map(str::to_owned);
        }
        let behind = RIGHT.split('|').filter_map(|phrase| self.stands(start, phrase)).max()?;
        // `it should be 0.9`: a value, and no name.
        let is_value = (behind..self.words.len()).all(|place| self.word(place).bytes().all(|byte| byte.is_ascii_digit()));
        (behind < self.words.len() && !is_value).then(|| self.text(behind..self.words.len())).flatten().map(str::to_owned)
    }
}

/// The number that a word is, with its sign and exponent and without the punctuation around it.
fn number_in(token: &str) -> Option<&str> {
    let number = token
        .trim_start_matches(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '-' | '.'))
        .trim_end_matches(|letter: char| !letter.is_alphanumeric());
    (number.ends_with(|letter: char| letter.is_ascii_digit()) && number.parse::<f64>().is_ok()).then_some(number)
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::followup::restated::*;
    use crate::agent::interpreter::{Arguments, put};

    #[test]
    fn wishes_about_an_answer_are_said_shortly() {
        let after = |tool| {
            let mut last = Arguments::new();
            put(&mut last, "filter", "metrics.`f1` > 0.9");
            Conversation { last_call: Some((tool, last)), ..Conversation::default() }
        };
        for (tool, question, expected) in [
            ("compare_runs", "I don't need run-015 any more, only the other two.", Some("without run-015")),
            ("metric_history", "ok you can take run-017 out again", Some("without run-017")),
            ("metric_history", "run-017 can go", Some("without run-017")),
            ("list_runs", "forget about the failed ones", Some("without the failed ones")),
            ("compare_runs", "plain-bayes should be in there too", Some("also plain-bayes")),
            ("compare_runs", "run-3 is missing", Some("also run-3")),
            ("metric_history", "can you put run-3 in there as well?", Some("also run-3")),
            ("compare_runs", "forget it", None),
            ("list_runs", "lower the bar to 1e-3", Some("make it 1e-3")),
            ("list_runs", "lower the bar to -0.5", Some("make it -0.5")),
            ("list_runs", "what is the maximum accuracy of run-012?", None),
            ("list_runs", "Lower the bar to 0.94.", Some("make it 0.94")),
            ("list_runs", "And if we allow up to 14, I mean under 14?", Some("make it under 14")),
            ("list_runs", "0.9 is enough", Some("make it 0.9")),
            ("list_runs", "let's relax that to 0.87", Some("make it 0.87")),
            ("compare_runs", "sorry, the first one should be run-018", Some("the first one should be run-018")),
            ("metric_history", "It should be the validation loss.", Some("the validation loss")),
            ("compare_runs", "make the second one run-5", Some("the second one run-5")),
            ("parameter_impact", "does that hold for accuracy as well?", Some("what about accuracy")),
            ("get_run", "is it still running?", None),
            ("get_run", "it should be 6", None),
            ("get_run", "lower the bar to 0.94", None),
            ("get_run", "delete run-3", None),
            ("best_run", "run-017 can go", None),
        ] {
            assert_eq!(restated(question, &after(tool)).map(|restated| restated.wish).as_deref(), expected, "{question}");
            assert_eq!(restated(question, &Conversation::default()), None, "{question}");
        }
    }
}
