//! The verb that a word is a form of: `deleting`, `deleted` and `gone` of what people order by `delete`.

use super::{FORBIDDEN, FORBIDDEN_WITH_OBJECT};

/// Verbs that order something together with what stands behind them: `put it into production`, `call it q2`.
const BY_OBJECT: &str = "put take throw bring give call name end add log turn get make finish build generate increase decrease lower double halve reduce improve boost";

/// Forms that no rule makes, each with its verb.
const IRREGULAR: &str = "gone=delete sent=send hidden=hide thrown=throw written=write rewritten=rewrite overwritten=overwrite undone=undo redone=redo frozen=freeze \
    taken=take given=give brought=bring made=make built=build rebuilt=rebuild withdrawn=withdraw lost=lose shut=shutdown rerun=rerun put=put set=set cut=cut reset=reset \
    got=get told=tell ran=run let=let";

/// The verb of which `word` is the participle or the past: `deleted`, `killed`, `thrown`.
pub(super) fn of_participle(word: &str) -> Option<String> {
    let irregular = IRREGULAR.split_whitespace().filter_map(|pair| pair.split_once('=')).find(|(form, _)| *form == word);
    irregular.map(|(_, verb)| verb.to_owned()).or_else(|| of_ending(word, "ed"))
}

/// The verb of which `word` is the gerund: `deleting`, `dropping`.
pub(super) fn of_gerund(word: &str) -> Option<String> {
    of_ending(word, "ing")
}

fn of_ending(word: &str, ending: &str) -> Option<String> {
    let stem = word.strip_suffix(ending).filter(|stem| stem.len() > 1)?;
    let undoubled = || {
        let mut letters = stem.chars().rev();
        let (last, before) = (letters.next()?, letters.next()?);
        (last == before).then(|| stem.strip_suffix(last).unwrap_or(stem).to_owned())
    };
    let softened = || stem.strip_suffix('i').map(|start| format!("{start}y"));
    [Some(stem.to_owned()), Some(format!("{stem}e")), undoubled(), softened()].into_iter().flatten().find(|verb| is_verb(verb))
}

fn is_verb(word: &str) -> bool {
    [FORBIDDEN, FORBIDDEN_WITH_OBJECT, BY_OBJECT].iter().any(|words| words.split_whitespace().any(|known| known == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_lead_to_their_verb() {
        for (form, verb) in [("deleted", "delete"), ("dropped", "drop"), ("killed", "kill"), ("copied", "copy"), ("thrown", "throw")] {
            assert_eq!(of_participle(form).as_deref(), Some(verb), "{form}");
        }
        for (form, verb) in [("removing", "remove"), ("ending", "end"), ("stopping", "stop"), ("putting", "put")] {
            assert_eq!(of_gerund(form).as_deref(), Some(verb), "{form}");
        }
        assert_eq!(of_participle("compared"), None);
        assert_eq!(of_gerund("running"), None);
    }
}
