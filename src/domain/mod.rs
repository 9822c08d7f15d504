//! What experiment tracking is: the nouns of MLflow and the questions people ask of them.
//!
//! Pure: no I/O, no async, no clock, no JSON of anybody's wire. Stores fill these types, tools publish views of them.

pub mod artifact;
pub mod chart;
pub mod compare;
pub mod experiment;
pub mod filter;
pub mod impact;
pub mod markup;
pub mod metric;
pub mod reference;
pub mod run;
pub mod series;
pub mod time;
