//! A converter for music on a 48 kHz device, there and back.
#![no_std]
#![no_main]

use headroom_modules::{Pair, Src};

image::image!(&[Src::<(Pair<44_100, 48_000>, Pair<48_000, 44_100>)>::ROW]);
