//! The REST service, from outside: the real program over real sockets.

pub(crate) mod access;
mod load;
mod payloads;
mod schemathesis;
mod seed;
pub(crate) mod tenants;
mod writes;
