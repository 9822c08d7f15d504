//! Greetings, thanks and farewells of other languages: `guten Tag`, `merci`, `hasta luego`.

use super::{COURTESY, Talk, has};

/// Words of greetings.
const GREETINGS: &str = "guten tag morgen abend moin servus hallo gruezi grüezi grüß gruß gott bonjour bonsoir salut coucou hola buenos buenas dias días tardes noches ciao buongiorno \
    buonasera salve olá ola bom dia boa tarde hej hei hejsan god dag goedendag goedemorgen dzien dzień dobry cześć czesc witam namaste shalom salam merhaba konnichiwa ohayo aloha \
    privet zdravstvuyte ahoj zusammen";

/// Words of thanks.
const THANKS: &str = "danke dankeschön dankeschon vielen dank schön merci beaucoup gracias muchas grazie mille obrigado obrigada dziękuję dziekuje dzięki dzieki tack tak takk kiitos \
    bedankt dank spasibo arigato arigatou sehr";

/// Words of farewells.
const FAREWELLS: &str = "tschüss tschuess tschüs auf wiedersehen bis bald später morgen au revoir adieu adios adiós hasta luego mañana arrivederci addio ciao tchau até logo do widzenia \
    hejdå doei tot ziens sayonara feierabend schönen schönes abend wochenende tag noch servus war's das";

/// Words of these lists that a store or a question may well use.
const AMBIGUOUS: &str = "tag dag dia dias bom do das noch war's bis tot au auf god sehr mille tak dank schön abend logo dobry hei gott";

/// What kind of courtesy an utterance in another language is.
pub(super) fn courtesy(words: &[String]) -> Option<Talk> {
    let consists_of = |known: &str| words.iter().all(|word| has(known, word) || has(COURTESY, word));
    let says = |known: &str| words.iter().any(|word| has(known, word) && !has(AMBIGUOUS, word) && !has(COURTESY, word));
    match () {
        () if words.len() > 6 => None,
        () if consists_of(THANKS) && says(THANKS) => Some(Talk::Thanks),
        () if consists_of(GREETINGS) && says(GREETINGS) => Some(Talk::Greeting),
        () if consists_of(FAREWELLS) && says(FAREWELLS) => Some(Talk::Farewell),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::words;

    #[test]
    fn courtesies_of_other_languages_are_known() {
        assert_eq!(courtesy(&words("Guten Tag")), Some(Talk::Greeting));
        assert_eq!(courtesy(&words("bonjour!")), Some(Talk::Greeting));
        assert_eq!(courtesy(&words("vielen Dank")), Some(Talk::Thanks));
        assert_eq!(courtesy(&words("hasta luego")), Some(Talk::Farewell));
        assert_eq!(courtesy(&words("tag")), None);
        assert_eq!(courtesy(&words("good night")), None);
    }
}
