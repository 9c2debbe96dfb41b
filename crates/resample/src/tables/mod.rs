//! The conversions between all [`RATES`](crate::RATES) and their coefficients. The files beside this one are generated:
//! `cargo run --release -p headroom-resample --example generate-tables`.

mod lite;
mod mastering;
mod standard;

pub(crate) use lite::TABLE as LITE;
pub(crate) use mastering::TABLE as MASTERING;
pub(crate) use standard::TABLE as STANDARD;
