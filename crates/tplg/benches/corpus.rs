//! How long files of the wild take: `HEADROOM_CORPUS=FOLDER cargo bench -p headroom-tplg`.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to give its errors to")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use headroom_testbench::corpus;
use headroom_tplg::Topology;

/// Runs `work` 51 times and prints the fastest and the median.
fn report(what: &str, mut work: impl FnMut()) {
    let mut times: Vec<Duration> = (0..51)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("{what:<40} best {:>9.1?}   median {:>9.1?}   (measured, 51 runs)", times[0], times[25]);
}

fn main() {
    let Some(found) = corpus("tplg", "nothing was measured") else { return };
    let contents: Vec<Vec<u8>> = found.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let largest = contents.iter().max_by_key(|file| file.len()).unwrap();
    let total: usize = contents.iter().map(Vec::len).sum();
    println!("{} files of {total} bytes, the largest {} bytes", contents.len(), largest.len());

    let parse = |file: &[u8]| Topology::parse(black_box(file)).unwrap().widgets().count();
    let check = |file: &[u8]| Topology::parse(black_box(file)).unwrap().check().is_ok();
    let mut out = vec![0; largest.len()];
    report("largest: parse", || {
        black_box(parse(largest));
    });
    report("largest: parse and check", || {
        black_box(check(largest));
    });
    report("largest: parse and write", || {
        black_box(Topology::parse(black_box(largest)).unwrap().write(&mut out).unwrap());
    });
    report("all: parse", || {
        contents.iter().for_each(|file| {
            black_box(parse(file));
        })
    });
    report("all: parse and check", || {
        contents.iter().for_each(|file| {
            black_box(check(file));
        })
    });
    report("all: read from disk cache, parse", || {
        for path in &found {
            black_box(parse(&std::fs::read(path).unwrap()));
        }
    });
}
