//! The sentence of an order to create: where its verb and its noun stand, and what it says about them.

use crate::agent::interpreter::lexicon::has;
use std::ops::Range;

use serde_json::Value;

use super::descriptions::description_of;
use super::doubts::takes_back;
use super::names::{looks_like_name, name_of};
use super::quotes::{quoted, unquoted};
use super::tags::{speaks_of_tags, tags_of};
use super::wishes::labelled_name;
use super::{Order, called, several};
use crate::agent::interpreter::{Arguments, chatter, lexicon, put};
use crate::domain::reference::{count_word, placed_words};

/// Words between the verb and its object that name nothing.
const ARTICLES: &str = "a an the new another one more fresh brand me us please up as additional separate further our my just second third extra empty for room \
    space place";

/// Words that lead from a verb to another object than the experiment: `add run 3 to the experiment`.
const ELSEWHERE: &str = "to of in from on at by with within into under against inside about";

/// Words with which a question begins that orders nothing.
const ASKING: &str = "which what who when how list show did was were is are does has why where";

/// The order that a sentence gives, whatever doubts it raises.
pub(super) fn obeyed(text: &str) -> Option<Order> {
    let sentence = Sentence::of(text);
    if sentence.words.first().is_some_and(|(word, _)| has(ASKING, word)) {
        return None;
    }
    let of_noun = || match sentence.noun() {
        Some(noun_at) => sentence.with_noun(noun_at),
        None => sentence.bare(),
    };
    written_out(text).or_else(|| sentence.named_first()).or_else(|| sentence.pointing()).or_else(of_noun)
}

/// A sentence with its words; what is quoted is none of them.
pub(super) struct Sentence<'a> {
    pub(super) text: &'a str,
    pub(super) words: Vec<(String, Range<usize>)>,
    /// Where it says what the experiment is to be called.
    pub(super) called_at: Option<usize>,
}

impl<'a> Sentence<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut sentence = Self { text, words: placed_words(&unquoted(text)), called_at: question_calls(text) };
        // `for the dataset called sea create an experiment fog`: ahead of the noun something else is called so.
        let end = sentence.noun().and_then(|noun| sentence.words.get(noun)).map(|(_, place)| place.end);
        if let Some(end) = end.filter(|end| sentence.called_at.is_some_and(|at| at < *end)) {
            sentence.called_at = text.get(end..).and_then(question_calls).map(|at| end + at);
        }
        sentence
    }

    pub(super) fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", |(word, _)| word.as_str())
    }

    /// The text behind a word.
    pub(super) fn behind(&self, index: usize) -> &'a str {
        self.words.get(index).and_then(|(_, place)| self.text.get(place.end..)).unwrap_or_default()
    }

    /// The text ahead of a word.
    fn ahead(&self, index: usize) -> &'a str {
        self.words.get(index).and_then(|(_, place)| self.text.get(..place.start)).unwrap_or_default()
    }

    /// Whether a word orders something to be made.
    pub(super) fn creates(&self, index: usize) -> bool {
        let word = self.word(index);
        if has("new fresh", word) && !self.opens(index) {
            return false;
        }
        let minds = self.words.iter().take(4).any(|(word, _)| word == "mind");
        lexicon::meaning(word) == Some("create")
            || lexicon::meaning(word).is_none() && lexicon::misspelt_meaning(word) == Some("create")
            || has("start set begin open spin initialize initialise establish launch kick", word)
            || self.called_at.is_some() && has("need want like", word)
            || minds && has("creating making adding opening starting registering", word)
    }

    /// Whether `new` at this place orders something: nothing but courtesy, a wish or what leads to the order stands ahead of it. It is an
    /// adjective in `delete new experiment fog`.
    fn opens(&self, index: usize) -> bool {
        const LEADS: &str = "please pls hi hello hey ok okay so then and also now we i you want wants need needs like would could can d ll let s lets us to have get \
            add create make set register open start up good morning afternoon a an the another one more brand just thanks thank yes yep no well right fine great \
            there kindly next first finally entirely completely all";
        let ahead = self.ahead(index);
        (0..index).all(|ahead| has(LEADS, self.word(ahead)) || self.word(ahead).starts_with('_'))
            || speaks_of_tags(ahead)
            || description_of(ahead).0.is_some()
            || labelled_name(ahead).is_some()
    }

    /// The noun of what is made: the first behind a verb, and none that is the key of a tag.
    pub(super) fn noun(&self) -> Option<usize> {
        let mut nouns = (0..self.words.len()).filter(|index| self.is_noun(*index));
        let first = nouns.clone().next();
        nouns.find(|noun| (noun.saturating_sub(6)..*noun).any(|index| self.creates(index))).or(first)
    }

    /// `exp011` and `experiment-x` are names, `project=x` is a tag.
    fn is_noun(&self, index: usize) -> bool {
        let mut behind = self.behind(index).chars();
        let stands_alone = match behind.next() {
            Some('.') => !behind.next().is_some_and(char::is_alphanumeric),
            Some(letter) => !letter.is_alphanumeric() && !matches!(letter, '-' | '_' | '='),
            None => true,
        };
        let is_called = || has("called named titled", self.word(index + 1));
        (has("experiment project exp expt", self.word(index)) || self.word(index) == "something" && is_called()) && stands_alone
    }

    /// The verb next to the noun: in `i would like to start a new experiment` the others are politeness.
    fn verb(&self, noun_at: usize) -> Option<usize> {
        let mut ahead = (0..noun_at).rev();
        ahead.clone().find(|index| self.creates(*index) && self.word(*index) != "new").or_else(|| ahead.find(|index| self.creates(*index)))
    }

    fn with_noun(&self, noun_at: usize) -> Option<Order> {
        let wish = self.wish(noun_at);
        if wish.is_some() && self.says_no_more(noun_at) {
            return Some(Order::Nameless(Arguments::new()));
        }
        if self.called_at.is_none() && wish.is_some() && self.is_furnished(noun_at) || self.is_bare_wish(noun_at) {
            return Some(self.furnished(noun_at));
        }
        let verb_at = self.verb(noun_at).or(wish.filter(|_| self.called_at.is_some() || begins_with_name(self.behind(noun_at))))?;
        let verb = self.word(verb_at);
        let is_there = verb_at.checked_sub(1).is_some_and(|before| has("the this that our my its in of", self.word(before)));
        // `the new experiment x has …` is there already.
        if is_there && matches!(verb, "new" | "fresh") {
            return None;
        }
        // `i would like to have an experiment`
        let has_to = has("need want like", verb) && self.word(verb_at + 1) == "to";
        let said: Vec<&str> = (verb_at + 1..noun_at).map(|index| self.word(index)).skip(if has_to { 2 } else { 0 }).collect();
        let between = self.text.get(self.words.get(verb_at)?.1.end..self.words.get(noun_at)?.1.start)?;
        let named_before = name_before(between, &self.words, verb_at, noun_at);
        // `make room for an experiment`, but `write a report for the experiment`
        let is_for_another = said.contains(&"for") && !said.iter().all(|word| has(ARTICLES, word));
        let is_elsewhere = |word: &&str| {
            has(ELSEWHERE, word)
                || is_for_another
                || self.called_at.is_none() && matches!(lexicon::meaning(word), Some("run" | "metric" | "artifact" | "plot"))
        };
        if named_before.is_none() && (said.len() > 4 || said.iter().any(is_elsewhere)) {
            return None;
        }
        // `open experiment x` shows what is there.
        let is_new = said.iter().any(|word| has("a an new another one fresh up", word));
        if has("open start begin launch kick", verb) && !is_new && self.called_at.is_none() && named_before.is_none() {
            return None;
        }
        let rest = self.behind(noun_at);
        let rest_behind = rest;
        let rest = named_before
            .as_ref()
            .map_or_else(|| rest.to_owned(), |name| format!("\u{ab}{name}\u{bb}{}", rest.trim_start_matches([')', '"'])));
        // `experiment fog for the team called hail`: the team is called so.
        let called_at = self.called_at.filter(|at| !self.calls_another(noun_at, *at));
        let rest = called_at.and_then(|at| self.text.get(at..)).map_or(rest, str::to_owned);
        let head = self.head(verb_at);
        let Some((name, rest)) = name_of(&rest) else {
            // `create an experiment?` is an order; `add a project tag …` or `make the experiment list …` is something else.
            let is_bare = crate::domain::reference::words(&rest).iter().all(|word| has("called named name please with the", word));
            let is_one = said.iter().any(|word| has("a an new another one fresh", word)) || verb == "new";
            let goes_on_otherwise = has("list page id ids name names tag tags", rest.split_whitespace().next().unwrap_or_default());
            let is_order = is_bare || is_one && !goes_on_otherwise || self.called_at.is_some() || !head.is_empty();
            return is_order.then(|| order_of(labelled_name(head), head, &rest));
        };
        let is_led = called_at.is_some() || quoted(rest_behind.trim_start()).is_some() || rest_behind.trim_start().starts_with(':');
        if !is_led && named_before.is_none() && is_other_thing(&name, &rest, verb, is_new) {
            return None;
        }
        // `an experiment with the tag a=b called x`
        let middle = called_at.and_then(|at| self.text.get(self.words.get(noun_at)?.1.end..at)).unwrap_or_default();
        Some(order_of(Some(name), head, &format!("{middle}; {rest}")))
    }

    /// Whether what is called so behind a noun is another thing than the noun's, whose name stands directly behind it.
    fn calls_another(&self, noun_at: usize, called_at: usize) -> bool {
        let is_called = self.text.get(called_at..).is_some_and(|called| ["called ", "named "].iter().any(|lead| called.starts_with(lead)));
        let behind = name_of(self.behind(noun_at)).map(|(_, after)| after).unwrap_or_default();
        let is_behind = called_at + behind.len() >= self.text.len();
        let first = behind.split_whitespace().next().unwrap_or_default();
        is_called && is_behind && has("for about in on of from by", first)
    }

    /// What stands ahead of the order and is of it: `tagged team=risk, create …`, `with the description "…", create …`.
    fn head(&self, verb_at: usize) -> &'a str {
        let first = (0..=verb_at).find(|index| self.creates(*index)).unwrap_or(verb_at);
        let head = self.ahead(first);
        if speaks_of_tags(head) || description_of(head).0.is_some() || labelled_name(head).is_some() { head } else { "" }
    }

    /// The verb of a wish for an experiment: `we need one more experiment`, `could we have an experiment fog`.
    fn wish(&self, noun_at: usize) -> Option<usize> {
        let wish = (0..noun_at).find(|index| has("need want like have get fancy require", self.word(*index)))?;
        let merely_has = has("have get", self.word(wish))
            && !(wish.saturating_sub(2)..wish).any(|index| has("could can may might to must should let", self.word(index)));
        let between = wish + 1..noun_at;
        let is_one = !between.is_empty() && between.clone().all(|index| has(ARTICLES, self.word(index)) && self.word(index) != "the");
        (is_one && !merely_has).then_some(wish)
    }

    /// `…, can you make it`: says no more of what is wished for.
    fn says_no_more(&self, noun_at: usize) -> bool {
        const SAID_BEHIND: &str = "please can could would you make create add set it up that one for us me now thanks in here there too also as well today mlflow";
        self.words.iter().skip(noun_at + 1).all(|(word, _)| has(SAID_BEHIND, word)) && !self.text.contains('"')
    }

    /// `fog-v2 with team=meteo as a new experiment please`, `"Deep fog" should be a new experiment`: the name stands first.
    fn named_first(&self) -> Option<Order> {
        let rest = without_politeness(self.text);
        let (name, after) = match quoted(rest) {
            Some((name, after)) => (name, after),
            None => {
                let end = rest.find(|letter: char| letter.is_whitespace() || matches!(letter, ',' | '(' | ':')).unwrap_or(rest.len());
                let (name, after) = rest.split_at_checked(end).filter(|(name, _)| looks_like_name(name))?;
                (name.to_owned(), after)
            }
        };
        let said = Sentence::of(after);
        let noun_at = said.noun()?;
        let mut article_at = noun_at;
        while article_at > 0 && has("a an new another our fresh separate brand", said.word(article_at - 1)) {
            article_at -= 1;
        }
        let is_new = (article_at..noun_at).any(|index| has("new another fresh", said.word(index)));
        let is_set_off = article_at == 0 && after.starts_with([',', ' ', '(', ':']) && is_new && !after.starts_with(" a");
        let is_joined = article_at < noun_at && article_at > 0 && has("as be become", said.word(article_at - 1));
        let begins = article_at == 1 || has("with tagged labelled labeled tag tags to should shall must needs described", said.word(0));
        if !(is_set_off || is_joined && begins) {
            return None;
        }
        let ahead = if article_at == 0 { "" } else { said.ahead(article_at - 1) };
        Some(order_of(Some(name), ahead, said.behind(noun_at)))
    }

    /// `create churn-v2`: an order that does not say of what, but a name.
    fn bare(&self) -> Option<Order> {
        const ELSE: &str = "a an the some run runs model chart plot graph table report list picture summary comparison figure tag dashboard sense sure it me us";
        let verb_at = (0..self.words.len().min(20)).find(|index| self.word(*index) == "create").or_else(|| self.verb_of_name())?;
        let head = self.head(verb_at);
        if verb_at > 6 && head.is_empty() && !takes_back(self.text) {
            return None;
        }
        let first = self.word(verb_at + 1);
        let rest = self.behind(verb_at);
        let (name, behind) = name_of(rest)?;
        let name = called(&name).unwrap_or(name);
        let is_quoted = quoted(rest.trim_start()).is_some();
        let said: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
        let is_name = looks_like_name(&name) && said.len() == 1;
        if is_quoted || is_name {
            return Some(order_of(Some(name), head, &behind));
        }
        if count_word(first).is_some() && several::is_counted(self.text) {
            return Some(order_of(None, head, &behind));
        }
        let is_else =
            has(ELSE, first) || said.len() > 6 || said.iter().any(|word| lexicon::meaning(word).is_some() || lexicon::end(word).is_some());
        let is_free = |word: &String| !chatter::is_common(word) && !lexicon::is_filler(word) && count_word(word).is_none();
        match (said.as_slice(), order_of(Some(name), head, &behind)) {
            _ if is_else || !said.first().is_some_and(is_free) => None,
            // `create spring uplift`: which of the words are the name?
            ([_, _, ..], Order::Create(arguments)) => Some(Order::Unclear(arguments)),
            (_, order) => Some(order),
        }
    }
}

/// `an experiment report`, `make experiment card-fraud private`, `register experiment fog as a favourite`: something else is to be made, or made
/// of what is there.
fn is_other_thing(name: &str, behind: &str, verb: &str, is_new: bool) -> bool {
    const MADE: &str = "report reports summary overview recap comparison chart plot graph table list picture dashboard page leaderboard ranking note notebook";
    let said: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    let is_made =
        matches!(said.as_slice(), [made] if has(MADE, made)) || matches!(said.as_slice(), [made, of, ..] if has(MADE, made) && of == "of");
    let becomes = said.len() > 1 || behind.starts_with(" as a ") && !behind.starts_with(" as a new ");
    is_made || !is_new && becomes && has("make register", verb)
}

/// The order with what is said of the experiment ahead of its name and behind it.
pub(super) fn order_of(name: Option<String>, ahead: &str, behind: &str) -> Order {
    let mut arguments = Arguments::new();
    let is_named = name.is_some();
    if let Some(name) = name {
        put(&mut arguments, "name", name);
    }
    let (described_ahead, ahead) = description_of(ahead);
    let (described_behind, behind) = description_of(behind);
    if let Some(description) = described_behind.or(described_ahead) {
        put(&mut arguments, "description", description);
    }
    let (tags_ahead, tags_behind) = (tags_of(&ahead), tags_of(&behind));
    if let Some(value) = tags_ahead.without_key.or(tags_behind.without_key) {
        return Order::Keyless(value);
    }
    let mut pairs = tags_ahead.pairs;
    pairs.extend(tags_behind.pairs);
    if !pairs.is_empty() {
        put(&mut arguments, "tags", Value::Object(pairs));
    }
    if is_named { Order::Create(arguments) } else { Order::Nameless(arguments) }
}

/// `new experiment {"name": "fog", "tags": {"team": "meteo"}}`: the arguments as programs write them.
fn written_out(text: &str) -> Option<Order> {
    let (start, end) = (text.find('{')?, text.rfind('}')?);
    let ahead = Sentence::of(text.get(..start)?);
    let noun_at = ahead.noun()?;
    ahead.verb(noun_at)?;
    let written: Arguments = serde_json::from_str(text.get(start..=end)?).ok()?;
    let is_text = |argument: &str| written.get(argument).is_none_or(Value::is_string);
    let are_tags =
        written.get("tags").is_none_or(|tags| tags.as_object().is_some_and(|tags| tags.values().all(Value::is_string) && !tags.is_empty()));
    let is_known = written.keys().all(|argument| has("name description tags", argument));
    (is_known && is_text("name") && is_text("description") && are_tags && written.contains_key("name")).then_some(Order::Create(written))
}

/// The verb of an order among some words, be it a wish.
pub(super) fn written_verb(words: &[(String, Range<usize>)]) -> Option<usize> {
    words
        .iter()
        .take(16)
        .position(|(word, _)| lexicon::meaning(word) == Some("create") || has("need want like open start set spin get", word))
}

/// Whether a name stands at the head of a text, and nothing else.
fn begins_with_name(text: &str) -> bool {
    let text = text.trim_start_matches([' ', ':', ',']);
    let first = text.split_whitespace().next().unwrap_or_default().trim_end_matches([',', '.', '!', ';', '?']);
    quoted(text).is_some() || looks_like_name(first)
}

/// The text without words of courtesy and wish at its head.
pub(super) fn without_politeness(text: &str) -> &str {
    const POLITE: &str = "please pls hi hello hey ok okay so then and also now we i you want need like would could can i'd we'd let's lets to have add create make set register \
        open start up good morning afternoon";
    let mut rest = text.trim_start();
    while let Some((first, behind)) = rest.split_once(char::is_whitespace)
        && has(POLITE, &first.trim_end_matches([',', '!', ':', '.']).to_lowercase())
    {
        rest = behind.trim_start();
    }
    rest
}

/// `create "fog-v2" experiment`, `set up fog-v2 as a new experiment`, `create fog-v2 (new experiment)`: the name stands before the noun.
fn name_before(between: &str, words: &[(String, Range<usize>)], verb_at: usize, noun_at: usize) -> Option<String> {
    if let Some((name, _)) = between.find(['"', '“', '`', '\'']).and_then(|at| quoted(between.get(at..)?)) {
        return Some(name);
    }
    // What is one word to people is one piece here.
    let pieces = between.split_whitespace().filter(|piece| {
        let bare = piece.trim_matches(['(', ')', ',', ':']);
        !bare.is_empty() && !ARTICLES.split_whitespace().any(|known| known.eq_ignore_ascii_case(bare))
    });
    let pieces: Vec<&str> = pieces.collect();
    let [name] = pieces.as_slice() else { return None };
    let name = name.trim_matches(['(', ')', ',', ':']);
    // `create the alpha experiment`
    let is_the_one = between.trim_start().starts_with("the ")
        && words.get(verb_at).is_some_and(|(verb, _)| has("create register make add", verb))
        && !chatter::is_common(name)
        && !lexicon::is_filler(name)
        && lexicon::meaning(name).is_none()
        && lexicon::end(name).is_none()
        && lexicon::status(name).is_none();
    let is_called_so = is_the_one || between.contains(" as ") || between.contains('(') && noun_at > verb_at;
    (words.len() > noun_at && (looks_like_name(name) || is_called_so) && name.chars().any(char::is_alphabetic)).then(|| name.to_owned())
}

/// Where an order says at its end what the experiment is to be called: `…, call it x`. What is quoted does not count.
pub(super) fn question_calls(question: &str) -> Option<usize> {
    let folded = unquoted(question).to_ascii_lowercase();
    let leads = [
        " call it ",
        " name it ",
        " called ",
        " named ",
        " titled ",
        " entitled ",
        " dubbed ",
        " by the name ",
        " with the name ",
        " under the name ",
        " its name should be ",
        " its name is ",
        " the name should be ",
        " the name is ",
        " whose name is ",
        ", name ",
        "; name ",
        ". name ",
        ", name: ",
        "; name: ",
        ". name: ",
    ];
    leads.iter().filter_map(|lead| folded.find(lead)).min().map(|at| at + 1)
}
