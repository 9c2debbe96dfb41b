//! A converter between all rates.
#![no_std]
#![no_main]

image::image!(&[headroom_modules::SRC]);
