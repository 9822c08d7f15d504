//! The words of the trade: what people say when they ask about experiments, whatever their store is called.
//!
//! Knows English, not the store's names.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::domain::reference::is_typo_of;
use crate::domain::run::RunStatus;

/// Words that carry no meaning of their own in a question about runs.
const FILLERS: &str = "incl a an the of in on at to for from by with and or is was are were be been did do does done has have had me my i we us our you your \
    please pls plz can could would will should may might just so far then there here hey hi hello thanks thank ok okay kindly now any \
    some using used use uses that this these those it its them they their one ones which what whats who whose where when how s d ll re \
    ve t m want need like know wonder wondering get got give tell let lets out up as also too only each every all value values score \
    scores number than among amongst within across over until during into through between both same about if but not no yes well \
    really actually exactly currently ever still already overall go went going look looks looking ask question quick quickly curious \
    say e g per via including include even exist exists existing around achieved reached happened happening recently lately entire \
    whole having being folks own respect regard regarding terms term such other another more much many set data again \
    instead next right man guys everyone quite find check kind sort ordered sorted order rank ranked ranking ranks since after before \
    today week month year yesterday log scale axis linear logarithmic wall clock time relative elapsed called named name names \
    ascending descending asc desc decreasing increasing first last gimme wanna gonna u ur r somebody someone anybody anyone nobody everybody added lie lies lying scorer performer work \
    works working stuff thing things am put throw included includes whether regardless throws deal deals dealing cover covers covering topic lowly seem seems stay stays stayed turn turned w wrt suspicion feeling impression hunch";

/// Content words by the meaning they share. The first of each row is the meaning's name, by which phrases and questions are matched.
const MEANINGS: &[(&str, &str)] = &[
    ("show", "show display list print view fetch enumerate shows listing pull see open"),
    (
        "plot",
        "plot overlay overlaid superimpose draw graph chart visualize visualise curve curves trajectory history histories evolution evolve evolved progress \
        progression progressed overfit overfits overfitting overfitted plateau plateaued stagnate stagnated oscillate oscillated flatten flattened climb climbed rise rose risen rising falling dropping diverge diverged diverging grew shrank spike spiked explode exploded blow blew trend develop developed picture converge converged plotted plots course sketch line lines",
    ),
    (
        "compare",
        "compare comparison versus vs against difference differences differ differs different contrast beside alongside side \
        compared comparing diff stack better distinguishes distinguish separates separate separated apart changed",
    ),
    (
        "impact",
        "matter matters mattered impact impacts influence influences influenced drive drives driving affect affects affected \
        explain correlate correlates correlated correlation correlations important importance sensitive sensitivity effect effects \
        relationship relate related depend depends contribute contributes explains responsible tune tuning move moves relation \
        helps help hurt hurts improve benefit determine determines influential associated association linked tied role worth useful worthwhile payoff",
    ),
    (
        "describe",
        "describe description lowdown logged recorded tracked available contain contains overview summary summarize summarise rundown recap gist measured \
        stored logs record track inside content contents summarised summarized logging tracking",
    ),
    ("create", "create make new fresh add register setup"),
    ("details", "details detail info information full everything inspect specifics"),
    ("howmany", "howmany count counts total"),
    ("howlong", "howlong duration long longer runtime lasted"),
    ("run", "run runs trial trials model models training trainings job jobs attempt attempts"),
    ("experiment", "experiment project exp expt"),
    ("experiments", "experiments projects exps anything something experimenting"),
    ("deleted", "deleted trashed archived removed trash threw thrown tossed binned discarded"),
    ("metric", "benchmark benchmarks metric metrics measure measures measurement measurements kpi kpis"),
    (
        "parameter",
        "parameter parameters param params hyperparameter hyperparameters hyperparams hyperparam setting settings config \
        configuration configurations knob knobs hparams argument arguments",
    ),
    ("status", "status state finish end ended succeed outcome"),
    ("user", "whom user author owner person ran launched people"),
    ("start", "start started begin began begun created launch date"),
    ("tag", "tag tags tagged label labels labelled labeled"),
    (
        "perform",
        "perform performed performing performs performance won win wins winner winning leader leading champion \
        leaderboard scoreboard standings",
    ),
    ("artifact", "artifact artifacts file files outputs attachment attachments"),
    ("range", "range ranges spread"),
    ("store", "store mlflow server"),
];

/// Nouns for what runs made or tried, in one field or another.
const RUN_NOUNS: &str = "policy policies agent agents voice voices network networks net nets classifier classifiers detector detectors ranker rankers \
    forecast forecasts forecaster forecasters eval evals evaluation evaluations version versions variant variants candidate candidates submission submissions \
    try tries entry entries checkpoint checkpoints system systems regressor regressors segmenter segmenters generator generators \
    recommender recommenders predictor predictors translator translators summarizer summarizers transcriber learner learners contender contenders \
    combination combinations combo combos fit fits iteration iterations simulation simulations";

/// Whether a noun speaks of runs where it is no name.
pub(super) fn is_run_noun(word: &str) -> bool {
    has(RUN_NOUNS, word)
}

/// The meaning of each word; a word of two rows has the first one's. Every rule asks for it of every word, so it is looked up.
static MEANING_OF: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let rows = MEANINGS.iter().rev();
    rows.flat_map(|(name, words)| words.split_whitespace().map(move |word| (word, *name))).collect()
});

/// What a word means in the trade: the name of its meaning.
pub(super) fn meaning(word: &str) -> Option<&'static str> {
    let listed = |word: &str| MEANING_OF.get(word).copied();
    listed(word).or_else(|| {
        // `helping`, `affected`: forms of a verb that is listed.
        let base = ["ing", "ed", "es", "s"].iter().find_map(|ending| word.strip_suffix(ending)).filter(|base| base.len() >= 4)?;
        listed(base).or_else(|| listed(&format!("{base}e"))).filter(|name| matches!(*name, "impact" | "compare" | "plot" | "describe"))
    })
}

/// The meaning of the one word of the trade of which `word` is a misspelling.
pub(super) fn misspelt_meaning(word: &str) -> Option<&'static str> {
    if word.chars().count() == 4 {
        let is_shuffled = |known: &str| sorted(known) == sorted(word) && is_typo_of(word, known);
        return MEANINGS.iter().find(|(_, words)| words.split(' ').any(is_shuffled)).map(|(name, _)| *name);
    }
    if word.chars().count() < 5 {
        return None;
    }
    let known = MEANINGS.iter().flat_map(|(name, words)| words.split(' ').map(move |known| (*name, known)));
    let near = known.filter(|(_, known)| known.chars().count() >= 5 && is_typo_of(word, known));
    // `experimens` is several.
    let is_number_kept = |known: &str| known.ends_with('s') == word.ends_with('s');
    near.min_by_key(|(_, known)| (strsim::damerau_levenshtein(word, known), !is_number_kept(known))).map(|(name, _)| name)
}

/// Whether `word` is one of the commonest words, a letter wrong.
pub(super) fn is_misspelt_filler(word: &str) -> bool {
    const COMMON: [&str; 14] =
        ["which", "where", "there", "their", "these", "those", "please", "about", "should", "could", "would", "having", "using", "again"];
    const SLIPS: [&str; 14] = ["al", "alll", "teh", "hte", "tha", "fo", "ot", "nad", "adn", "si", "aer", "ahve", "ti", "ofr"];
    SLIPS.contains(&word) || word.chars().count() >= 4 && COMMON.iter().any(|known| strsim::damerau_levenshtein(word, known) == 1)
}

/// Whether a list of words, set apart by spaces, has this one.
pub(super) fn has(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|known| known == word)
}

fn sorted(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters
}

static FILLER_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| FILLERS.split_whitespace().collect());

/// Whether a word carries no meaning of its own.
pub(super) fn is_filler(word: &str) -> bool {
    FILLER_WORDS.contains(word)
}

/// Which end of a ranking is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The highest value, whatever is better.
    Highest,
    /// The lowest value, whatever is better.
    Lowest,
    /// The better end.
    Best,
    /// The worse end.
    Worst,
}

/// The end of a ranking that a word names.
pub(super) fn end(word: &str) -> Option<End> {
    Some(match word {
        "priciest" | "costliest" | "longest" | "highest" | "max" | "maximum" | "maximal" | "largest" | "biggest" | "greatest" | "peak"
        | "most" | "maximizes" | "maximises" => End::Highest,
        "cheapest" | "shortest" | "lowest" | "min" | "minimum" | "minimal" | "smallest" | "least" | "fewest" | "minimizes"
        | "minimises" | "tiniest" => End::Lowest,
        "best" | "top" | "sota" | "optimal" | "strongest" | "winner" | "winning" | "leads" | "champion" | "lead" | "leading" | "leader"
        | "tops" | "topped" | "beats" | "finest" | "fastest" | "quickest" | "won" | "wins" | "win" => End::Best,
        "worst" | "poorest" | "weakest" | "slowest" | "bottom" => End::Worst,
        _ => return None,
    })
}

/// The end of a ranking that a comparative leads to.
pub(super) fn comparative(word: &str) -> Option<End> {
    Some(match word {
        "better" => End::Best,
        "worse" => End::Worst,
        "higher" | "larger" | "bigger" | "greater" => End::Highest,
        "lower" | "smaller" => End::Lowest,
        _ => return None,
    })
}

/// The end of a ranking that a misspelt word names.
pub(super) fn misspelt_end(word: &str) -> Option<End> {
    if comparative(word).is_some() {
        return None;
    }
    // Of short words only the letters' order may be wrong.
    let short = ["best", "top", "most"].iter().find(|known| {
        word.len() == known.len() && word != **known && sorted(word) == sorted(known) && strsim::osa_distance(word, known) == 1
    });
    if let Some(short) = short {
        return end(short);
    }
    let known = ["highest", "lowest", "maximum", "minimum", "largest", "biggest", "smallest", "greatest", "worst"];
    known.iter().find(|known| word.chars().count() >= 5 && is_typo_of(word, known)).and_then(|known| end(known))
}

/// Whether the words in front of a name deny it: `not`, `weren't done by`, `all but the`, `other than`.
pub(super) fn denies(before: &[String]) -> bool {
    const DENIALS: &str = "drop hide skip ignore omit exclude not never non no without except excluding excl minus nor neither lacking isn aren wasn weren hasn haven didn doesn don cannot ain";
    const ARTICLES: &str = "the a an any those that ones";
    const LINKS: &str = "t was were been be being done made run ran trained started using use used uses with by on from either s both";
    let mut plainly = true;
    let mut rest = before;
    for _ in 0..5 {
        let Some((last, ahead)) = rest.split_last() else { return false };
        match last.as_str() {
            // `same but adam` denies nothing.
            "but" => return plainly && ahead.last().is_none_or(|word| word != "same"),
            "o" => return ahead.last().is_some_and(|word| word == "w"),
            "than" => return ahead.last().is_some_and(|word| word == "other"),
            "from" if ahead.last().is_some_and(|word| matches!(word.as_str(), "apart" | "aside")) => return true,
            "out" => return ahead.last().is_some_and(|word| matches!(word.as_str(), "leave" | "leaving" | "filter" | "take" | "throw")),
            "for" => return ahead.last().is_some_and(|word| word == "except"),
            word if has(DENIALS, word) => return true,
            word if has(ARTICLES, word) => {}
            word if has(LINKS, word) => plainly = false,
            _ => return false,
        }
        rest = ahead;
    }
    false
}

/// The run status that a word names.
pub(super) fn status(word: &str) -> Option<RunStatus> {
    Some(match word {
        "failed" | "failing" | "failures" | "failure" | "crashed" | "broken" | "fail" | "errored" | "crash" | "died" | "die" | "dead"
        | "crashes" | "fails" => RunStatus::Failed,
        "finished" | "completed" | "successful" | "succeeded" | "complete" | "successfully" => RunStatus::Finished,
        "running" | "ongoing" | "unfinished" => RunStatus::Running,
        "kill" | "abort" | "cancel" | "terminate" | "killed" | "aborted" | "stopped" | "cancelled" | "canceled" | "interrupted"
        | "terminated" => RunStatus::Killed,
        "scheduled" | "queued" | "pending" | "waiting" => RunStatus::Scheduled,
        _ => return None,
    })
}

/// The run status that a misspelt word names.
pub(super) fn misspelt_status(word: &str) -> Option<RunStatus> {
    let known = ["failed", "crashed", "finished", "completed", "running", "killed", "scheduled"];
    let near = known.iter().find(|known| {
        word.chars().count() >= 5 && word.chars().next() == known.chars().next() && strsim::damerau_levenshtein(word, known) == 1
    });
    near.and_then(|known| status(known))
}

/// Nouns of which no experiment speaks.
const OFF_TOPIC_NOUNS: &str = "weather joke jokes poem haiku limerick song recipe president capital funny football soccer league olympics movie film restaurant \
    flight flights hotel ticket news horoscope lottery bitcoin birthday lunch dinner breakfast pizza coffee train bus taxi tower email \
    minister revolution story essay lyrics actor singer player novel planet moon mars stocks tennis basketball cricket game games sport sports match country \
    countries population queen king pope election elections politics politician religion euro euros dollar dollars everest mountain rain snow umbrella salary \
    vacation holiday holidays christmas easter wedding husband wife girlfriend boyfriend netflix youtube spotify tv headlines newspaper astrology zodiac insurance \
    mortgage taxes lawyer doctor medicine headache dinosaur dinosaurs universe god homework sandwich beer wine whisky cocktail supermarket cinema theatre \
    article articles laptop laptops smartphone smartphones car cars bike bikes shoes blog arxiv concert celebrity celebrities gossip";

/// Whether a word speaks of what no experiment is about.
pub(super) fn is_off_topic_noun(word: &str) -> bool {
    has(OFF_TOPIC_NOUNS, word) || word.strip_suffix('s').is_some_and(|one| has(OFF_TOPIC_NOUNS, one))
}

/// Whether a word is the name of a file, by its ending.
pub(super) fn is_file_name(word: &str) -> bool {
    const ENDINGS: &str = "csv tsv json jsonl txt log md yaml yml toml ini html htm png jpg jpeg gif webp svg pkl pickle onnx parquet npy npz pt pth \
        h5 py ipynb model";
    word.rsplit_once('.').is_some_and(|(_, ending)| has(ENDINGS, &ending.to_lowercase()))
}

/// Whether a word asks for what is in a file.
pub(super) fn asks_to_read(word: &str) -> bool {
    matches!(word, "read" | "open" | "cat" | "contents" | "content" | "print")
}

/// The code of a language or its people, as stores write it.
pub(super) fn language_code(word: &str) -> Option<&'static str> {
    Some(match word {
        "english" => "en",
        "german" => "de",
        "french" => "fr",
        "spanish" => "es",
        "italian" => "it",
        "portuguese" => "pt",
        "dutch" => "nl",
        "japanese" => "ja",
        "chinese" | "mandarin" => "zh",
        "korean" => "ko",
        "russian" => "ru",
        "polish" => "pl",
        "turkish" => "tr",
        "arabic" => "ar",
        "hindi" => "hi",
        "swedish" => "sv",
        "finnish" => "fi",
        "czech" => "cs",
        "ukrainian" => "uk",
        _ => return None,
    })
}

/// Words with which a question of its own begins.
pub(super) fn begins_question(word: &str) -> bool {
    const BEGINNINGS: &str = "plot show compare list which what whats who how draw graph give tell describe display create find when delete remove \
        visualize visualise chart summarize summarise make drop does is are did rename kill stop count explain";
    has(BEGINNINGS, word)
}

/// Whether a comparison says which end is better, and so depends on what is compared: `better than`, `beats`.
pub(super) fn judges(word: &str) -> bool {
    const JUDGING: &str = "better worse beat beats beating surpass surpasses surpassed surpassing outperform outperforms outperforming";
    has(JUDGING, word)
}

/// A comparison that a run of words says, with how many words it took.
pub(super) fn comparison(words: &[&str]) -> Option<(crate::domain::filter::Comparison, usize)> {
    use crate::domain::filter::Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
    const SAID: &[(&[&str], crate::domain::filter::Comparison)] = &[
        (&["greater", "than", "or", "equal", "to"], Ge),
        (&["less", "than", "or", "equal", "to"], Le),
        (&["greater", "than"], Gt),
        (&["larger", "than"], Gt),
        (&["bigger", "than"], Gt),
        (&["more", "than"], Gt),
        (&["higher", "than"], Gt),
        (&["better", "than"], Gt),
        (&["worse", "than"], Lt),
        (&["longer", "than"], Gt),
        (&["shorter", "than"], Lt),
        (&["less", "than"], Lt),
        (&["lower", "than"], Lt),
        (&["smaller", "than"], Lt),
        (&["fewer", "than"], Lt),
        (&["at", "least"], Ge),
        (&["at", "most"], Le),
        (&["up", "to"], Le),
        (&["equal", "to"], Eq),
        (&["above"], Gt),
        (&["over"], Gt),
        (&["beat"], Gt),
        (&["beats"], Gt),
        (&["beating"], Gt),
        (&["surpass"], Gt),
        (&["surpasses"], Gt),
        (&["surpassed"], Gt),
        (&["surpassing"], Gt),
        (&["outperforming"], Gt),
        (&["outperform"], Gt),
        (&["exceeding"], Gt),
        (&["exceeds"], Gt),
        (&["exceeded"], Gt),
        (&["exceed"], Gt),
        (&["beyond"], Gt),
        (&["past"], Gt),
        (&["below"], Lt),
        (&["under"], Lt),
        (&["beneath"], Lt),
        (&["equals"], Eq),
        (&["minimum"], Ge),
    ];
    if let ["no" | "not" | "never", rest @ ..] = words {
        let opposite = |comparison| match comparison {
            Gt => Some(Le),
            Ge => Some(Lt),
            Lt => Some(Ge),
            Le => Some(Gt),
            Eq | Ne => None,
        };
        return comparison(rest).and_then(|(denied, used)| Some((opposite(denied)?, used + 1)));
    }
    SAID.iter().find(|(said, _)| words.starts_with(said)).map(|(said, comparison)| (*comparison, said.len()))
}
