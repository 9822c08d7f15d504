//! Colours that stay apart for colour-blind readers, on white and on dark.

/// Paul Tol's vibrant scheme (<https://personal.sron.nl/~pault/>), ordered so that the first few differ most.
pub(super) const COLOURS: [&str; 7] = ["#0077bb", "#ee7733", "#009988", "#cc3311", "#33bbee", "#ee3377", "#8a8a8a"];

/// Line patterns for the curves after the last colour: on and off lengths, none for a solid line.
pub(super) const DASHES: [&[u8]; 6] = [&[], &[7, 3], &[2, 2], &[9, 3, 2, 3], &[4, 4], &[12, 4]];

/// The colour of the run that matters.
pub(super) const STRONG: &str = "#0077bb";

/// The colour of the others.
pub(super) const MUTED: &str = "#a9bfd1";

/// The colour of a correlation below zero; one above is [`STRONG`].
pub(super) const OPPOSED: &str = "#ee7733";

/// Text that must be read on white and on dark, because no theme colours it.
pub(super) const NEUTRAL: &str = "#76808a";

/// The colour of the curve or run at `index`; they repeat.
pub(super) fn colour(index: usize) -> &'static str {
    COLOURS.get(index % COLOURS.len()).copied().unwrap_or(STRONG)
}

/// The line pattern of the curve at `index`; it changes when the colours begin again.
pub(super) fn dash(index: usize) -> &'static [u8] {
    DASHES.get((index / COLOURS.len()) % DASHES.len()).copied().unwrap_or_default()
}
