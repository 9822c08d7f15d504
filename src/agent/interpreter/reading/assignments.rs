//! `stage=retired`: a parameter or tag that is known with a value that no run has. It is asked for as any other, and nothing has it.

use super::Part;
use super::reader::Reader;
use crate::domain::filter::{Clause, Test, TextMatch};

impl Reader<'_> {
    /// Takes such pairs for the conditions they are.
    pub(super) fn assignments(&mut self) {
        for index in 0..self.words.len().saturating_sub(1) {
            let Some((key, value)) = self.places.get(index).cloned().zip(self.places.get(index + 1).cloned()) else { continue };
            let between = self.text.get(key.end..value.start).unwrap_or_default();
            let is_number = self.word(index + 1).bytes().all(|byte| byte.is_ascii_digit());
            if between.trim() != "=" || is_number || !self.is_free(index..index + 2) {
                continue;
            }
            let end = self.glued_around(index + 1).end;
            let said = self.said(&(index + 1..end)).to_owned();
            let start = self.glued_around(index).start;
            let Some(holder) = self.vocabulary.holder_called(self.said(&(start..index + 1))) else { continue };
            if self.vocabulary.holds(&holder, &said) || !self.is_free(start..end) {
                continue;
            }
            self.cover(start..end, Part::Conditions(vec![Clause { field: holder.field(), test: Test::Text(TextMatch::Eq, said) }]));
        }
    }
}
