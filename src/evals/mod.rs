//! The evaluation harness: from what people say to what is called and answered, offline and with statistics.
//!
//! `suite` reads cases, `stage` makes their stores, `play` hands them to the planner under test, `score` judges, `results` counts, `folder`
//! keeps, `compare` and `gate` tell whether a change made it better or worse. It knows no terminal: `cli` prints what it gives.

pub mod bipartite;
pub mod case;
pub mod cassette;
pub mod compare;
pub mod export;
pub mod fixture;
pub mod folder;
pub mod gate;
pub mod head;
pub mod matcher;
pub mod play;
pub mod report;
pub mod results;
pub mod run;
pub mod schema;
pub mod score;
pub mod stage;
pub mod statistics;
pub mod suite;
