//! Converts a clip of two seconds and says what became of it: `cargo run --example convert_clip --features alloc`.
//!
//! The clip is a chirp of two channels; a program would read it from a file or from a microphone.

use headroom_resample::{Converter, ConverterError, Quality};

/// A sine that sweeps up over two seconds, in both channels.
fn chirp(rate: u32) -> Vec<f32> {
    let seconds = |frame: u32| frame as f32 / rate as f32;
    let sample =
        |frame| 0.5 * (core::f32::consts::TAU * (200.0 + 400.0 * seconds(frame)) * seconds(frame)).sin();
    (0..2 * rate).flat_map(|frame| [sample(frame); 2]).collect()
}

fn main() -> Result<(), ConverterError> {
    let clip = chirp(44_100);
    let mut converter = Converter::new(44_100, 48_000, 2, Quality::Standard)?;
    let made = converter.convert(&clip);
    let (loudest, expected) = (peak(&made), peak(&clip));
    println!(
        "{} frames became {}, with a peak of {loudest:.4} where it was {expected:.4}",
        clip.len() / 2,
        made.len() / 2
    );

    // The same as a stream of 10 ms blocks: what comes out is later, by the delay of the filters.
    let (numerator, denominator) = converter.plan().delay();
    let mut block = vec![0.0; 2 * (converter.plan().output_frames_for(441) as usize + 1)];
    let mut frames = 0;
    for input in clip.chunks(2 * 441) {
        frames += converter.process(input, &mut block).produced;
    }
    println!(
        "as a stream: {frames} frames, {:.2} ms late",
        1000.0 * f64::from(numerator) / f64::from(denominator) / 48_000.0
    );

    // Rates that no table has are designed on the spot; those for which there is no filter are refused with a remedy.
    let other = Converter::<i16>::new(44_100, 40_000, 1, Quality::Lite)?;
    println!("44100 to {} Hz takes {} stages", other.plan().to(), other.plan().stages().len());
    if let Err(refused) = Converter::<f32>::new(44_100, 44_101, 2, Quality::Lite) {
        println!("{refused}");
    }
    Ok(())
}

fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak, sample| peak.max(sample.abs()))
}
