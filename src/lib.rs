//! Trialogue: talk with your machine-learning experiments.
//!
//! A question enters through the command line ([`cli`]), is turned into tool calls by the agent ([`agent`]), each tool
//! ([`tools`]) reads the tracking store ([`store`]) into the nouns of tracking ([`domain`]), and the answer, with its chart,
//! is made from the results. A module imports from lower levels only: `domain config files` < `store`, `llm prompts` < `tools` < `agent` < `cli`.

pub mod agent;
pub mod api;
pub mod cli;
pub mod config;
pub mod domain;
pub mod evals;
pub mod files;
pub mod llm;
pub mod prompts;
pub mod state;
pub mod store;
pub mod tools;
