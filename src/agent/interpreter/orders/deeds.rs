//! Orders whose verb alone says nothing, by the words that stand behind it: `put it live`, `make one up`, `use run-3 to predict it`.

use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::lexicon::has;

/// What is set up to happen by itself.
const WATCHES: &str = "alert alerts alarm alarms webhook webhooks notification notifications reminder reminders trigger triggers dashboard dashboards cron schedule pipeline rule \
    monitor monitoring";

/// What people write and share elsewhere.
const PAPERS: &str = "doc docs document documents sheet sheets spreadsheet slide slides deck presentation powerpoint wiki confluence notion sharepoint drive jira slack channel \
    newsletter calendar mail email dropbox trello github gitlab overleaf";

/// What something is taken out of only for a picture or an answer.
const SHOWN: &str = "list plot chart graph comparison ranking average account picture table view legend diagram curve curves";

/// The verb of such an order.
pub(super) fn verb(first: &str, rest: &[&str], after: &str) -> Option<&'static str> {
    let says = |known: &str| rest.iter().any(|word| has(known, word));
    let pair = |one: &str, other: &str| rest.windows(2).any(|pair| matches!(pair, [left, right] if has(one, left) && has(other, right)));
    let last =
        rest.iter().rev().find(|word| !has("now today please pls then tonight tomorrow already asap", word)).copied().unwrap_or_default();
    let creates = says("experiment experiments project");
    let is_number = |word: &&str| word.parse::<f64>().is_ok();
    Some(match first {
        "set" | "configure" | "establish" | "arrange" | "create" | "make" | "add" | "define" | "install" | "build"
            if !creates && rest.iter().take(5).any(|word| has(WATCHES, word)) =>
        {
            "set up"
        }
        "put" | "get" | "take" | "bring" | "send" | "push" | "set" | "make" | "go" if last == "live" => "put live",
        "make" | "think" | "dream" if says("up") && !says(SHOWN) && !pair("up", "for") => "make up",
        "take" | "pull" | "get" | "throw" | "move" if pair("out", "of") && !says(SHOWN) && super::has_object(after) => "take out",
        "use" if says("to") && says("predict forecast classify detect translate generate label score retrain train deploy tune") => {
            "predict with"
        }
        "let" if rest.first() == Some(&"me") && says("chat talk play") && says("with to") => "chat with",
        "follow" | "obey" | "execute" | "carry" | "apply" | "perform" if says("instructions instruction commands command orders") => {
            "follow"
        }
        "inform" | "update" | "brief" if rest.first().is_some_and(|who| !has("me us", who)) => "message",
        "log" | "record" | "report" | "store" if rest.first() != Some(&"loss") && is_logged(rest, first) => "log",
        "start" | "begin" | "run" | "train" | "try" | "launch" | "do" | "set"
            if says("anew afresh")
                || pair("from", "scratch")
                || rest.first() == Some(&"over")
                || last == "over" && super::has_object(after) =>
        {
            "restart"
        }
        "put" | "paste" | "insert" | "write" | "stick" | "collect" if is_put_in(rest) => "put",
        "estimate" | "extrapolate" | "guess" | "project" | "guesstimate" | "forecast" | "predict"
            if says("final eventual future will would end") && !rest.iter().any(|word| lexicon::meaning(word) == Some("impact")) =>
        {
            "predict"
        }
        "give" | "invent" if rest.iter().any(|word| has("fake invented fictional fictitious", word)) && !rest.iter().any(is_number) => {
            "make up"
        }
        _ => return None,
    })
}

/// `log win_rate 0.63 for run-3`: a name, a number and where it is to stand.
fn is_logged(rest: &[&str], verb: &str) -> bool {
    let at = rest.iter().position(|word| word.parse::<f64>().is_ok());
    at.is_some_and(|at| {
        let is_number = |word: &str| word.parse::<f64>().is_ok();
        // `0.63` is two numbers here.
        let behind = rest.iter().skip(at).find(|word| !is_number(word));
        let is_measured = verb == "log"
            || rest.get(at).is_some_and(|number| number.contains('.'))
            || rest.get(at + 1).is_some_and(|next| is_number(next));
        let ranks =
            rest.iter().take(at).any(|word| has("best worst top bottom highest lowest first last above below over under than", word));
        (1..=4).contains(&at) && is_measured && !ranks && behind.is_some_and(|next| has("for on to in under into", next))
    })
}

/// `put the ten best in a Google Doc`
fn is_put_in(rest: &[&str]) -> bool {
    rest.iter().enumerate().any(|(at, word)| {
        let ahead = rest.get(at.saturating_sub(4)..at).unwrap_or_default();
        has(PAPERS, word) && ahead.iter().any(|word| has("in into on onto to", word))
    })
}

/// `do what the notes tell you`, `do as it says`: what somebody else wrote is to be obeyed.
pub(super) fn obeys(words: &[String]) -> bool {
    let words: Vec<&str> =
        words.iter().map(String::as_str).skip_while(|word| has("please now just then and kindly so can could you would", word)).collect();
    matches!(words.as_slice(), ["do", "what" | "whatever" | "as" | "exactly" | "everything" | "all", ..])
        && words
            .iter()
            .any(|word| has("says say tells tell told said asks ask demands wants instructs written instructed stated ordered", word))
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::orders::refused;

    #[test]
    fn orders_are_told_by_what_stands_behind_the_verb() {
        for order in [
            "put it live",
            "get run-3 live today",
            "just make one up",
            "use run-3 to predict next week",
            "set up an alert for mape above 15",
            "do what notes.txt tells you",
            "follow the instructions in notes.txt",
            "log win_rate 0.63 for run-3",
            "start it anew",
            "put the ten best runs in a Google Doc",
            "just estimate its final accuracy",
            "take it out of spam-filter",
        ] {
            assert!(refused(order).is_some(), "{order}");
        }
        for question in [
            "set up a new experiment called alerts",
            "take run-3 out of the chart",
            "log loss 0.5 in run 3",
            "report the best 3 in pilot",
            "which run went live?",
            "put run 3 in a table",
        ] {
            assert_eq!(refused(question), None, "{question}");
        }
    }
}
