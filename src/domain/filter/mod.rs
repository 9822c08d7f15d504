//! MLflow's search grammar: typed trees, read from text and printed back to it.
//!
//! The trees say what is asked; they do not know how a store answers. The meaning is MLflow's, whose server these trees
//! may be sent to as text, with one extension: a parameter may be compared with a number.

mod error;
mod fit;
mod parse;
mod print;
mod scan;
mod tree;

#[cfg(test)]
mod tests;

pub use error::FilterError;
pub use print::PrintError;
pub use scan::MAX_LENGTH;
pub use tree::{
    Attribute, Clause, Comparison, DatasetField, ExperimentClause, ExperimentField, ExperimentFilter, ExperimentOrder, Field, Filter,
    MAX_CLAUSES, RunOrder, SortDirection, Test, TextMatch, number_in_text,
};
