//! What a tick of `headroom run` costs, all in all: the bundled topology from a WAV file into another, in instructions.
//!
//! `cargo bench -p headroom-sof --bench run` runs the command under `valgrind --tool=callgrind` over one second of audio and
//! over two. The difference is a thousand ticks without what it takes to begin and to end. The converter is counted apart, by
//! collecting inside its `process` alone.
#![allow(clippy::expect_used, reason = "a bench stops where it can't go on")]

use std::path::Path;
use std::process::{Command, ExitCode};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Frames a second of the input.
const RATE: u32 = 44_100;
/// Ticks that the longer run has more.
const TICKS: u64 = 1000;
/// The goal for a tick without the converter.
const GOAL_WITHOUT: u64 = 10_200;
/// The goal for a whole tick.
const GOAL_WHOLE: u64 = 30_000;
/// The converter's only entrance in a tick.
const CONVERTER: &str = "<headroom_modules::sample_rate::Converter as *>::process";

fn main() -> ExitCode {
    match print_table() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn print_table() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let whole = per_tick(folder.path(), None)?;
    let converter = per_tick(folder.path(), Some(CONVERTER))?;
    if converter == 0 {
        return Err(format!("nothing was counted in {CONVERTER}").into());
    }
    println!(
        "headroom run, bundled topology, 44.1 kHz S16 stereo from a file into a file; instructions per tick"
    );
    for (what, got, goal) in
        [("without the converter", whole - converter, GOAL_WITHOUT), ("with it", whole, GOAL_WHOLE)]
    {
        let mark = if got > goal { "above" } else { "" };
        println!("  {what:<24}{got:>8}   goal {goal:>6}  {mark}");
    }
    println!("run: {whole} instructions per tick");
    Ok(())
}

/// Instructions of a tick, of those inside `function` alone where one is named.
fn per_tick(folder: &Path, function: Option<&str>) -> Outcome<u64> {
    let [one, two] = [1, 2].map(|seconds| count(folder, seconds, function));
    Ok((two? - one?) / TICKS)
}

/// Instructions of a run over so many seconds.
fn count(folder: &Path, seconds: u32, function: Option<&str>) -> Outcome<u64> {
    let (input, output, counts) = (folder.join("in.wav"), folder.join("out.wav"), folder.join("counts"));
    std::fs::write(&input, wav(seconds))?;
    let mut command = Command::new("valgrind");
    command.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", counts.display()));
    command.args(function.map(|function| format!("--toggle-collect={function}")));
    command.arg(env!("CARGO_BIN_EXE_headroom")).args(["run", "-i"]).arg(&input).arg("-o").arg(&output);
    let ran = command.output()?;
    if !ran.status.success() {
        return Err(format!("valgrind failed:\n{}", String::from_utf8_lossy(&ran.stderr)).into());
    }
    let text = std::fs::read_to_string(&counts)?;
    let totals = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
    Ok(totals.unwrap_or(0))
}

/// A file of 16-bit stereo noise.
fn wav(seconds: u32) -> Vec<u8> {
    let samples = seconds * RATE * 2;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + samples * 2).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend([1, 0, 2, 0]);
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 4).to_le_bytes());
    file.extend([4, 0, 16, 0]);
    file.extend(b"data");
    file.extend((samples * 2).to_le_bytes());
    let mut seed = 1u32;
    file.extend((0..samples).flat_map(|_| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        [(seed >> 16) as u8, (seed >> 25) as u8]
    }));
    file
}
