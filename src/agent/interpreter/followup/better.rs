//! Whether a run that was told can be beaten, which of two that were told is better, and why: "is there a better one?", "so which is
//! better?", "what makes it better than run 3?".

use super::put_focus;
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::calling::fill;
use crate::agent::interpreter::lexicon::{self, End};
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, put};

/// The longest such question, in words.
const LONGEST: usize = 12;

/// Comparatives of how long runs took.
const TIMES: [&str; 7] = ["quicker", "faster", "slower", "longer", "shorter", "quickest", "fastest"];

/// The plan for such a question; absent for any other.
pub(in crate::agent::interpreter) fn plan(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let (tool, last) = conversation.last_call.as_ref()?;
    let asks_else = reading.experiment().is_some()
        || ["plot", "howmany", "howlong", "artifact", "create"].iter().any(|meaning| reading.means(meaning))
        || reading.parts().any(|part| {
            matches!(part, Part::Conditions(_) | Part::Number(_) | Part::Parameter(_) | Part::Runs(_) | Part::End(_, Some(2..)))
        });
    if asks_else || reading.words.len() > LONGEST {
        return None;
    }
    let why = why_better(reading, conversation, tool, last).or_else(|| best_beside_it(reading, conversation, tool));
    if why.is_some() || reading.means("impact") {
        return why;
    }
    of_the_two(reading, conversation, tool).or_else(|| beaten(reading, conversation, tool))
}

/// `is there a better one?`, `does any run beat it?`, `anything with a higher one?`, after one run was told: the best.
fn beaten(reading: &Reading, conversation: &Conversation, tool: &str) -> Option<Plan> {
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Meaning("parameter")));
    let asks = reading.words.iter().take(3).any(|word| {
        matches!(
            word.as_str(),
            "is" | "are"
                | "does"
                | "do"
                | "did"
                | "has"
                | "have"
                | "any"
                | "anything"
                | "anyone"
                | "anybody"
                | "can"
                | "who"
                | "which"
                | "what"
                | "was"
                | "nothing"
        )
    });
    let compares = reading.words.iter().find_map(|word| surpasses(word));
    let is_told = conversation.runs.len() == 1 && matches!(tool, "get_run" | "best_run");
    let metric = reading.metrics().first().or_else(|| conversation.metrics.first().filter(|_| tool != "best_run")).cloned();
    let end = compares.or_else(|| asks_for_best(reading)).filter(|_| is_told && asks && !names_run)?;
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    let last_metric = conversation.last_call.as_ref().and_then(|(_, last)| last.get("metric")).cloned();
    match (metric, last_metric) {
        (Some(metric), _) => put(&mut arguments, "metric", metric),
        (None, Some(metric)) => put(&mut arguments, "metric", metric),
        (None, None) => {}
    }
    fill::put_direction(&mut arguments, end);
    Some(Plan::call("best_run", arguments))
}

/// `is that the best we have?`
fn asks_for_best(reading: &Reading) -> Option<End> {
    let points = matches!(reading.words.as_slice(), [is, it, ..] if matches!(is.as_str(), "is" | "was") && matches!(it.as_str(), "it" | "that" | "this"));
    reading.parts().find_map(|part| if let Part::End(end, None | Some(1)) = part { Some(*end) } else { None }).filter(|_| points)
}

/// The end of a ranking at which a run would stand that does what a word says: `better`, `beats`.
fn surpasses(word: &str) -> Option<End> {
    match word {
        "beat" | "beats" | "beaten" | "beating" | "outperform" | "outperforms" | "outperformed" | "surpass" | "surpasses" | "surpassed"
        | "tops" | "topped" | "stronger" => Some(End::Best),
        _ => lexicon::comparative(word),
    }
}

/// `put the best one and this one side by side`, after the best was told where another one had been told: that one and the best.
fn best_beside_it(reading: &Reading, conversation: &Conversation, tool: &str) -> Option<Plan> {
    let is_best = |part: &Part| {
        matches!(part, Part::End(End::Best | End::Highest | End::Lowest, _)) || matches!(part, Part::Anaphor(Anaphor::Standing(0)))
    };
    let ends = reading.parts().filter(|part| is_best(part)).count();
    let pointed = reading.parts().filter(|part| matches!(part, Part::Anaphor(Anaphor::One))).count();
    let names_else = !reading.metrics().is_empty() || reading.parts().any(|part| matches!(part, Part::Run(_)));
    let recent = conversation.recent.get(conversation.recent.len().checked_sub(2)?..)?;
    if tool != "best_run" || !reading.means("compare") || ends != 1 || pointed != 1 || names_else {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run_ids", recent.iter().map(|run| run.run_id.clone()).collect::<Vec<_>>());
    Some(Plan::call("compare_runs", arguments))
}

/// `so which is better?`, `which of the two wins?`, after two runs were told one by one: both side by side.
fn of_the_two(reading: &Reading, conversation: &Conversation, tool: &str) -> Option<Plan> {
    let asks_which = reading.words.iter().take(3).any(|word| matches!(word.as_str(), "which" | "who"));
    let judges = reading.words.iter().any(|word| {
        surpasses(word).is_some() || matches!(word.as_str(), "ahead" | "wins" | "won" | "win") || TIMES.contains(&word.as_str())
    });
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_)));
    let is_of_time = reading.words.iter().any(|word| TIMES.contains(&word.as_str()));
    let is_told = tool == "get_run" || is_of_time && tool == "compare_runs";
    if !is_told || !asks_which || !judges || names_run || reading.means("run") || reading.words.len() > 9 {
        return None;
    }
    let recent = match tool {
        "compare_runs" => conversation.runs.as_slice(),
        _ => conversation.recent.get(conversation.recent.len().checked_sub(2)?..)?,
    };
    // `so which was quicker?`: no comparison shows how long they took.
    if is_of_time {
        let about = |run: &crate::tools::view::ResolvedRun| {
            let mut arguments = Arguments::new();
            put_focus(&mut arguments, conversation);
            put(&mut arguments, "run", run.run_id.clone());
            put(&mut arguments, "keys", vec!["duration"]);
            arguments
        };
        return Some(Plan::Each { tool: "get_run", all: recent.iter().map(about).collect() });
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run_ids", recent.iter().map(|run| run.run_id.clone()).collect::<Vec<_>>());
    let named = reading.metrics();
    let metrics = if named.is_empty() { conversation.metrics.clone() } else { named };
    if !metrics.is_empty() {
        put(&mut arguments, "metrics", metrics);
    }
    Some(Plan::call("compare_runs", arguments))
}

/// `why is the second so much better?`, `what makes it better than run 3?`: the comparison tells what is different.
fn why_better(reading: &Reading, conversation: &Conversation, tool: &'static str, last: &Arguments) -> Option<Plan> {
    let text = reading.text.to_lowercase();
    let asks_why = reading.says("why")
        || ["what makes", "what made", "how come", "reason", "how is it that", "what sets", "what explains", "what is behind"]
            .iter()
            .any(|why| text.contains(why));
    let judges = reading.words.iter().any(|word| {
        surpasses(word).is_some()
            || lexicon::end(word).is_some()
            || matches!(word.as_str(), "ahead" | "behind" | "good" | "bad" | "win" | "lose" | "apart" | "different")
    });
    if !asks_why || !judges {
        return None;
    }
    let named: Vec<String> = reading.parts().filter_map(|part| if let Part::Run(run) = part { Some(run.clone()) } else { None }).collect();
    let is_shown = |name: &String| conversation.runs.iter().any(|run| run.run_id == *name || run.run_name.eq_ignore_ascii_case(name));
    if tool == "compare_runs" && named.iter().all(is_shown) {
        let mut arguments = last.clone();
        // What was left out of it may be what is different.
        arguments.remove("parameters");
        return Some(Plan::call(tool, arguments));
    }
    let ids = |runs: &[crate::tools::view::ResolvedRun]| runs.iter().map(|run| run.run_id.clone()).collect::<Vec<String>>();
    let runs = match (named.as_slice(), conversation.runs.as_slice()) {
        ([], [_, ..]) if tool == "best_run" => ids(conversation.standing.get(..2)?),
        ([other], [only, ..]) if !is_shown(other) => vec![only.run_id.clone(), other.clone()],
        _ => return None,
    };
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run_ids", runs);
    Some(Plan::call("compare_runs", arguments))
}
