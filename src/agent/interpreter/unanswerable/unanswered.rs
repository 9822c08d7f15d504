//! Questions that are understood but that no tool answers, and what to say to them: averages, who did most.

use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::reading::{Part, Reading, Span};
use crate::agent::interpreter::vocabulary::Vocabulary;
use crate::tools::view::plain;

/// Why a question cannot be answered, and what can be asked instead; absent where it may be answered.
pub(in crate::agent::interpreter) fn reason(reading: &Reading, vocabulary: &Vocabulary) -> Option<String> {
    let known = || vocabulary.users().iter().map(|user| format!("`{user}`")).collect::<Vec<String>>().join(", ");
    if let Some(statistic) = statistic(reading) {
        return Some(format!(
            "I compute no {statistic}: I rank, list and compare what runs logged, and describe an experiment with the range of each metric."
        ));
    }
    if let Some(end) = unknown_end(reading) {
        return Some(format!(
            "I do not rank by what is `{}`: I find the highest, lowest or best value of a metric, and draw its curve.",
            plain(end)
        ));
    }
    if let Some(picture) = other_picture(reading) {
        return Some(format!(
            "I draw no {picture}: I draw training curves, rankings, comparisons of runs and what parameters go with a metric. A description of an experiment tells the range of each metric."
        ));
    }
    if measures_time(reading) {
        return Some(
            "I measure what parameters do to a metric, not to how long runs took: a list of the runs tells how long each took.".to_owned(),
        );
    }
    if ranks_courses(reading) {
        return Some(
            "I do not rank runs by how their curves go: ask for their curves, such as those of the loss of the best runs.".to_owned(),
        );
    }
    if pairs_metrics(reading) {
        return Some("I do not measure how two metrics go together: I measure what the parameters do to one of them, and show both in a comparison of runs.".to_owned());
    }
    if let Some(quality) = unmeasured(reading) {
        return Some(format!("No metric tells which is {quality}: name the metric or parameter to rank by."));
    }
    if counts_by_person(reading) {
        return Some(format!("I do not count by person; ask how many runs one of them has: runs were started by {}.", known()));
    }
    counted_thing(reading).map(|thing| format!("I do not count {}: I count runs and experiments, and list what they log.", plain(&thing)))
}

/// `how many users are there`: something that no list holds.
fn counted_thing(reading: &Reading) -> Option<String> {
    let at = reading.spans.iter().position(|span| span.part == Part::Meaning("howmany"))?;
    let thing = reading.spans.get(at + 1).filter(|span| span.part == Part::Unknown && span.words.len() == 1)?;
    let word = reading.words.get(thing.words.start)?;
    let ends = reading
        .words
        .get(thing.words.end)
        .is_none_or(|word| matches!(word.as_str(), "are" | "do" | "does" | "did" | "have" | "has" | "is" | "in"));
    let names_else = reading.means("run")
        || reading.means("experiments")
        || reading.parts().any(|part| !matches!(part, Part::Filler | Part::Unknown | Part::Meaning("howmany" | "store")));
    (word.ends_with('s') && ends && !names_else).then(|| word.clone())
}

/// `average f1`, `the mean of the losses`: a statistic of a metric's values.
fn statistic(reading: &Reading) -> Option<&str> {
    const STATISTICS: [&str; 9] = ["average", "avg", "mean", "median", "std", "stdev", "variance", "deviation", "sum"];
    let is_grouped = !reading.parameters().is_empty() || reading.means("impact") || reading.means("compare") || reading.plots();
    let names_end = reading.parts().any(|part| matches!(part, Part::End(..) | Part::Order(_)));
    let word_at = |span: &Span| reading.words.get(span.words.start).map_or("", String::as_str);
    let mut spans = reading.spans.iter().enumerate().filter(|(_, span)| span.words.len() == 1);
    let (_, span) = spans.find(|(index, span)| {
        let is_metric = |next: &Span| matches!(next.part, Part::Metric(_));
        let is_said = STATISTICS.contains(&word_at(span));
        let behind = reading.words.get(span.words.end..).unwrap_or_default();
        let of_time = behind.iter().take(2).any(|word| matches!(word.as_str(), "time" | "duration" | "runtime"));
        let is_said = is_said || of_time && word_at(span) == "total";
        let follows = of_time || reading.spans.iter().skip(index + 1).find(|next| next.part != Part::Filler).is_some_and(is_metric);
        is_said && follows && !matches!(span.part, Part::Metric(_) | Part::Parameter(_))
    })?;
    let word = reading.words.get(span.words.start)?;
    (!is_grouped && !names_end).then_some(word)
}

/// `the smoothest loss`: a superlative beside a metric that is no end of its values.
fn unknown_end(reading: &Reading) -> Option<&str> {
    let superlative = |pair: &[Span]| match pair {
        [end, named] if end.part == Part::Unknown && end.words.len() == 1 && matches!(named.part, Part::Metric(_)) => {
            reading.words.get(end.words.start).map(String::as_str)
        }
        _ => None,
    };
    let is_end = |word: &&str| word.len() > 6 && word.ends_with("est");
    reading.spans.windows(2).filter_map(superlative).find(is_end)
}

/// `a histogram of accuracy`: a picture that is not drawn here.
fn other_picture(reading: &Reading) -> Option<&str> {
    const PICTURES: &str = "histogram histograms distribution distributions boxplot boxplots heatmap heatmaps violin pie treemap";
    let names_key = !reading.metrics().is_empty() || !reading.parameters().is_empty();
    let is_open = |span: &&Span| matches!(span.part, Part::Unknown | Part::Filler | Part::Meaning("plot"));
    let open = reading.spans.iter().filter(is_open).filter_map(|span| reading.words.get(span.words.start));
    open.map(String::as_str).find(|word| has(PICTURES, word)).filter(|_| names_key)
}

/// `does max_depth affect training time?`
fn measures_time(reading: &Reading) -> bool {
    let words = &reading.words;
    let of_time = reading.means("howlong")
        || ["runtime", "duration", "walltime"].iter().any(|word| reading.says(word))
        || words
            .windows(2)
            .any(|pair| matches!(pair, [kind, time] if has("training run running wall execution compute", kind) && time == "time"));
    reading.means("impact") && !reading.parameters().is_empty() && reading.metrics().is_empty() && of_time
}

/// `which run converged fastest`, `which one overfits the most`
fn ranks_courses(reading: &Reading) -> bool {
    const COURSES: &str = "converged converge converges converging overfits overfit overfitting overfitted plateaued plateaus diverged diverges oscillates stable noisy smooth";
    let asks_which = reading.words.iter().take(2).any(|word| matches!(word.as_str(), "which" | "what" | "who" | "whose"));
    let ranks = reading.parts().any(|part| matches!(part, Part::End(_, None | Some(1))));
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_)));
    asks_which && ranks && !names_run && reading.metrics().is_empty() && reading.words.iter().any(|word| has(COURSES, word))
}

/// `is f1 correlated with accuracy?`
fn pairs_metrics(reading: &Reading) -> bool {
    const PAIRING: &str = "correlated correlate correlates correlation related relate relation relationship";
    let names_else =
        !reading.parameters().is_empty() || reading.means("parameter") || reading.parts().any(|part| matches!(part, Part::Run(_)));
    reading.metrics().len() == 2 && !names_else && reading.words.iter().any(|word| has(PAIRING, word))
}

/// `the cheapest run`, `the most efficient one`, where nothing that is logged is about it.
fn unmeasured(reading: &Reading) -> Option<String> {
    const SUPERLATIVES: &str = "cheapest priciest costliest";
    const SIZES: &str = "smallest largest biggest lightest heaviest leanest";
    const QUALITIES: &str = "expensive costly pricey cheap affordable economical efficient lightweight compact";
    let names_key = !reading.metrics().is_empty() || !reading.parameters().is_empty();
    let of_runs = reading.means("run") || reading.says("one");
    let is_run = |word: usize| reading.spans.iter().any(|span| span.words.contains(&word) && span.part == Part::Meaning("run"));
    let said = reading.words.iter().enumerate().find_map(|(at, word)| {
        let next = reading.words.get(at + 1).map_or("", String::as_str);
        if has(SUPERLATIVES, word) || has(SIZES, word) && is_run(at + 1) {
            Some(format!("`{word}`"))
        } else if has("most least", word) && has(QUALITIES, next) {
            Some(format!("`{word} {next}`"))
        } else {
            None
        }
    });
    said.filter(|_| of_runs && !names_key)
}

/// `who created most runs`
fn counts_by_person(reading: &Reading) -> bool {
    let asks = ["who", "whose", "user", "person", "colleague", "colleagues", "people", "anyone", "teammates"]
        .iter()
        .any(|word| reading.says(word));
    let counts = reading.spans.iter().any(|span| {
        let is_count = reading.words.get(span.words.start).is_some_and(|word| matches!(word.as_str(), "most" | "fewest" | "least"));
        is_count && matches!(span.part, Part::End(..))
    });
    let of_runs = reading.means("run") || reading.means("experiment") || reading.means("experiments");
    asks && counts && of_runs && reading.metrics().is_empty()
}
