//! What the words of a name mean: abbreviations spelled out, forms of one word made the same, accents left off.

/// Spells out the abbreviations of machine learning and leaves off words that add nothing to a metric's name.
pub(super) fn meaning(words: &[String]) -> Vec<String> {
    let mut meaning: Vec<String> = Vec::new();
    for word in words {
        match word.as_str() {
            "acc" => meaning.push("accuracy".into()),
            "val" | "valid" | "eval" | "dev" => meaning.push("validation".into()),
            "train" => meaning.push("training".into()),
            "prec" => meaning.push("precision".into()),
            "rec" => meaning.push("recall".into()),
            "ppl" => meaning.push("perplexity".into()),
            "avg" | "mean" => meaning.push("average".into()),
            "num" | "number" => meaning.push("n".into()),
            "err" => meaning.push("error".into()),
            "fn" | "func" => meaning.push("function".into()),
            "opt" => meaning.push("optimizer".into()),
            "optimiser" => meaning.push("optimizer".into()),
            "algo" => meaning.push("algorithm".into()),
            "lr" => meaning.extend(["learning".into(), "rate".into()]),
            "bs" => meaning.extend(["batch".into(), "size".into()]),
            "wd" => meaning.extend(["weight".into(), "decay".into()]),
            "ap" => meaning.extend(["average".into(), "precision".into()]),
            "iou" => meaning.extend(["intersection".into(), "over".into(), "union".into()]),
            "score" | "value" | "metric" | "of" | "the" => {}
            "losses" => meaning.push("loss".into()),
            "frozen" | "froze" => meaning.push("freeze".into()),
            "squared" if meaning.last().is_some_and(|before| before == "r") => meaning.push("2".into()),
            "millisecond" | "milliseconds" | "msec" => meaning.push("ms".into()),
            "second" | "seconds" | "sec" | "secs" => meaning.push("s".into()),
            "percent" | "percentage" => meaning.push("pct".into()),
            "dollar" | "dollars" => meaning.push("usd".into()),
            "environment" | "environments" => meaning.push("env".into()),
            other => meaning.push(other.to_owned()),
        }
    }
    if meaning.is_empty() { words.to_vec() } else { meaning.iter().map(|word| stem(&unaccented(word))).collect() }
}

/// A word without the endings of plural and gerund, so that `perplexities` is `perplexity` and `tuning` is `tune`.
///
/// Not a stem of linguistics: only the same for forms of one word, and different for different words of the trade.
pub(super) fn stem(word: &str) -> String {
    if word.chars().count() < 4 || !word.chars().all(char::is_alphabetic) {
        return if is_short_plural(word) { word.trim_end_matches('s').to_owned() } else { word.to_owned() };
    }
    let singular = match word {
        _ if word.ends_with("ies") => format!("{}y", word.trim_end_matches("ies")),
        _ if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") => word.to_owned(),
        _ => word.strip_suffix('s').unwrap_or(word).to_owned(),
    };
    let base = singular.strip_suffix("ing").filter(|base| base.chars().count() >= 3).unwrap_or(&singular);
    base.strip_suffix('e').unwrap_or(base).to_owned()
}

/// `ads`, but not `obs` and `cls`, which are shortened, or `gas`.
fn is_short_plural(word: &str) -> bool {
    matches!(word.as_bytes(), [_, before, b's'] if before.is_ascii_lowercase() && !b"aious".contains(before))
        && !matches!(word, "obs" | "cls" | "eps" | "fps" | "tps" | "rps" | "ops" | "rms" | "gps")
}

/// A word with its letters bare of accents, as keyboards without them write it: `grosse` for `Größe`.
fn unaccented(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    let mut bare = String::new();
    for letter in word.chars() {
        match letter {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => bare.push('a'),
            'ç' | 'č' | 'ć' => bare.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ě' | 'ę' => bare.push('e'),
            'ì' | 'í' | 'î' | 'ï' => bare.push('i'),
            'ñ' | 'ń' => bare.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => bare.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => bare.push('u'),
            'š' | 'ś' => bare.push('s'),
            'ž' | 'ź' | 'ż' => bare.push('z'),
            'ß' => bare.push_str("ss"),
            'α' => bare.push_str("alpha"),
            'β' => bare.push_str("beta"),
            'γ' => bare.push_str("gamma"),
            'δ' => bare.push_str("delta"),
            'ε' => bare.push_str("epsilon"),
            'λ' => bare.push_str("lambda"),
            'μ' | 'µ' => bare.push_str("mu"),
            'σ' => bare.push_str("sigma"),
            other => bare.push(other),
        }
    }
    bare
}
