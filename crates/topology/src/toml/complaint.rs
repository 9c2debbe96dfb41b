//! A rule that a text breaks, and the rules that many keys share.

use std::ops::Range;

use headroom_module::{Format, SampleFormat};
use toml::Spanned;

use super::file::SampleName;

/// Rates that streams can have, in Hz.
pub(crate) const RATES: std::ops::RangeInclusive<u32> = 8000..=192_000;

/// A rule that the text breaks: where, what, and what to do.
pub(crate) struct Complaint {
    pub(crate) span: Range<usize>,
    pub(crate) what: String,
    pub(crate) help: String,
}

pub(crate) type Checked<T> = Result<T, Complaint>;

pub(crate) fn complain<T>(
    span: Range<usize>,
    what: impl Into<String>,
    help: impl Into<String>,
) -> Checked<T> {
    Err(Complaint { span, what: what.into(), help: help.into() })
}

/// Rates of streams.
pub(crate) fn in_range(rate: &Spanned<u32>) -> Checked<u32> {
    match *rate.get_ref() {
        fits if RATES.contains(&fits) => Ok(fits),
        _ => {
            let what = format!("rates go from {} to {} Hz", RATES.start(), RATES.end());
            complain(rate.span(), what, "choose one of these")
        }
    }
}

pub(crate) fn channels(given: &Spanned<u8>) -> Checked<u8> {
    match *given.get_ref() {
        fits @ 1..=Format::MAX_CHANNELS => Ok(fits),
        _ => {
            let what = format!("streams have 1 to {} channels", Format::MAX_CHANNELS);
            complain(given.span(), what, "choose a number of these")
        }
    }
}

pub(crate) fn samples(name: SampleName) -> SampleFormat {
    match name {
        SampleName::S16 => SampleFormat::S16,
        SampleName::S24In32 => SampleFormat::S24In32,
        SampleName::S32 => SampleFormat::S32,
        SampleName::Float => SampleFormat::F32,
    }
}
