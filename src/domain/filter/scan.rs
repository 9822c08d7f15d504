//! From text to words: names, operators and values, each with its place.
//!
//! MLflow reads filters with a general SQL lexer, whose oddities are met here exactly where a text means something in
//! MLflow: what it refuses is refused. Three things it misreads silently are refused too, with what to write instead:
//! doubled quotes (it searches for both), a backslash before a quote, and a missing AND.

use super::error::FilterError;
use super::tree::{Comparison, TextMatch};

/// Longest filter or sort key, in bytes.
pub const MAX_LENGTH: usize = 64 * 1024;

/// A reader of one text. Every step moves forward, so reading is linear in the text.
pub(super) struct Scanner<'text> {
    text: &'text str,
    at: usize,
}

/// A name with its place: `metrics.f1` or `start_time`.
#[derive(Debug)]
pub(super) struct Name<'text> {
    /// Before the first dot, where there is one.
    pub(super) entity: Option<&'text str>,
    /// After it, without quotes.
    pub(super) key: &'text str,
    pub(super) at: usize,
    pub(super) key_at: usize,
}

/// What a clause asks of a field, before its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Operator {
    Compare(Comparison),
    Match(TextMatch),
    In,
    NotIn,
    IsNull,
    IsNotNull,
}

/// The right side of a clause.
#[derive(Debug, PartialEq)]
pub(super) enum Value<'text> {
    Number(f64),
    Text(&'text str),
    List(Vec<String>),
}

impl<'text> Scanner<'text> {
    pub(super) fn new(text: &'text str) -> Result<Self, FilterError> {
        let scanner = Self { text, at: 0 };
        if text.len() > MAX_LENGTH {
            return Err(scanner.fault(0, format!("a filter has at most {MAX_LENGTH} bytes, not {}", text.len())));
        }
        Ok(scanner)
    }

    pub(super) fn fault(&self, at: usize, problem: impl Into<String>) -> FilterError {
        FilterError::new(self.text, at, problem)
    }

    /// Another reader of the same text, at an earlier place.
    pub(super) fn from(&self, at: usize) -> Self {
        Self { text: self.text, at }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.skip_blanks();
        self.rest().is_empty()
    }

    /// The next word of letters, digits and `_`, without moving.
    pub(super) fn peek_word(&mut self) -> &'text str {
        self.skip_blanks();
        let rest = self.rest();
        rest.get(..length_of(rest, is_word)).unwrap_or_default()
    }

    /// Takes the next word if it is `keyword` in any case.
    pub(super) fn take_keyword(&mut self, keyword: &str) -> bool {
        let word = self.peek_word();
        let is_keyword = word.eq_ignore_ascii_case(keyword);
        if is_keyword {
            self.at += word.len();
        }
        is_keyword
    }

    /// What stands here up to the next blank, for an error.
    pub(super) fn here(&self) -> &'text str {
        let rest = self.rest();
        let end = rest.char_indices().take(SHOWN_OF_A_WORD).take_while(|(_, letter)| !letter.is_whitespace()).last();
        rest.get(..end.map_or(0, |(at, letter)| at + letter.len_utf8())).unwrap_or_default()
    }

    fn rest(&self) -> &'text str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        self.at += length_of(self.rest(), char::is_whitespace);
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'text str {
        let rest = self.rest();
        let taken = rest.get(..length_of(rest, belongs)).unwrap_or_default();
        self.at += taken.len();
        taken
    }

    fn take(&mut self, letter: char) -> bool {
        let is_here = self.rest().starts_with(letter);
        if is_here {
            self.at += letter.len_utf8();
        }
        is_here
    }

    fn next_quote(&self) -> Option<char> {
        self.rest().chars().next().filter(|letter| ['`', '"', '\''].contains(letter))
    }

    /// A name, split at its first dot.
    pub(super) fn name(&mut self) -> Result<Name<'text>, FilterError> {
        self.skip_blanks();
        let at = self.at;
        if self.rest().starts_with(|letter: char| letter == '\'' || letter == '-' || letter.is_ascii_digit()) {
            return Err(self.fault(at, "a name stands on the left, a value on the right: write `metrics.f1 > 0.9`"));
        }
        let first = match self.next_quote() {
            Some(_) => self.quoted_key()?,
            None => self.take_while(is_word),
        };
        if !self.take('.') {
            if first.is_empty() {
                return Err(self.fault(at, format!("a clause begins with a name, not with `{}`: write `metrics.f1 > 0.9`", self.here())));
            }
            self.refuse_odd_letters(at)?;
            return Ok(Name { entity: None, key: first, at, key_at: at });
        }
        let key_at = self.at;
        let key = if self.next_quote().is_some() {
            self.quoted_key()?
        } else {
            let key = self.take_while(|letter| is_word(letter) || letter == '.');
            self.refuse_odd_letters(key_at)?;
            if !is_bare_key(key) {
                return Err(self.fault(key_at, format!("the key `{key}` needs backticks: write {first}.`{key}`")));
            }
            key
        };
        if !self.rest().is_empty() && self.rest().starts_with(|letter: char| is_word(letter) || letter == '.' || letter == '`') {
            return Err(self.fault(self.at, "a quoted key ends at its quote: put the whole key into one pair of backticks"));
        }
        Ok(Name { entity: Some(first), key, at, key_at })
    }

    /// A bare name may hold letters, digits, `_` and dots; what else keys hold wants backticks.
    fn refuse_odd_letters(&self, from: usize) -> Result<(), FilterError> {
        let is_odd = |letter: char| !letter.is_whitespace() && !is_word(letter) && !"=<>!,'\"`(".contains(letter);
        if !self.rest().starts_with(is_odd) {
            return Ok(());
        }
        let whole = self.text.get(from..).unwrap_or_default();
        let ends = |letter: char| letter.is_whitespace() || "=<>!`".contains(letter);
        let whole = whole.get(..length_of(whole, |letter| !ends(letter))).unwrap_or_default();
        Err(self.fault(self.at, format!("a name with other characters than letters, digits, `_` and `.` needs backticks: write `{whole}` between backticks, as in metrics.`val-loss`")))
    }

    fn quoted_key(&mut self) -> Result<&'text str, FilterError> {
        let open = self.at;
        let quote = self.next_quote().unwrap_or('`');
        self.at += quote.len_utf8();
        let key = self.take_while(|letter| letter != quote);
        if !self.take(quote) {
            return Err(self.fault(open, format!("the quote {quote} is never closed")));
        }
        if key.is_empty() {
            return Err(self.fault(open, "a key has at least one character"));
        }
        Ok(key)
    }

    pub(super) fn operator(&mut self) -> Result<Operator, FilterError> {
        self.skip_blanks();
        let at = self.at;
        let signs = self.take_while(|letter| "=<>!~".contains(letter));
        if !signs.is_empty() {
            return sign(signs).map(Operator::Compare).ok_or_else(|| {
                let right = match signs {
                    "==" => "write `=`",
                    "<>" => "write `!=`",
                    "=>" => "write `>=`",
                    "=<" => "write `<=`",
                    _ => "the signs are `=`, `!=`, `>`, `>=`, `<`, `<=`",
                };
                self.fault(at, format!("`{signs}` is no operator: {right}"))
            });
        }
        let word = self.peek_word();
        self.at += word.len();
        match word.to_ascii_uppercase().as_str() {
            "LIKE" => Ok(Operator::Match(TextMatch::Like)),
            "ILIKE" => Ok(Operator::Match(TextMatch::ILike)),
            "IN" => Ok(Operator::In),
            "NOT" if self.take_keyword("IN") => Ok(Operator::NotIn),
            "IS" if self.take_keyword("NULL") => Ok(Operator::IsNull),
            "IS" if self.take_keyword("NOT") && self.take_keyword("NULL") => Ok(Operator::IsNotNull),
            "NOT" => Err(self.fault(at, "of the negations there are `NOT IN`, `!=` and `IS NOT NULL` only")),
            "IS" => Err(self.fault(at, "after `IS` comes `NULL` or `NOT NULL`; values are compared by `=`")),
            "BETWEEN" => Err(self.fault(at, "there is no `BETWEEN`: write two clauses, `metrics.f1 >= 0.8 AND metrics.f1 <= 0.9`")),
            "CONTAINS" => Err(self.fault(at, "there is no `CONTAINS`: write `LIKE '%text%'`")),
            _ => {
                let found = if word.is_empty() { self.here() } else { word };
                let found = if found.is_empty() { "the end".to_owned() } else { format!("`{found}`") };
                Err(self.fault(
                    at,
                    format!("an operator is wanted before {found}: `=`, `!=`, `>`, `>=`, `<`, `<=`, `LIKE`, `ILIKE`, `IN`, `IS NULL`"),
                ))
            }
        }
    }

    pub(super) fn value(&mut self) -> Result<Value<'text>, FilterError> {
        self.skip_blanks();
        let at = self.at;
        match self.rest().chars().next() {
            None => Err(self.fault(at, "a value is missing: a quoted text such as 'adam', or a number such as 0.9")),
            Some('\'' | '"') => Ok(Value::Text(self.quoted_text()?)),
            Some('`') => Err(self.fault(at, "backticks are for keys: put the value into single or double quotes")),
            Some('(') => Ok(Value::List(self.list()?)),
            Some(_) => {
                let word = self.take_while(|letter| is_word(letter) || ".+-".contains(letter));
                number(word).map(Value::Number).ok_or_else(|| {
                    let found = if word.is_empty() { self.here() } else { word };
                    self.fault(at, unreadable(found))
                })
            }
        }
    }

    fn quoted_text(&mut self) -> Result<&'text str, FilterError> {
        let open = self.at;
        let Some(quote) = self.next_quote() else { return Err(self.fault(open, "a list holds quoted texts only: write ('a', 'b')")) };
        let other = if quote == '"' { '\'' } else { '"' };
        self.at += quote.len_utf8();
        let text = self.take_while(|letter| letter != quote);
        if !self.take(quote) {
            return Err(self.fault(open, format!("the quote {quote} is never closed")));
        }
        let is_doubled = self.rest().starts_with(quote);
        // MLflow's lexer takes `\'` for a part of the text as long as a later quote can close it.
        let is_escaped = text.ends_with('\\') && self.rest().contains(quote);
        if is_doubled || is_escaped {
            let message = format!("there is no way to write {quote} inside {quote}…{quote}: put the value into {other}…{other} instead");
            return Err(self.fault(self.at - 1, message));
        }
        Ok(text)
    }

    fn list(&mut self) -> Result<Vec<String>, FilterError> {
        let open = self.at;
        self.take('(');
        let mut texts = Vec::new();
        loop {
            self.skip_blanks();
            if !texts.is_empty() && self.take(')') {
                return Ok(texts);
            }
            if self.rest().starts_with(')') {
                return Err(self.fault(open, "a list holds at least one quoted text: write ('a', 'b')"));
            }
            let at = self.at;
            let text = self.quoted_text()?;
            // MLflow reads lists as Python does, where a backslash begins an escape.
            if text.contains('\\') {
                return Err(self.fault(at, "a text in a list cannot hold a backslash: compare by `=` instead"));
            }
            texts.push(text.to_owned());
            self.skip_blanks();
            if !self.take(',') && !self.rest().starts_with(')') {
                return Err(self.fault(self.at, "a list goes on with `,` or ends with `)`"));
            }
        }
    }
}

/// Characters of a word that an error shows.
const SHOWN_OF_A_WORD: usize = 40;

fn length_of(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !belongs(letter)).unwrap_or(text.len())
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Whether MLflow's lexer takes the key for a name without backticks: it stumbles over parts that are numbers (`metrics.5`,
/// `metrics.1e5`) and over the word `in`.
fn is_bare_key(key: &str) -> bool {
    let is_number = |part: &str| {
        let (digits, exponent) = part.split_once(['e', 'E']).unwrap_or((part, "0"));
        [digits, exponent].iter().all(|digits| !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit()))
    };
    key.split('.').all(|part| !part.is_empty() && !is_number(part) && !part.eq_ignore_ascii_case("in"))
}

fn sign(signs: &str) -> Option<Comparison> {
    [Comparison::Eq, Comparison::Ne, Comparison::Gt, Comparison::Ge, Comparison::Lt, Comparison::Le]
        .into_iter()
        .find(|comparison| comparison.sign() == signs)
}

/// A number as MLflow's lexer knows it: `1`, `-1`, `1.`, `.5`, `1.5`, `1e5`, `1.5e-5`; but not `+1`, `1e+5`, `.5e3`.
fn number(word: &str) -> Option<f64> {
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let are_digits = |text: &str| text.chars().all(|digit| digit.is_ascii_digit());
    let is_mantissa = are_digits(whole) && fraction.is_none_or(are_digits) && !(whole.is_empty() && fraction.is_none_or(str::is_empty));
    let is_plain = !whole.is_empty() && fraction.is_none_or(|fraction| !fraction.is_empty());
    let is_exponent = |exponent: &str| {
        let digits = exponent.strip_prefix('-').unwrap_or(exponent);
        !digits.is_empty() && are_digits(digits)
    };
    let is_number = is_mantissa && exponent.is_none_or(|exponent| is_plain && is_exponent(exponent));
    if is_number { word.parse().ok() } else { None }
}

fn unreadable(word: &str) -> String {
    match word.parse::<f64>() {
        Ok(number) if number.is_finite() => format!("`{word}` is no number as MLflow writes them: write `{number:?}`"),
        Ok(_) => format!("nothing compares with `{word}`: leave the clause out"),
        Err(_) => format!("`{word}` is no value: put a text into quotes, '{word}', and write a number in digits"),
    }
}
