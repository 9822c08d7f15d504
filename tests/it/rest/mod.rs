//! The REST service, from outside: the real program over real sockets.

mod access;
mod load;
mod payloads;
mod schemathesis;
mod seed;
mod tenants;
mod writes;
