//! Verbs that order something, or only ask for it, by the thing that stands behind them: `make a run`, but `make a chart`.

use crate::agent::interpreter::lexicon;

/// Words between a verb and its object.
const ARTICLES: &str = "a an the new another fresh some me us my our better more one this that";

/// Things that people want to be made and that are no experiment.
const MADE: &str = "run runs training trainings job jobs model models user users account accounts tag tags ticket issue alert webhook pipeline notebook \
    script dataset prediction predictions backup copy release endpoint service deployment slide slides presentation email poster website app song story metric metrics parameter parameters param params artifact artifacts";

/// Things that are made of what the store holds.
const SHOWN: &str = "plot chart graph table comparison overview summary list ranking figure picture curve diagram";

/// Whom people want to be told.
const PEOPLE: &str = "boss bosses team manager managers colleague colleagues customer customers client clients lead leads everyone everybody people group management \
    stakeholders supervisor professor student students friend friends mate department director";

/// Verbs that begin an order only with certain things behind them.
pub(super) fn by_object(first: &str, rest: &[&str], after: &str) -> Option<&'static str> {
    let next = rest.first().copied().unwrap_or_default();
    let has = |words_of: &str, word: &str| words_of.split_whitespace().any(|known| known == word);
    let says = |word: &str| rest.contains(&word);
    let names_experiment = rest.iter().any(|word| matches!(*word, "experiment" | "experiments" | "project" | "exp"));
    let names_file = after.split_whitespace().any(|token| lexicon::is_file_name(token.trim_end_matches(['?', '!', ',', '.'])));
    let shows = rest.iter().any(|word| has(SHOWN, word));
    let object = rest.iter().find(|word| !has(ARTICLES, word) && !matches!(**word, "up" | "off")).copied().unwrap_or_default();
    let to_place = rest.windows(2).any(|pair| {
        matches!(
            pair,
            ["into" | "in" | "to", "production" | "prod" | "staging" | "live" | "registry" | "trash" | "bin"] | ["go" | "goes", "live"]
        )
    });
    Some(match first {
        // `bring up run 3`: shows it.
        "bring" | "pull" if next == "up" => return None,
        "get" if after.contains(" rid of") || after.contains(" out of ") => "get rid of",
        "put" | "stick" | "leave" | "place" | "drop" | "set"
            if rest.iter().take(4).any(|word| matches!(*word, "tag" | "label" | "note" | "comment" | "flag" | "marker" | "remark")) =>
        {
            "add"
        }
        // `make the accuracy of run 3 0.99`
        "make"
            if has("the its my our", next)
                && rest.len() > 3
                && !shows
                && rest.iter().any(|word| matches!(*word, "of" | "in" | "for"))
                && rest.last().is_some_and(|word| word.parse::<f64>().is_ok()) =>
        {
            "change"
        }
        "start" | "begin" | "try" | "do" if has("it that this run the", next) && says("again") && !shows => "start",
        "start" | "begin" | "launch"
            if !names_experiment && rest.iter().take(5).any(|word| matches!(*word, "run" | "training" | "job")) =>
        {
            "start"
        }
        "create" | "make" | "build" | "start" | "begin" | "open" | "spin" | "setup" | "generate" | "fire"
            if !names_experiment && !shows && !names_file && has(MADE, object) && rest.iter().take(3).any(|word| has(ARTICLES, word)) =>
        {
            "make"
        }
        // `make run 3 the production model`
        "make"
            if !names_experiment
                && !shows
                && rest.iter().any(|word| {
                    matches!(*word, "production" | "default" | "champion" | "baseline" | "candidate" | "public" | "private" | "disappear")
                }) =>
        {
            "change"
        }
        // `make experiment card-fraud private`
        "make"
            if has("experiment project the our my", next)
                && rest.last().is_some_and(|state| has("public private visible hidden readonly default", state))
                && !says("called")
                && !says("named") =>
        {
            "change"
        }
        // `mail ana that run 3 has won`, `email ben the results`, but `text length`
        "mail" | "email" | "text" | "message"
            if !super::super::chatter::is_common(next)
                && lexicon::meaning(next).is_none()
                && (says("that") || rest.get(1).is_some_and(|word| has("the about to a when if whether who which what", word))) =>
        {
            "message"
        }
        "put" | "bring" | "take" | "get" | "roll" if to_place => "move",
        "bring" | "roll" | "back" | "shut" | "turn" | "take" | "switch" | "throw"
            if rest.iter().take(6).any(|word| matches!(*word, "back" | "up" | "down" | "off" | "offline" | "away")) && !shows =>
        {
            "change"
        }
        "roll" if says("out") => "roll out",
        "give" if says("another") && rest.iter().any(|word| has("try go chance shot run spin", word)) => "restart",
        "note" if has("on for down that", next) => "note",
        "keep" if after.contains(" an eye on") || after.contains(" me posted") || after.contains(" me updated") => "watch",
        "switch" if rest.iter().any(|word| has("production prod staging", word)) => "switch",
        "try"
            if after.split_whitespace().count() > 1
                && after.split_whitespace().last().is_some_and(|last| last.parse::<f64>().is_ok())
                && !says("run") =>
        {
            "try"
        }
        "run" if after.contains(" every ") || rest.last().is_some_and(|word| has("tonight daily nightly weekly hourly tomorrow", word)) => {
            "run"
        }
        "dispose" if next == "of" => "remove",
        "fire" | "start" | "boot" if next == "up" => "start",
        "put" if after.contains(" back in ") || after.contains(" back on ") => "put back",
        "throw" | "kick" | "chuck" if says("out") => "remove",
        "put" if after.contains(" an end to") || after.contains(" out of its") => "end",
        "pull" if after.contains(" the plug") => "stop",
        "hide" | "finish" | "end" if matches!(next, "run" | "experiment" | "it" | "that") && rest.len() <= 4 => "change",
        "select" if after.contains('*') => "run",
        "give"
            if !matches!(next, "me" | "us") && rest.iter().any(|word| matches!(*word, "tag" | "label" | "name" | "stage" | "status")) =>
        {
            "change"
        }
        "call" if next != "it" && !rest.is_empty() => "rename",
        "add"
            if !shows
                && rest.iter().take(4).any(|word| {
                    matches!(*word, "tag" | "tags" | "note" | "comment" | "label" | "description" | "user" | "member" | "artifact")
                }) =>
        {
            "add"
        }
        "log"
            if has("a an the this that new metric param parameter value artifact", next)
                || rest.get(1).is_some_and(|word| word.parse::<f64>().is_ok()) && next != "loss" =>
        {
            "log"
        }
        "record" | "report" | "store"
            if has("a an the new", next) && matches!(rest.get(1), Some(&"metric" | &"value" | &"parameter" | &"param"))
                || rest.get(1).is_some_and(|word| word.parse::<f64>().is_ok())
                    && rest.iter().any(|word| matches!(*word, "for" | "on" | "to" | "in")) =>
        {
            "log"
        }
        "add"
            if has("a an another new", next)
                && !shows
                && rest
                    .iter()
                    .skip(1)
                    .take(2)
                    .any(|word| matches!(*word, "run" | "metric" | "parameter" | "param" | "value" | "row" | "user" | "step")) =>
        {
            "add"
        }
        "take" | "bring" if after.contains(" off the ") || rest.last() == Some(&"live") => "take away",
        "try" if has("a an another some", next) => "try",
        // `get it running again`
        "get" | "set" if (says("running") || says("going")) && says("again") => "restart",
        "make" if [" go away", " disappear", " vanish"].iter().any(|end| after.contains(end)) => "remove",
        "add" if has("me him her us", next) && says("as") => "add",
        "add" if next.parse::<f64>().is_ok() && says("to") => "change",
        "tell" | "inform" | "ask" | "warn"
            if !has("me us you it the about", next)
                && rest.get(1).is_some_and(|word| matches!(*word, "that" | "to" | "why" | "if" | "whether" | "how" | "about")) =>
        {
            "message"
        }
        "wait" if has("until till for", next) => "wait for",
        "make"
            if !names_experiment
                && !shows
                && ["read-only", "readonly", "writable", "visible"].iter().any(|state| after.contains(state)) =>
        {
            "change"
        }
        "improve" | "boost" if has("the its my our", next) => "improve",
        "increase" | "decrease" | "raise" | "lower" | "double" | "halve" | "bump" | "reduce"
            if has("the its my our", next) || says("to") || first != "lower" && super::has_object(after) =>
        {
            "change"
        }
        "run"
            if has(
                "a an the this that it my another some new command code script sql python rm ls cat curl wget bash sh pip docker git",
                next,
            ) || says("again") =>
        {
            "run"
        }
        "fine" if next == "tune" => "fine-tune",
        // `tell my boss which run is best`, `tell ana her run failed`
        "tell" | "inform" | "warn" if has("my our his her the", next) && rest.get(1).is_some_and(|word| has(PEOPLE, word)) => "message",
        "tell" | "inform" | "warn"
            if !has("me us the it all", next)
                && !super::super::chatter::is_common(next)
                && rest.get(1).is_some_and(|word| has("her his their which who what when", word)) =>
        {
            "message"
        }
        "tell" if says("him") || says("her") || rest.iter().take(3).any(|word| *word == "team" || *word == "boss") => "message",
        "forecast" | "estimate" if rest.iter().take(4).any(|word| matches!(*word, "tomorrow" | "month" | "week" | "year" | "quarter")) => {
            "forecast"
        }
        "write" if !matches!(next, "" | "up") => "write",
        _ => return None,
    })
}

/// `tell me when it is done`, `let me know as soon as it ends`: of what is yet to happen.
pub(super) fn is_notice(rest: &[&str]) -> bool {
    let waits = rest.iter().take(5).any(|word| matches!(*word, "when" | "once" | "soon"));
    let is_due = rest.windows(2).any(|pair| {
        matches!(
            pair,
            ["is" | "are" | "has" | "s", "done" | "finished" | "over" | "complete" | "completed" | "ready" | "through" | "ended"]
        )
    });
    let ends = rest.iter().any(|word| matches!(*word, "finishes" | "ends" | "completes" | "stops" | "fails" | "crashes" | "converges"));
    matches!(rest.first(), Some(&("me" | "us"))) && waits && (is_due || ends)
}
