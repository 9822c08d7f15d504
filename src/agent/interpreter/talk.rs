//! Talk that wants no tool: greetings, thanks and questions about Trialogue itself; and what it does not talk about: secrets, its
//! instructions, the rest of the world.
//!
//! Knows English, not the store's names.

mod elsewhere;
mod foreign;
mod itself;
mod remarks;
mod secrets;
mod small;

pub(super) use elsewhere::{asks_for_knowledge, is_barely_named, is_of_elsewhere, is_of_machine, is_of_other_matters, is_off_topic};
pub(super) use itself::is_asked as is_asked_of_itself;
pub(super) use secrets::{asks_for_secret, is_claim, overrides};
pub(super) use small::is_small;

use super::lexicon;
use super::lexicon::has;
use super::reading::{Part, Reading};
use crate::domain::reference::words;

/// What an utterance that wants no tool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Talk {
    /// A greeting.
    Greeting,
    /// Thanks.
    Thanks,
    /// A farewell.
    Farewell,
    /// `ok`, `never mind`.
    Remark,
    /// What somebody thinks of Trialogue: `you are useless`.
    Opinion,
    /// A question about Trialogue itself.
    OfItself,
}

/// Words of which greetings, thanks and farewells are made.
const COURTESY: &str = "hello hi hey hiya yo howdy greetings dear morning afternoon evening night day good bye goodbye farewell cheers thanks thank thx ty tnx \
    thankyou welcome ok okay hm hmm mhm aha ah oh great nice cool perfect awesome sweet wonderful excellent lovely brilliant fantastic amazing fine job work well done helpful \
    useful that this was very really so much many a lot you it everything all for your help the is s how are re doing going today there everyone team folks \
    again and no problem never mind see later tomorrow soon have had weekend one what whats up to meet ya wow super just i m appreciate it got nothing else \
    then now please sorry my bad too kind mate friend assistant trialogue yes yep yeah nope sure nice about helps helped helping needed wanted exactly perfectly \
    good enough course love loved like no worries glad makes sense understood clear alright right fun been pleasure talking talk made saved bless u \
    anyway nevertheless though tho regardless looking hoping after my day days week life that exactly precisely quick fast";

/// Words that make such an utterance one.
const COURTEOUS: &str = "helpful helps helped hello hi hey hiya yo howdy greetings morning afternoon evening night bye goodbye farewell cheers thanks thank thx ty tnx thankyou \
    welcome great nice cool perfect awesome sweet wonderful excellent lovely brilliant fantastic amazing okay ok hm hmm mhm aha ah oh appreciate later tomorrow sorry problem \
    mind yes yep yeah nope sure no wow";

/// Words of which questions about Trialogue itself are made.
const OF_ITSELF: &str = "make makes where who what whats which how can could do does did are is was s re you your yours yourself i we me us this it tool bot assistant program \
    software app service thing help helping ask asking question questions kind kinds sort sorts type types of know able answer answers tell about \
    mistake mistakes error errors wrong trust trusted reliable accurate lie hallucinate commands manual documentation docs smart clever intelligent talking am t not cannot limited \
    abilities ability capabilities capability features feature skills limits limitations name made built created wrote programmed developed invented \
    work works working use used using for possible with here there trialogue mlflow please the a an to and else things thing could should would introduce \
    explain ai robot human machine real person chatbot gpt chatgpt llm language languages speak understand old from come my need like want some get started \
    start good at purpose model be really all only any support supported handle server connected connect database backend version running on anything more \
    offer usage commands command show give example examples useful hey hi hello ok so exactly actually in general today based training trained data store stored storing creator author developer maker chat openai up alive online sure";

/// Whether an utterance is talk, and of what kind.
pub(super) fn talk(question: &str) -> Option<Talk> {
    let words = words(question);
    let consists_of = |known: &str| words.iter().all(|word| has(known, word));
    let says = |word: &str| words.iter().any(|said| said == word);
    let asks = words.first().is_some_and(|word| matches!(word.as_str(), "is" | "was" | "which" | "who" | "are" | "does" | "did"));
    let asks_how = matches!(words.as_slice(), [how, rest @ ..] if how == "how"
        && rest.iter().any(|word| word == "you" || word == "going") && !rest.iter().any(|word| word == "can" || word == "help"))
        || words.concat().starts_with("whatsup");
    if words.is_empty() {
        return None;
    }
    if let Some(courtesy) = foreign::courtesy(&words) {
        return Some(courtesy);
    }
    let closes = words.windows(2).any(|pair| {
        let pair: Vec<&str> = pair.iter().map(String::as_str).collect();
        matches!(
            pair.as_slice(),
            ["see", "you" | "ya" | "u"]
                | ["good" | "great" | "nice" | "well", "job" | "work" | "done" | "one"]
                | ["makes", "sense"]
                | ["got", "it"]
                | ["i", "see"]
        )
    });
    if closes && words.len() <= 6 && consists_of(COURTESY) && !asks && !question.contains('?') {
        return Some(match says("see") && !says("i") {
            true => Talk::Farewell,
            false if says("got") || says("see") || says("sense") => Talk::Remark,
            false => Talk::Thanks,
        });
    }
    if is_ability(&words) {
        return Some(Talk::OfItself);
    }
    if consists_of(COURTESY) && !asks && (words.iter().any(|word| has(COURTEOUS, word)) || asks_how) {
        let any = |known: &str| words.iter().any(|word| has(known, word));
        return Some(match () {
            () if any("thanks thank thx ty tnx thankyou cheers appreciate") => Talk::Thanks,
            () if any("bye goodbye farewell later tomorrow night") => Talk::Farewell,
            () if any("hello hi hey hiya yo howdy greetings morning afternoon evening welcome") || asks_how => Talk::Greeting,
            () => Talk::Remark,
        });
    }
    if let Some(remark) = remarks::remark(&words, question) {
        return Some(remark);
    }
    let of_it = ["about", "of", "with"].iter().any(|link| words.windows(2).any(|pair| pair == [(*link).to_owned(), "it".to_owned()]));
    let is_addressed = ["you", "your", "yours", "yourself", "trialogue", "help", "ask"].iter().any(|word| says(word))
        || ["server", "mlflow"].iter().any(|word| says(word)) && ["up", "version", "alive", "online"].iter().any(|word| says(word))
        || says("this") && ["tool", "bot", "assistant", "program", "app", "thing", "service", "work"].iter().any(|word| says(word));
    let is_addressed = is_addressed
        || ["commands", "manual", "documentation"].iter().any(|word| says(word))
        || says("talking") && says("who")
        || says("examples") && says("questions")
        || says("do") && says("i") && (says("here") || says("with"))
        || words.iter().map(String::as_str).eq(["what", "is", "this"]);
    let names_one = says("show") && !says("what") && !says("example") && !says("examples");
    (consists_of(OF_ITSELF) && is_addressed && !of_it && !names_one).then_some(Talk::OfItself)
}

/// `can you plot things`, `do you compare runs`, `what kind of things can you tell me about my experiments`: asks what it does, and for nothing.
fn is_ability(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let asks_you = |word: &str| matches!(word, "can" | "could" | "do" | "are");
    match words.as_slice() {
        ["can" | "do", "you", verb, "things" | "stuff" | "charts" | "plots" | "graphs" | "curves" | "pictures" | "files" | "runs"] => {
            matches!(lexicon::meaning(verb), Some("plot" | "compare")) || matches!(*verb, "read" | "make")
        }
        [
            "what" | "which",
            "kind" | "kinds" | "sort" | "sorts" | "type" | "types",
            "of",
            "things" | "questions" | "stuff",
            can,
            "you" | "i",
            ..,
        ]
        | ["what" | "which", "things" | "questions", can, "you" | "i", ..] => asks_you(can) && words.len() <= 14,
        _ => false,
    }
}

/// Whether nothing is asked: no word of the trade, no name of the store, no question word and no order.
pub(super) fn asks_nothing(reading: &Reading) -> bool {
    const ASKING: &str =
        "what whats which who whose when where why how is are was were do does did can could will would has have show list tell give find";
    !reading.text.contains('?')
        && !reading.words.iter().any(|word| has(ASKING, word))
        && reading.parts().all(|part| matches!(part, Part::Unknown | Part::Filler))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn talk_is_told_from_questions() {
        let courtesies = [
            ("hello", Talk::Greeting),
            ("good morning!", Talk::Greeting),
            ("hi, how are you?", Talk::Greeting),
            ("thanks, that was helpful", Talk::Thanks),
            ("that was helpful", Talk::Remark),
            ("bye", Talk::Farewell),
            ("see you tomorrow", Talk::Farewell),
            ("never mind", Talk::Remark),
            ("good job!", Talk::Thanks),
            ("perfect, that's what I needed", Talk::Remark),
            ("I see", Talk::Remark),
            ("see you", Talk::Farewell),
            ("ok", Talk::Remark),
        ];
        for (said, kind) in courtesies {
            assert_eq!(talk(said), Some(kind), "{said}");
        }
        for said in [
            "what can you do?",
            "how can you help me?",
            "who are you?",
            "what kinds of questions can you answer?",
            "help",
            "are you an AI?",
            "who made you?",
            "how does this work?",
            "what can I ask you?",
            "what can't you do?",
            "can you plot things?",
            "what kind of things can you tell me about my runs?",
        ] {
            assert_eq!(talk(said), Some(Talk::OfItself), "{said}");
        }
        for said in [
            "which experiments can I ask you about?",
            "can you help me find the best run?",
            "what can you tell me about run 3?",
            "how is it?",
            "is it good?",
            "what about it?",
            "who made it?",
            "can you show it?",
            "can you plot the loss?",
            "what should I do with it?",
        ] {
            assert_eq!(talk(said), None, "{said}");
        }
    }
}
