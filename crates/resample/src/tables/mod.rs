//! The conversions between all [`RATES`](crate::RATES) and their coefficients, and those of desks, which nothing but
//! [`desk_plan`](crate::desk_plan) refers to: firmware is linked without them. The files beside this one are generated:
//! `cargo run --release -p headroom-resample --example generate-tables`.

use crate::arch::WIDTH;
use crate::spread::{Spread, row_count, rows};
use crate::stage::Stage;

mod direct;
mod lite;
mod mastering;
mod standard;

pub(crate) use lite::TABLE as LITE;
pub(crate) use mastering::TABLE as MASTERING;
pub(crate) use standard::TABLE as STANDARD;

/// Rows at multiples of their own size, so that none takes two lines of a cache whose lines are as long or longer.
#[repr(align(64))]
struct Aligned<const ROWS: usize>([[i32; WIDTH]; ROWS]);

const _: () = assert!(align_of::<Aligned<1>>() == size_of::<[i32; WIDTH]>());

/// Laid out when this crate is compiled.
static UP: Aligned<{ row_count(&direct::STANDARD[0]) }> = Aligned(rows(&direct::STANDARD[0]));
static DOWN: Aligned<{ row_count(&direct::STANDARD[1]) }> = Aligned(rows(&direct::STANDARD[1]));

/// The direct conversions of [`Quality::Standard`](crate::Quality::Standard): the stages of desks, and their layout.
pub(crate) static DIRECT_STANDARD: [(Stage<'static>, Spread<'static>); 2] = [
    (direct::STANDARD[0], Spread::new(&direct::STANDARD[0], &UP.0)),
    (direct::STANDARD[1], Spread::new(&direct::STANDARD[1], &DOWN.0)),
];
