//! `headroom measure-src`: measures conversions, and shows the figures as a table, as JSON or as a picture.

use std::fmt::Write;
use std::io::IsTerminal;

use headroom_audio::measure::{CHANNELS, Measurement, PASS_BAND, measure, plot};
use headroom_audio::{Quality, pairs, write_file};
use serde::Serialize;

use crate::arguments::MeasureSrc;
use crate::error::Error;
use crate::terminal::{bar, print, tell};

/// The number of the JSON format; it changes when a field gets another meaning or goes.
const SCHEMA_VERSION: u32 = 1;

pub(crate) fn measure_src(arguments: &MeasureSrc) -> Result<(), Error> {
    let quality = arguments.quality;
    let pairs = arguments.pair.map_or_else(|| pairs(quality), |pair| vec![pair]);
    let conversions = measure_all(&pairs, quality)?;
    if let (Some((from, to)), Some(path)) = (arguments.pair, &arguments.plot) {
        write_file(path, plot(from, to, quality)?.as_bytes())?;
        if std::io::stderr().is_terminal() {
            tell(&format!("wrote {}", path.display()));
        }
    }
    let text = if arguments.json { json(quality, &conversions)? } else { table(quality, &conversions) };
    print(&text)
}

fn measure_all(pairs: &[(u32, u32)], quality: Quality) -> Result<Vec<Measurement>, Error> {
    let bar = bar("conversions");
    bar.set_length(pairs.len() as u64);
    let measured = pairs.iter().map(|&(from, to)| {
        let measured = measure(from, to, quality);
        bar.inc(1);
        measured
    });
    let measured = measured.collect::<Result<Vec<_>, _>>();
    // Before an error, too: it starts on a line of its own.
    bar.finish_and_clear();
    Ok(measured?)
}

/// What the JSON is made of; the fields are described in docs/resampling.md.
#[derive(Serialize)]
struct Figures<'a> {
    schema_version: u32,
    quality: String,
    channels: usize,
    conversions: &'a [Measurement],
}

fn json(quality: Quality, conversions: &[Measurement]) -> Result<String, Error> {
    let (schema_version, quality) = (SCHEMA_VERSION, quality.to_string());
    let figures = Figures { schema_version, quality, channels: CHANNELS, conversions };
    let text = serde_json::to_string_pretty(&figures)
        .map_err(|error| Error::Output { what: format!("no JSON of the figures: {error}") })?;
    Ok(text + "\n")
}

fn table(quality: Quality, conversions: &[Measurement]) -> String {
    let mut text = format!("Sample rate conversion, quality {quality}; memory for {CHANNELS} channels\n\n");
    text.push_str(HEAD);
    for conversion in conversions {
        let Measurement { from_hz, to_hz, measured, declared, modelled } = conversion;
        let alias = measured.worst_alias_db.map_or("-".to_owned(), |alias| format!("{alias:.2}"));
        // Into a string, this can't fail.
        let _ = writeln!(
            text,
            "{from_hz:7}{to_hz:8}{:9.2}{:9.5}{:9.2}{alias:>9}{:9.4}{:8}{:10}{:8}{:10.2}",
            measured.thd_n_db,
            measured.pass_band_ripple_db,
            measured.worst_image_db,
            measured.latency_ms,
            measured.state_bytes,
            declared.state_bytes,
            declared.coefficient_bytes,
            modelled.macs_per_frame,
        );
    }
    text.push_str(&notes());
    text
}

/// Names and units of the columns, under the labels of their figures.
const HEAD: &str = concat!(
    "               measured ---------------------------------------------  declared -------  modelled\n",
    "   from      to    THD+N   ripple    image    alias  latency   state     state  coeff.      MACs\n",
    "     Hz      Hz       dB       dB       dB       dB       ms       B         B       B    /frame\n",
);

/// What the columns mean.
fn notes() -> String {
    format!(
        "
measured: the converter ran over tones of -1 dBFS in 32-bit samples
  THD+N    997 Hz: all that isn't the tone
  ripple   20 Hz to {PASS_BAND} of the lower rate: the largest distance from the level of the input
  image    tones up to half the lower rate: the most that came out besides the tone
  alias    tones above half the output rate: the most that is left of them
  latency  20 Hz: how much later it comes out
  state    bytes that the converter wrote
declared: the plan says so; coefficients are constants, shared by all that use the same filters
modelled: multiply-adds for each output frame and channel, from the lengths of the filters
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One upwards, which has no alias, and one downwards.
    #[test]
    fn several_conversions_have_a_row_each() {
        let quality = Quality::Lite;
        let conversions = measure_all(&[(44_100, 48_000), (48_000, 16_000)], quality).unwrap();
        let text = table(quality, &conversions);
        let rows: Vec<Vec<&str>> =
            text.lines().skip(5).take(2).map(|row| row.split_whitespace().collect()).collect();
        assert_eq!(
            (&rows[0][..2], &rows[1][..2]),
            (&["44100", "48000"][..], &["48000", "16000"][..]),
            "{text}"
        );
        assert_eq!((rows[0].len(), rows[1].len()), (11, 11), "{text}");
        assert!(rows[0][5] == "-" && rows[1][5].parse::<f64>().unwrap() < -80.0, "{text}");
        let data = json(quality, &conversions).unwrap();
        assert_eq!(data.matches("\"from_hz\"").count(), 2, "{data}");
    }

    #[test]
    fn a_conversion_that_there_is_not_ends_it() {
        let error = measure_all(&[(44_100, 48_000), (48_000, 47_999)], Quality::Lite).unwrap_err();
        assert!(
            matches!(error, Error::Audio(headroom_audio::Error::NoConversion { to: 47_999, .. })),
            "{error}"
        );
    }
}
