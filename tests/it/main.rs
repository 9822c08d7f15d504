//! The integration tests: everything that crosses layers or looks at the repository as a whole, in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop loudly; clippy.toml allows that in test functions, not in what they call"
)]

mod agent;
mod artifacts_in_s3;
mod charts;
mod chat;
mod contract;
mod demo;
mod description;
mod evals;
mod faults_of_the_model;
mod filters;
mod hygiene;
mod layers;
mod mcp;
mod memory;
mod mlflow_faults;
mod mlflow_requests;
mod mlflow_server;
mod openai;
mod parity;
mod rest;
mod restarts;
mod scripted_openai;
mod served;
mod services;
mod sqlite;
mod statistics;
mod support;
mod toxic;
#[cfg(feature = "otel")]
mod traces;
mod utterances;
mod vendored;
