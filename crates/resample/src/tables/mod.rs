//! The conversions between all [`RATES`](crate::RATES) and their coefficients, and those of desks, which nothing but
//! [`desk_plan`](crate::desk_plan) refers to: firmware is linked without them. The files beside this one are generated:
//! `cargo run --release -p headroom-resample --example generate-tables`.

mod direct;
mod lite;
mod mastering;
mod standard;

pub(crate) use direct::STANDARD as DIRECT_STANDARD;
pub(crate) use lite::TABLE as LITE;
pub(crate) use mastering::TABLE as MASTERING;
pub(crate) use standard::TABLE as STANDARD;
