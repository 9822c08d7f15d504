//! What people say around a question: greetings, about themselves, why they ask. It is passed over; the question beside it counts.
//!
//! Knows common English, not the store's names.

use super::lexicon::has;
use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use super::reading::{Part, Reading, Span};
use crate::domain::filter::{Attribute, Field};

/// Common words that name nothing of a store and say nothing of what is asked.
const COMMON: &str = "morning evening afternoon night folk dear buddy mate dude team boss colleague colleagues manager customer customers client clients \
    people person moment minute minutes hour hours second seconds sth smth something nothing never mind nevermind forget forgot remember reminded remind \
    explained understand understood think thought thinking guess guessing believe suppose assume hope hoping wish feel feels feeling seen saw \
    hear heard say says said saying tells told talking talk speak speaking mention mentioned call calls join joined help helping write writing report paper \
    slide slides deck meeting presentation review talk demo standup update today tonight tomorrow week weekend month later soon early late \
    because since although though however while whether unless despite therefore hence thus anyway anyways besides btw fyi imo afaik tbh lol haha \
    hmm hm mhm uh um er ah oh wow cool nice great good bad fine okay perfect awesome sweet thx ty cheers sorry oops damn hell heck yep yeah yup nope nah sure \
    maybe perhaps probably possibly certainly definitely apparently obviously basically literally simply honestly frankly truly fully totally completely quite \
    rather pretty somewhat almost nearly roughly approximately about around close near far away back forward together apart alone else elsewhere somewhere \
    anywhere everywhere nowhere always often sometimes usually normally generally mostly mainly rarely seldom hardly barely again once twice \
    able unable possible impossible likely unlikely necessary useless interesting interested curious important big small large little \
    few several many lot lots bunch plenty enough much less none nobody none new old own different similar same other another own real actual true false right wrong \
    keep keeps kept hold holds held take took bring brought come came coming comes goes gone leave left stand stands stood sit sits \
    try tried trying use using used choose chose chosen choosing pick picked picking decide decided deciding select selected ship shipping shipped deploying \
    process processes processed processing handle handles handled manage manages deliver delivers delivered attain attains attained post posts posted \
    clock clocked bring brings land landed lands earn earned earns record records score rank rate rates rated produce produces produced need consume consumed \
    lose loses losing lost gain gains win winning owned own owns belongs belong belonging slow slower fast faster quick heavy light cheap expensive took take takes \
    made did done look looked looks mean means meant check checked fair honest full ready ongoing budget trust \
    ended happen happens happened became become becomes remain remains turn turned turns gave given giving yields yield yielded \
    scored scores scoring reaches reach reached reaching hits hit gets gotten getting obtains obtained obtain achieves achieve achieved managed manages shows showed shown \
    answers answer answered answering respond responds matter issue problem problems trouble reason reasons idea ideas thing way ways case cases point points part parts \
    deals dealing covers covering concerns place places side end ends top line bit piece kind sort type types group groups pair item items result results figure figures number numbers amount \
    please thank thanks thankyou kindly welcome hello hi hey yo greetings howdy dearest wait hang hold listen look see watch check checking \
    we us our ours they them their theirs he him his she her hers you your yours me my mine myself yourself itself themselves i im ive id ill \
    whom whose why what whatever whichever whoever wherever whenever however therein thereof thereby herein \
    with without within upon onto off above below under over between among behind beyond across through during before after against toward towards per via \
    is are was were be been being am do does did done doing don doesn didn isn aren wasn weren has have had having haven hasn hadn can could cannot couldn \
    will would won wouldn shall should shouldn may might must mustn ought need needs needed dare \
    wat wich whcih wht hw mny pls plz thnx gimme lemme dunno gotta kinda sorta wanna gonna cuz coz bcs tho thru \
    general particular practice theory fact currently presently nowadays lately meanwhile far ever yet already still just only even also too very so such really actual";

/// Words that say that the words about them are talk, not names.
const TALK: &str = "i im ive we my our it its thanks thank thx hello hi hey sorry no yes yeah good great nice ok okay morning afternoon evening hmm hm ah oh well so \
    actually anyway btw never nevermind forget wait you boss folks guys team please cheers dear";

static COMMON_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| COMMON.split_whitespace().collect());

/// Whether a word is one of the commonest, and so neither a name nor a wish.
pub(super) fn is_common(word: &str) -> bool {
    COMMON_WORDS.contains(word)
}

/// Whether a word says that the words about it are talk.
pub(super) fn is_talk(word: &str) -> bool {
    has(TALK, word)
}

/// What people ask for, or whom they tell.
const OCCASIONS: &str = "meeting meetings report reports slide slides deck presentation demo standup review talk boss manager lead team paper call colleague colleagues client clients customer customers email newsletter blog post sync retro";

/// What may stand in a clause that tells why something is asked, and asks for nothing itself.
fn is_of_occasion(part: &Part) -> bool {
    match part {
        Part::Conditions(clauses) => clauses.iter().all(|clause| clause.field == Field::Attribute(Attribute::StartTime)),
        Part::Unknown | Part::Filler | Part::Number(_) | Part::Anaphor(_) | Part::End(_, None) => true,
        Part::Meaning(meaning) => matches!(*meaning, "create" | "user" | "start" | "store" | "show" | "describe" | "perform"),
        Part::Metric(_)
        | Part::Parameter(_)
        | Part::Experiment(_)
        | Part::ExperimentTag { .. }
        | Part::Run(_)
        | Part::Runs(_)
        | Part::End(..)
        | Part::Order(_)
        | Part::Or(_)
        | Part::Length(..)
        | Part::Value(..)
        | Part::File(_)
        | Part::Comparison(_) => false,
    }
}

/// `ignore precision for now, …`: names what is not asked for.
fn is_left_aside(reading: &Reading, clause: Vec<&Span>) -> bool {
    let first = clause.first().and_then(|span| reading.words.get(span.words.start)).map_or("", String::as_str);
    let is_name = |part: &Part| matches!(part, Part::Metric(_) | Part::Parameter(_));
    let is_empty = |part: &Part| is_name(part) || matches!(part, Part::Filler | Part::Unknown | Part::Number(_));
    let asks_else = reading.parts().filter(|part| matches!(part, Part::Metric(_))).count() > 1;
    matches!(first, "ignore" | "forget" | "disregard" | "skip" | "leave" | "neglect")
        && asks_else
        && clause.iter().all(|span| is_empty(&span.part))
        && clause.iter().filter(|span| is_name(&span.part)).count() == 1
}

fn names_occasion(reading: &Reading, span: &Span) -> bool {
    let said = reading.words.get(span.words.clone()).unwrap_or_default();
    said.iter().any(|word| has(OCCASIONS, word))
}

/// `my boss will kill me`: an idiom, and no status of a run.
fn is_idiom(reading: &Reading, clause: &[&Span]) -> bool {
    let said: Vec<&str> = clause.iter().filter_map(|span| reading.words.get(span.words.clone())).flatten().map(String::as_str).collect();
    let kills =
        said.windows(2).any(|pair| matches!(pair, ["kill" | "kills" | "killing" | "killed", "me" | "us"] | ["dying" | "die", "to" | "of"]))
            || said.windows(2).any(|pair| matches!(pair, ["i" | "m" | "am" | "im" | "we" | "re", "dead" | "broken"]));
    kills
        && clause.iter().all(|span| {
            matches!(
                span.part,
                Part::Filler
                    | Part::Unknown
                    | Part::Number(_)
                    | Part::Anaphor(_)
                    | Part::Conditions(_)
                    | Part::Length(..)
                    | Part::Meaning(_)
            )
        })
}

/// `…, I have a meeting in five minutes`: between commas, words about the speaker that name nothing of the store.
pub(super) fn ignore(reading: &mut Reading) {
    let mut clause_of: Vec<usize> = Vec::new();
    for span in &reading.spans {
        let before = reading.text.get(..span.bytes.start).unwrap_or_default();
        clause_of.push(before.matches([',', ':', '–', '—', ';', '!', '.', '?']).count());
    }
    let clauses: BTreeSet<usize> = clause_of.iter().copied().collect();
    if clauses.len() < 2 {
        return;
    }
    let last = clauses.iter().next_back().copied();
    for clause in clauses {
        let inside = || clause_of.iter().zip(&reading.spans).filter(|(number, _)| **number == clause).map(|(_, span)| span);
        let is_talk = inside().next().and_then(|span| reading.words.get(span.words.start)).is_some_and(|word| is_talk(word));
        let says_nothing = inside().all(|span| {
            matches!(
                span.part,
                Part::Unknown | Part::Filler | Part::Number(_) | Part::Anaphor(_) | Part::Meaning("create" | "user" | "start" | "store")
            )
        });
        let behind = inside().next_back().map_or(0, |span| span.bytes.end);
        let leads = Some(clause) != last
            && reading.text.get(behind..).is_some_and(|rest| rest.trim_start().starts_with([':', '–', '—', '.']))
            || inside()
                .next()
                .and_then(|span| reading.words.get(span.words.start))
                .is_some_and(|word| matches!(word.as_str(), "before" | "for" | "ahead"))
                && Some(clause) != last;
        let is_occasion = leads && inside().all(|span| is_of_occasion(&span.part)) && inside().any(|span| names_occasion(reading, span));
        if is_talk && says_nothing
            || is_occasion
            || is_left_aside(reading, inside().collect())
            || is_idiom(reading, &inside().collect::<Vec<&Span>>())
        {
            for (span, _) in reading.spans.iter_mut().zip(&clause_of).filter(|(_, number)| **number == clause) {
                span.part = Part::Filler;
            }
        }
    }
}
