//! Several runs in one phrase: `last 3`, `best two by f1_score`.

use super::words::words;

/// Several runs in one phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunPhrase {
    /// The `count` runs that started last.
    Last(usize),
    /// The `count` runs that started first.
    First(usize),
    /// The `count` best by a metric, in the metric's better direction.
    Best {
        /// How many.
        count: usize,
        /// The metric as said; the experiment's primary metric where absent.
        metric: Option<String>,
    },
    /// The `count` worst by a metric.
    Worst {
        /// How many.
        count: usize,
        /// The metric as said.
        metric: Option<String>,
    },
    /// Every run of the experiment.
    All,
    /// One run by id, name or number.
    One(String),
}

impl RunPhrase {
    /// Reads phrases such as `last 3`, `the latest`, `best 3 by f1_score`, `worst run`, `first two`, `all`; anything else names one run.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (head, metric) = match text.split_once(" by ") {
            Some((head, metric)) => (head, Some(metric.trim().to_owned())),
            None => (text, None),
        };
        let words: Vec<String> =
            words(head).into_iter().filter(|word| !matches!(word.as_str(), "the" | "run" | "runs" | "of" | "one" | "ones")).collect();
        let mut kind = None;
        let mut count = None;
        for word in &words {
            match word.as_str() {
                "last" | "latest" | "newest" | "recent" | "most" | "previous" => kind = kind.or(Some("last")),
                "first" | "oldest" | "earliest" => kind = kind.or(Some("first")),
                "best" | "top" => kind = kind.or(Some("best")),
                "worst" | "bottom" => kind = kind.or(Some("worst")),
                "all" | "every" => kind = kind.or(Some("all")),
                other => match count_word(other) {
                    Some(number) if count.is_none() => count = Some(number),
                    _ => return Self::One(text.trim().to_owned()),
                },
            }
        }
        let count = count.unwrap_or(1).max(1);
        match kind {
            Some("last") if metric.is_none() => Self::Last(count),
            Some("first") if metric.is_none() => Self::First(count),
            Some("best") => Self::Best { count, metric },
            Some("worst") => Self::Worst { count, metric },
            Some("all") if metric.is_none() => Self::All,
            _ => Self::One(text.trim().to_owned()),
        }
    }
}

/// A small number as a digit string or an English word: `3`, `three`, `a couple` counts as its word `couple`.
#[must_use]
pub fn count_word(word: &str) -> Option<usize> {
    const WORDS: [&str; 21] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    if let Ok(number) = word.parse::<usize>() {
        return Some(number);
    }
    match word {
        "couple" | "both" | "pair" => Some(2),
        "dozen" => Some(12),
        "thirty" => Some(30),
        "forty" => Some(40),
        "fifty" => Some(50),
        "sixty" => Some(60),
        "seventy" => Some(70),
        "eighty" => Some(80),
        "ninety" => Some(90),
        "hundred" => Some(100),
        _ => WORDS.iter().position(|known| *known == word),
    }
}
