//! Remarks that want no answer but a word: that somebody is done, what he thinks of Trialogue, and whether anybody is there.

use super::{COURTESY, Talk, has};

/// What people say when they have no more to ask.
const CLOSINGS: [&str; 24] = [
    "that s all",
    "thats all",
    "that is all",
    "that will be all",
    "that ll be all",
    "that would be all",
    "that s it",
    "thats it",
    "that s enough",
    "thats enough",
    "i m done",
    "im done",
    "i am done",
    "we re done",
    "i m off",
    "im off",
    "i m finished",
    "gotta go",
    "got to go",
    "have to go",
    "enough for today",
    "no more questions",
    "nothing more",
    "talk to you",
];

/// Words about such a closing.
const AROUND: &str = "for now today tonight from me side my i needed need wanted to know then folks that s thats is it all week will would ll be u talk off done finished enough \
    have gotta go got more questions at the moment we re m im am home out am today, with this";

/// Words for what somebody thinks of whom he talks to.
const OPINIONS: &str = "useless annoying stupid dumb terrible awful horrible slow frustrating frustrated ridiculous pathetic crap crappy garbage rubbish boring confusing \
    nonsense hopeless suck sucks hate disappointing disappointed unhelpful idiot idiotic lousy joke embarrassing angry mad amazing awesome brilliant great love fantastic \
    wonderful excellent impressive impressed incredible genius helpful clever smart cute funny lame weird broken shit shitty bullshit damn fuck fucking";

/// Words that may stand beside an opinion.
const ABOUT_IT: &str = "you u your re are is was it s this that these tool bot thing assistant program app software system chat chatbot service trialogue answer answers so very \
    completely really totally absolutely utterly quite pretty kinda just always again never not no at all ugh wow oh man god my omg what a an i m am we hate love like did do does t don didn \
    isn wasn aren help me with of the too such and but truly honestly seriously one ever in as been have has getting";

/// Words by which somebody tries whether anybody is there.
const TRIALS: &str = "test tests testing check mic one two three just only a this is it hello hey hi anyone anybody somebody someone there here home still on thing are you can hear \
    me working alive awake online up around ping";

/// What kind of remark an utterance is, if it is one.
pub(super) fn remark(words: &[String], question: &str) -> Option<Talk> {
    let said = words.join(" ");
    let consists_of = |known: &[&str]| words.iter().all(|word| known.iter().any(|words| has(words, word)));
    let any = |known: &str| words.iter().any(|word| has(known, word));
    let closes = CLOSINGS.iter().any(|closing| said.starts_with(closing) || said.contains(&format!(" {closing}")));
    if closes && words.len() <= 14 && !question.contains('?') && consists_of(&[COURTESY, AROUND]) {
        return Some(Talk::Farewell);
    }
    // `wait a moment`
    if words.len() > 1
        && consists_of(&["hold on wait hang a one sec second moment minute just please let me think hm hmm still pls bit"])
        && any("wait hold hang moment sec second minute think")
    {
        return Some(Talk::Remark);
    }
    let is_number = |word: &String| word.parse::<u32>().is_ok_and(|number| number < 10);
    let tries = words.iter().all(|word| has(TRIALS, word) || is_number(word));
    if tries
        && (any("test tests testing mic ping") || any("anyone anybody somebody someone hear thing there") && any("there here home hear on"))
    {
        return Some(Talk::Greeting);
    }
    let addresses =
        any("you u your tool bot thing assistant program app software system chat chatbot service trialogue answer answers hate love")
            || matches!(words.first().map(String::as_str), Some("this" | "that" | "it" | "what" | "ugh"))
            || words.len() <= 2;
    let asks = question.contains('?')
        || matches!(words.first().map(String::as_str), Some("is" | "are" | "does" | "did" | "which" | "who" | "how"));
    let praises = any("best") && words.first().is_some_and(|word| has("you u", word));
    ((any(OPINIONS) || praises) && addresses && !asks && consists_of(&[OPINIONS, ABOUT_IT, "best"])).then_some(Talk::Opinion)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::words;

    fn check(said: &str, expected: Option<Talk>) {
        assert_eq!(remark(&words(said), said), expected, "{said}");
    }

    #[test]
    fn remarks_are_told_from_questions() {
        check("that's all for today, thanks", Some(Talk::Farewell));
        check("I'm off, have a nice evening", Some(Talk::Farewell));
        check("you are completely useless", Some(Talk::Opinion));
        check("ugh this tool is so annoying", Some(Talk::Opinion));
        check("testing 1 2 3", Some(Talk::Greeting));
        check("is this thing on?", Some(Talk::Greeting));
        check("that's all runs, but which is best?", None);
        check("which run is the best?", None);
        check("what is the best", None);
        check("test accuracy", None);
    }
}
