//! No reader of an LL converter ever runs dry: not for any pair of rates, quality or number of channels.

use headroom_module::SampleFormat;
use headroom_module::schedule::Tick;
use headroom_resample::RATES;

use crate::support::{Bench, Recipe, arena, format};

/// Rates repeat what falls due after at most 40 ticks (11,025 Hz), and a converter then is where it was.
const TICKS: u64 = 45;

fn due(tick: u64, rate: u32) -> usize {
    Tick { index: tick, period_us: 1000 }.frames_due(rate)
}

/// Ticks until the first frame comes, and the tick in which one was missing after that.
fn listen(row: &'static str, channels: u8, [from, to]: [u32; 2]) -> (u64, Option<u64>) {
    let formats = [from, to].map(|rate| format(rate, channels, SampleFormat::S16));
    let recipe = Recipe::new(row, formats[0], to.to_le_bytes()).ll();
    let mut arena = arena();
    let pool = arena.pool();
    let mut bench = Bench::in_ticks(&pool, &recipe, formats).unwrap();
    bench.prepare().unwrap();
    let mut silent = None;
    for tick in 0..TICKS {
        let (wanted, got) = (due(tick, to), bench.tick(due(tick, from), due(tick, to)));
        match silent {
            None if got == 0 => {}
            None if got == wanted => silent = Some(tick),
            Some(_) if got == wanted => {}
            _ => return (silent.unwrap_or(tick), Some(tick)),
        }
    }
    (silent.unwrap_or(TICKS), None)
}

/// 49 of these pairs had a hole, 22.05 -> 48 kHz one of two frames in its eleventh tick.
#[test]
fn an_ll_converter_never_leaves_its_reader_dry() {
    for row in ["src", "src-lite"] {
        for from in RATES {
            for to in RATES.into_iter().filter(|to| *to != from) {
                for channels in 1..=8 {
                    let heard = listen(row, channels, [from, to]);
                    assert_eq!(heard, (1, None), "{row}, {from} -> {to} Hz, {channels} channels");
                }
            }
        }
    }
}

#[test]
fn equal_rates_wait_for_nothing() {
    assert_eq!(listen("src", 2, [48_000, 48_000]), (0, None));
}

#[test]
fn a_stream_that_begins_anew_waits_anew() {
    let formats = [22_050, 48_000].map(|rate| format(rate, 2, SampleFormat::S16));
    let recipe = Recipe::new("src", formats[0], 48_000_u32.to_le_bytes()).ll();
    let mut arena = arena();
    let pool = arena.pool();
    let mut bench = Bench::in_ticks(&pool, &recipe, formats).unwrap();
    bench.prepare().unwrap();
    assert_eq!([bench.tick(22, 48), bench.tick(22, 48)], [0, 48]);
    bench.module.reset();
    // What lay in the rings is the runtime's to drop; here the reader takes it.
    while bench.tick(0, 48) > 0 {}
    assert_eq!([bench.tick(22, 48), bench.tick(22, 48)], [0, 48]);
}
