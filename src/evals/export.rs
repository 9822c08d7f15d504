//! Cases for other programs, each in the words that its format has. What a format cannot say is left out and counted, never bent.

pub mod bfcl;
pub mod inspect;
pub mod promptfoo;
