//! A converter that only copies: the code of all of them, and no table.
#![no_std]
#![no_main]

use headroom_modules::{Pair, Src};

image::image!(&[Src::<Pair<48_000, 48_000>>::ROW]);
