//! Topologies in words and pictures: what is said about our own, and that nothing is too odd to be told.

mod corpus;
mod damage;
mod findings;
pub(crate) mod sketch;
