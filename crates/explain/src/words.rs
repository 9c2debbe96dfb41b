//! How formats, rates, values and lists are spelled.

use std::collections::BTreeSet;

use headroom_topology::RateSet;
use headroom_tplg::tuples::{TupleType, Value};
use headroom_tplg::{AudioFormat, Token};

/// `SNDRV_PCM_FORMAT` by bit.
const SAMPLE_FORMATS: [&str; 25] = [
    "S8",
    "U8",
    "S16_LE",
    "S16_BE",
    "U16_LE",
    "U16_BE",
    "S24_LE",
    "S24_BE",
    "U24_LE",
    "U24_BE",
    "S32_LE",
    "S32_BE",
    "U32_LE",
    "U32_BE",
    "FLOAT_LE",
    "FLOAT_BE",
    "FLOAT64_LE",
    "FLOAT64_BE",
    "IEC958_LE",
    "IEC958_BE",
    "MU_LAW",
    "A_LAW",
    "IMA_ADPCM",
    "MPEG",
    "GSM",
];

/// The names of the sample formats whose bits are set.
pub(crate) fn sample_formats(bits: u64) -> Vec<String> {
    let named =
        |bit: usize| SAMPLE_FORMATS.get(bit).map_or_else(|| format!("format {bit}"), |&name| name.into());
    (0..64).filter(|bit| bits >> bit & 1 == 1).map(named).collect()
}

/// Bits of a sample of the format that ALSA calls so, where a DSP has it.
pub(crate) fn valid_bits(name: &str) -> Option<u32> {
    Some(match name {
        "S8" | "U8" | "MU_LAW" | "A_LAW" => 8,
        "S16_LE" => 16,
        "S24_LE" => 24,
        "S32_LE" | "FLOAT_LE" => 32,
        _ => return None,
    })
}

/// The rates whose bits are set, lowest first.
pub(crate) fn rates(bits: u32) -> Vec<u32> {
    let mut rates: Vec<_> = RateSet(bits).listed().collect();
    rates.sort_unstable();
    rates
}

/// 44100 as `44.1`.
pub(crate) fn khz(rate: u32) -> String {
    format!("{}", f64::from(rate) / 1000.0)
}

/// `2` or `1-8`.
pub(crate) fn range(low: u32, high: u32) -> String {
    if low == high { low.to_string() } else { format!("{low}-{high}") }
}

/// `1 widget` or `7 widgets`.
pub(crate) fn count(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

/// The samples of a format: `S16`, `F32`, or `S24/32` where the container is larger than what it holds.
pub(crate) fn samples(format: &AudioFormat) -> String {
    let letter = match format.sample_type {
        3 => "U",
        4 => "F",
        5 => "A",
        _ => "S",
    };
    let (valid, depth) = (format.valid_bit_depth, format.bit_depth);
    if valid == depth { format!("{letter}{valid}") } else { format!("{letter}{valid}/{depth}") }
}

/// A format in short: `48 kHz S32 2ch`.
pub(crate) fn format(format: &AudioFormat) -> String {
    format!("{} kHz {} {}ch", khz(format.rate), samples(format), format.channels)
}

/// Many formats in short, each field by itself: `8-192 kHz (14 rates) S16 S32 2ch`.
pub(crate) fn formats(formats: &[AudioFormat]) -> String {
    if formats.is_empty() { "none".into() } else { formats_in_parts(formats).join(" ") }
}

/// The rates, the samples and the channels of many formats.
pub(crate) fn formats_in_parts(formats: &[AudioFormat]) -> [String; 3] {
    let rates: BTreeSet<_> = formats.iter().map(|format| format.rate).collect();
    let rates = match (rates.first(), rates.last()) {
        (Some(&low), Some(&high)) if rates.len() > 3 => {
            format!("{}-{} kHz ({} rates)", khz(low), khz(high), rates.len())
        }
        _ => format!("{} kHz", rates.iter().map(|&rate| khz(rate)).collect::<Vec<_>>().join("/")),
    };
    let channels: BTreeSet<_> = formats.iter().map(|format| format.channels).collect();
    let channels: Vec<_> = channels.iter().map(u32::to_string).collect();
    [rates, distinct(formats.iter().map(samples)).join(" "), format!("{}ch", channels.join("/"))]
}

/// Each text once, where it came first.
pub(crate) fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}

/// The value of a token, as it is best read.
pub(crate) fn value(token: Token, value: &Value<'_>) -> String {
    match value {
        Value::Uuid(uuid) => uuid.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Number(TupleType::Bool, 0) => "false".into(),
        Value::Number(TupleType::Bool, 1) => "true".into(),
        Value::Number(_, number) if is_bits(token) => format!("{number:#x}"),
        Value::Number(_, number) => number.to_string(),
    }
}

/// Whether the bits of a token's number say more than the number.
fn is_bits(token: Token) -> bool {
    [
        Token::CAVS_AUDIO_FORMAT_IN_CH_MAP,
        Token::CAVS_AUDIO_FORMAT_OUT_CH_MAP,
        Token::CAVS_AUDIO_FORMAT_IN_FMT_CFG,
        Token::CAVS_AUDIO_FORMAT_OUT_FMT_CFG,
        Token::GAIN_VAL,
    ]
    .contains(&token)
}

/// The short name of a token: `COMP_UUID`, or its number.
pub(crate) fn token(token: Token) -> String {
    token.name().map_or_else(|| token.0.to_string(), |name| name.trim_start_matches("SOF_TKN_").into())
}

/// Words with `between` between them, in lines of at most `width` columns that start with `indent`. A word that is
/// longer than a line has one to itself.
pub(crate) fn wrap(words: &[String], between: &str, indent: &str, width: usize) -> String {
    let (mut lines, mut line) = (Vec::new(), String::from(indent));
    let mut first = true;
    for word in words {
        let needed = line.chars().count() + between.chars().count() + word.chars().count();
        if first {
            line += word;
        } else if needed > width {
            lines.push(std::mem::replace(&mut line, format!("{indent}{}{word}", between.trim_start())));
        } else {
            line += between;
            line += word;
        }
        first = false;
    }
    lines.push(line);
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_have_alsas_names() {
        assert_eq!(sample_formats(0x444), ["S16_LE", "S24_LE", "S32_LE"]);
        assert_eq!(sample_formats(1 << 63), ["format 63"]);
        assert_eq!(rates(192), [44_100, 48_000]);
        assert_eq!(rates(1 << 30 | 1 << 18 | 1), [5512, 24_000]);
    }

    #[test]
    fn formats_are_short() {
        let one = AudioFormat {
            rate: 44_100,
            bit_depth: 32,
            valid_bit_depth: 24,
            channels: 2,
            ..Default::default()
        };
        assert_eq!(format(&one), "44.1 kHz S24/32 2ch");
        let all: Vec<_> = [8000, 16_000, 32_000, 48_000]
            .map(|rate| AudioFormat { rate, channels: rate / 8000, ..one })
            .into();
        assert_eq!(formats(&all), "8-48 kHz (4 rates) S24/32 1/2/4/6ch");
        assert_eq!(formats(&all[..2]), "8/16 kHz S24/32 1/2ch");
        assert_eq!(formats(&[]), "none");
    }

    #[test]
    fn long_lists_are_broken_before_what_is_between_their_words() {
        let words = ["alpha", "beta", "a-very-long-word-indeed", "gamma"].map(String::from);
        assert_eq!(wrap(&words, " > ", "  ", 16), "  alpha > beta\n  > a-very-long-word-indeed\n  > gamma\n");
        assert_eq!(wrap(&[], " ", "  ", 16), "\n");
    }
}
