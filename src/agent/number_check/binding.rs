//! Decides which runs and metrics a number in a sentence is said to belong to.
//!
//! Where the wording ties a number to a name ("run-017 has an F1 of 0.912"), only that name will do; else any name of the clause.

use std::ops::Range;

use super::facts::{Facts, Ids};
use super::mentions::{self, Mention};
use super::numerals::{Kind, Numeral, scan};

/// What may stand between a metric and its number.
const METRIC_TIES: [&str; 27] = [
    ":", "=", "(", "~", "of", "is", "was", "at", "to", "with", "value", "a", "an", "the", "its", "about", "around", "only", "score",
    "scores", "reached", "reaches", "reaching", "equals", "stands", "for", "in",
];

/// What may stand between a parameter and its number: parameters are named with everyday words, so less.
const PARAM_TIES: [&str; 9] = [":", "=", "(", "of", "is", "was", "at", "to", "set"];

/// What joins the members of a list.
const LIST: [&str; 12] = [",", "and", "&", "or", "/", "vs", "versus", "the", "against", "run", "runs", "then"];

/// What ties a number to the run before it.
const RUN_VERBS: [&str; 30] = [
    "'s", "=", "has", "had", "have", "is", "was", "at", "reached", "reaches", "reach", "scored", "scores", "got", "gets", "achieved",
    "achieves", "logged", "recorded", "shows", "showed", "gave", "gives", "leads", "led", "wins", "won", "ended", "finished", "attained",
];

/// What may follow the verb before the number comes.
const RUN_FILL: [&str; 29] = [
    ",", ":", "=", "(", "a", "an", "the", "of", "with", "and", "at", "is", "was", "its", "best", "highest", "lowest", "final", "top",
    "score", "value", "reached", "reaching", "on", "in", "for", "to", "from", "both",
];

/// Words after a whole number that do not make it a count of something.
const NO_NOUNS: [&str; 20] = [
    "and",
    "for",
    "in",
    "while",
    "vs",
    "versus",
    "against",
    "to",
    "or",
    "but",
    "from",
    "by",
    "respectively",
    "at",
    "on",
    "with",
    "as",
    "is",
    "was",
    "%",
];

/// Words before a whole number that make it a count.
const COUNTING: [&str; 13] = ["all", "last", "first", "top", "latest", "these", "those", "other", "only", "total", "n", "of", "are"];

/// The names that a number is said to belong to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Binding {
    pub(super) runs: Ids,
    pub(super) metrics: Ids,
    pub(super) params: Ids,
    pub(super) run_tie: Tie,
    pub(super) quantity_tie: Tie,
    /// The wording counts things: "24 runs", "all 3".
    pub(super) is_count: bool,
}

/// How firmly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Tie {
    /// The names stand in the same sentence.
    #[default]
    Loose,
    /// The wording gives the number to the name.
    Tight,
}

/// A text with all that is named and counted in it.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    text: &'a str,
    pub(super) numerals: Vec<Numeral>,
    runs: Vec<Mention>,
    quantities: Vec<Quantity>,
}

/// A metric, a parameter, or a list of them.
#[derive(Debug, Clone)]
struct Quantity {
    range: Range<usize>,
    metrics: Ids,
    params: Ids,
}

impl<'a> Reading<'a> {
    pub(super) fn of(text: &'a str, facts: &Facts<'_>) -> Self {
        let mut runs = mentions::find_runs(text, &facts.runs);
        runs.retain(|run| !facts.is_claim(text.get(run.range.clone()).unwrap_or_default()));
        let is_free = |range: &Range<usize>| !runs.iter().any(|run| overlap(&run.range, range));
        let metrics =
            facts.metrics.find(text).into_iter().map(|found| Quantity { range: found.range, metrics: found.ids, params: Ids::new() });
        let params =
            facts.params.find(text).into_iter().map(|found| Quantity { range: found.range, metrics: Ids::new(), params: found.ids });
        let mut quantities: Vec<Quantity> = Vec::new();
        let mut found: Vec<Quantity> = metrics.chain(params).filter(|quantity| is_free(&quantity.range)).collect();
        found.sort_by_key(|quantity| (quantity.range.start, std::cmp::Reverse(quantity.range.end)));
        for quantity in found {
            match quantities.last_mut() {
                Some(last) if last.range == quantity.range => {
                    last.metrics.extend(quantity.metrics);
                    last.params.extend(quantity.params);
                }
                Some(last) if overlap(&last.range, &quantity.range) => {}
                Some(_) | None => quantities.push(quantity),
            }
        }
        let numerals = scan(text).into_iter().filter(|numeral| is_free(&numeral.range)).collect();
        let mut reading = Self { text, numerals, runs, quantities };
        reading.join_lists();
        reading
    }

    /// "F1 and accuracy", "run-015, run-016 and run-017": what follows is about all of them.
    fn join_lists(&mut self) {
        let mut runs: Vec<Mention> = Vec::new();
        for run in std::mem::take(&mut self.runs) {
            match runs.last_mut() {
                Some(last) if self.is_list_gap(last.range.end..run.range.start) => {
                    last.ids.extend(run.ids);
                    last.range.end = run.range.end;
                }
                Some(_) | None => runs.push(run),
            }
        }
        let mut quantities: Vec<Quantity> = Vec::new();
        for quantity in std::mem::take(&mut self.quantities) {
            match quantities.last_mut() {
                Some(last) if self.is_list_gap(last.range.end..quantity.range.start) => {
                    last.metrics.extend(quantity.metrics);
                    last.params.extend(quantity.params);
                    last.range.end = quantity.range.end;
                }
                Some(_) | None => quantities.push(quantity),
            }
        }
        self.runs = runs;
        self.quantities = quantities;
    }

    fn is_list_gap(&self, gap: Range<usize>) -> bool {
        let has_number = self.numerals.iter().any(|numeral| overlap(&numeral.range, &gap));
        let words = self.words(gap, &[]);
        !has_number && !words.is_empty() && words.iter().all(|word| LIST.contains(&word.as_str()))
    }

    pub(super) fn all_runs(&self) -> Ids {
        self.runs.iter().flat_map(|run| run.ids.iter().copied()).collect()
    }

    pub(super) fn all_metrics(&self) -> Ids {
        self.quantities.iter().flat_map(|quantity| quantity.metrics.iter().copied()).collect()
    }

    pub(super) fn all_params(&self) -> Ids {
        self.quantities.iter().flat_map(|quantity| quantity.params.iter().copied()).collect()
    }

    /// What `numeral` is said to belong to.
    pub(super) fn binding(&self, numeral: &Numeral) -> Binding {
        let mut binding = Binding::default();
        match self.run_before(numeral, self.run_after(numeral)) {
            Some(run) => {
                binding.runs = run.ids.clone();
                binding.run_tie = Tie::Tight;
            }
            None => binding.runs = self.clause_runs(numeral),
        }
        match self.quantity(numeral) {
            Some(quantity) => {
                binding.metrics = quantity.metrics.clone();
                binding.params = quantity.params.clone();
                binding.quantity_tie = Tie::Tight;
            }
            None => {
                binding.metrics = self.all_metrics();
                binding.is_count = self.is_count(numeral);
            }
        }
        binding
    }

    /// "0.912 for run-017", "0.912 (run-017)".
    fn run_after(&self, numeral: &Numeral) -> Option<&Mention> {
        let run = self.runs.iter().find(|run| run.range.start >= numeral.range.end)?;
        let words = self.words(numeral.range.end..run.range.start, &[]);
        let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !matches!(*word, "run" | "runs" | "the" | "%")).collect();
        let is_closed = || self.words(run.range.end..self.text.len(), &[]).first().is_some_and(|word| word == ")");
        match words.as_slice() {
            ["("] if is_closed() => Some(run),
            ["for" | "by" | "in" | "from" | "of" | "on"] => Some(run),
            _ => None,
        }
    }

    /// "run-017 has an F1 of 0.912", "run-017: 0.912", "run-017 (0.912)".
    fn run_before<'b>(&'b self, numeral: &Numeral, after: Option<&'b Mention>) -> Option<&'b Mention> {
        if after.is_some() {
            return after;
        }
        let (position, run) = self.runs.iter().enumerate().rfind(|(_, run)| run.range.end <= numeral.range.start)?;
        let gap = run.range.end..numeral.range.start;
        let blanks: Vec<Range<usize>> = self.quantity_and_number_ranges();
        let words = self.words(gap.clone(), &blanks);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let is_first = position == 0;
        let is_alone = || {
            let others = self.numerals.iter().any(|other| other.range.start >= gap.start && other.range.end <= gap.end);
            !others && self.words(numeral.range.end..self.text.len(), &[]).first().is_some_and(|word| word == ")")
        };
        let is_tied = match words.as_slice() {
            [] => true,
            [":" | "–" | "—" | "-", fill @ ..] => is_first && is_fill(fill),
            ["(", fill @ ..] => (is_first || is_alone()) && is_fill(fill),
            [verb, fill @ ..] => RUN_VERBS.contains(verb) && is_fill(fill),
        };
        is_tied.then_some(run)
    }

    fn clause_runs(&self, numeral: &Numeral) -> Ids {
        let breaks = ["; ", " while ", " whereas ", " but "];
        let before = self.text.get(..numeral.range.start).unwrap_or_default();
        let after = self.text.get(numeral.range.end..).unwrap_or_default();
        let start = breaks.iter().filter_map(|mark| before.rfind(mark)).max().unwrap_or(0);
        let end = breaks.iter().filter_map(|mark| after.find(mark)).min().map_or(self.text.len(), |at| numeral.range.end + at);
        let clause = self.runs.iter().filter(|run| run.range.start >= start && run.range.end <= end);
        let ids: Ids = clause.flat_map(|run| run.ids.iter().copied()).collect();
        if ids.is_empty() { self.all_runs() } else { ids }
    }

    fn quantity(&self, numeral: &Numeral) -> Option<&Quantity> {
        let after = self.quantities.iter().find(|quantity| quantity.range.start >= numeral.range.end);
        let words_after = after.map(|quantity| self.words(numeral.range.end..quantity.range.start, &[])).unwrap_or_default();
        let words_after: Vec<&str> = words_after.iter().map(String::as_str).collect();
        if is_whole(numeral) && words_after.is_empty() && after.is_some() {
            // "200 n_estimators" counts no other thing.
            return after;
        }
        if self.counts_noun(numeral) {
            return None;
        }
        let before = self.quantities.iter().rfind(|quantity| quantity.range.end <= numeral.range.start);
        let gap = before.map_or(0..0, |quantity| quantity.range.end..numeral.range.start);
        let has_numeral = self.numerals.iter().any(|other| overlap(&other.range, &gap));
        let ties = |quantity: &Quantity| if quantity.metrics.is_empty() { PARAM_TIES.as_slice() } else { METRIC_TIES.as_slice() };
        let runs: Vec<Range<usize>> = self.runs.iter().map(|run| run.range.clone()).collect();
        if let Some(quantity) = before.filter(|_| !has_numeral) {
            let words = self.words(gap.clone(), &runs);
            if words.iter().all(|word| ties(quantity).contains(&word.as_str())) {
                return Some(quantity);
            }
        }
        if matches!(words_after.as_slice(), [] | ["in" | "for" | "on" | "as"]) && after.is_some() {
            return after;
        }
        // "F1 of 0.88, 0.90 and 0.912": other numbers stand in the gap.
        let blanks: Vec<Range<usize>> = runs.into_iter().chain(self.numerals.iter().map(|other| other.range.clone())).collect();
        let words = self.words(gap, &blanks);
        before.filter(|quantity| {
            let goes_on = |word: &str| ties(quantity).contains(&word) || LIST.contains(&word) || word == ")";
            has_numeral && words.iter().all(|word| goes_on(word))
        })
    }

    /// Whether it is a whole number before a noun, as in "24 runs".
    fn counts_noun(&self, numeral: &Numeral) -> bool {
        let next = self.words(numeral.range.end..self.text.len(), &[]).into_iter().next();
        is_whole(numeral) && next.is_some_and(|word| word.starts_with(char::is_alphabetic) && !NO_NOUNS.contains(&word.as_str()))
    }

    /// Whether it is a whole number that may say how many there are.
    fn is_count(&self, numeral: &Numeral) -> bool {
        let last = self.words(0..numeral.range.start, &[]).pop();
        let is_introduced = last.is_none_or(|word| COUNTING.contains(&word.as_str()) || matches!(word.as_str(), ":" | "=" | "(" | "/"));
        is_whole(numeral) && (is_introduced || self.counts_noun(numeral))
    }

    fn quantity_and_number_ranges(&self) -> Vec<Range<usize>> {
        let quantities = self.quantities.iter().map(|quantity| quantity.range.clone());
        quantities.chain(self.numerals.iter().map(|numeral| numeral.range.clone())).collect()
    }

    /// The words and signs in `range`, lower case, without Markdown's marks and without what stands in `blanks`.
    fn words(&self, range: Range<usize>, blanks: &[Range<usize>]) -> Vec<String> {
        let mut words = Vec::new();
        let mut word = String::new();
        for (at, letter) in self.text.get(range.clone()).unwrap_or_default().char_indices() {
            let at = at + range.start;
            let is_blank = blanks.iter().any(|blank| blank.contains(&at));
            let letter = if letter == '’' { '\'' } else { letter };
            if !is_blank && (letter.is_alphanumeric() || letter == '\'') {
                word.extend(letter.to_lowercase());
                continue;
            }
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            let is_mark = letter.is_whitespace() || matches!(letter, '*' | '`' | '_' | '"' | '“' | '”' | '.');
            if !is_blank && !is_mark {
                words.push(letter.to_string());
            }
        }
        if !word.is_empty() {
            words.push(word);
        }
        words
    }
}

fn is_whole(numeral: &Numeral) -> bool {
    matches!(&numeral.kind, Kind::Quantity(readings) if readings.iter().all(|reading| reading.is_whole))
}

fn is_fill(words: &[&str]) -> bool {
    words.iter().all(|word| RUN_FILL.contains(word))
}

fn overlap(one: &Range<usize>, another: &Range<usize>) -> bool {
    one.start < another.end && another.start < one.end
}
