//! Text in a picture: how wide it is, and how much of it there is room for.

use unicode_width::UnicodeWidthChar;

/// Advance widths of the printable ASCII characters of Inter Regular, in thousandths of the font size.
const ADVANCES: [u16; 95] = [
    281, 278, 403, 631, 638, 812, 639, 222, 362, 362, 500, 659, 280, 460, 276, 357, 625, 464, 605, 636, 642, 608, 624, 571, 616, 624, 276,
    280, 659, 659, 659, 507, 936, 676, 651, 727, 719, 598, 587, 743, 740, 264, 543, 652, 562, 889, 753, 761, 635, 761, 639, 638, 642, 741,
    676, 949, 642, 665, 625, 362, 357, 362, 469, 452, 497, 564, 621, 558, 621, 582, 361, 609, 591, 237, 237, 544, 237, 869, 585, 597, 609,
    609, 372, 523, 364, 581, 557, 812, 540, 557, 541, 362, 327, 362, 659,
];

/// The width of `text` in pixels, near enough to lay out by.
pub(super) fn width(text: &str, font_size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * font_size
}

/// `text`, shortened with an ellipsis where it is wider than `room`.
pub(super) fn fitted(text: &str, font_size: f64, room: f64) -> String {
    if width(text, font_size) <= room {
        return text.to_owned();
    }
    let mut left = room / font_size - advance('…');
    let mut kept = String::new();
    for character in text.chars() {
        left -= advance(character);
        if left < 0.0 {
            break;
        }
        kept.push(character);
    }
    format!("{}…", kept.trim_end())
}

/// In units of the font size.
fn advance(character: char) -> f64 {
    let ascii = u32::from(character).checked_sub(0x20).and_then(|index| ADVANCES.get(index as usize));
    match (ascii, character.width()) {
        (Some(thousandths), _) => f64::from(*thousandths) / 1000.0,
        (None, Some(2)) => 1.0,
        (None, Some(1)) => 0.66,
        (None, Some(_) | None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_fits_stays_whole() {
        assert_eq!(fitted("run-017", 12.0, 60.0), "run-017");
    }

    #[test]
    fn text_that_does_not_fit_ends_in_an_ellipsis_within_the_room() {
        for text in ["a rather long name of a run", "実験実験実験実験実験実験実験", "ЖЖЖЖЖЖЖЖЖЖЖЖЖЖ"] {
            let shown = fitted(text, 12.0, 80.0);
            assert!(shown.ends_with('…') && width(&shown, 12.0) <= 80.0, "{shown}");
        }
        assert_eq!(fitted("anything", 12.0, 0.0), "…");
    }
}
