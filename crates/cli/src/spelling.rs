//! How files, rates, pairs of rates and qualities are typed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use headroom_audio::{QUALITIES, Quality};
use headroom_desk::TokenEra;
use headroom_explain::{Code, Theme};
use headroom_topology::Direction;

/// The name of a file. `-` stands for a pipe elsewhere; a file of that name is `./-`.
pub(crate) fn file(name: OsString) -> Result<PathBuf, &'static str> {
    match name.to_str() {
        Some("-") => Err("pipes are not supported, name a file (one called `-` is `./-`)"),
        _ => Ok(name.into()),
    }
}

/// A file, and the end of the topology that it is for: `FILE`, or `WIDGET=FILE`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct EndArgument {
    pub(crate) widget: Option<String>,
    pub(crate) path: PathBuf,
}

/// `FILE` or `WIDGET=FILE`. A file that has a `=` in its name is `./a=b.wav`.
pub(crate) fn end_file(text: OsString) -> Result<EndArgument, &'static str> {
    let named = text.to_str().and_then(|text| text.split_once('='));
    match named.filter(|(widget, _)| !widget.contains(std::path::is_separator)) {
        Some((widget, path)) if !widget.is_empty() && !path.is_empty() => {
            Ok(EndArgument { widget: Some(widget.to_owned()), path: file(path.into())? })
        }
        Some(_) => Err("give FILE or WIDGET=FILE (a file with a `=` in its name is `./a=b.wav`)"),
        None => Ok(EndArgument { widget: None, path: file(text)? }),
    }
}

/// Which streams of a compiled topology are played.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PcmChoice {
    All,
    One(Pcm),
}

/// One PCM; without a direction the first that it has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pcm {
    pub(crate) id: u32,
    pub(crate) direction: Option<Direction>,
}

/// `all`, `3`, `3:playback` or `3:capture`.
pub(crate) fn pcm(text: &str) -> Result<PcmChoice, &'static str> {
    if text == "all" {
        return Ok(PcmChoice::All);
    }
    let (id, direction) = text.split_once(':').map_or((text, None), |(id, way)| (id, Some(way)));
    let direction = match direction {
        None => Ok(None),
        Some("playback") => Ok(Some(Direction::Playback)),
        Some("capture") => Ok(Some(Direction::Capture)),
        Some(_) => Err(()),
    };
    match (id.parse(), direction) {
        (Ok(id), Ok(direction)) => Ok(PcmChoice::One(Pcm { id, direction })),
        _ => Err("give the number of a PCM, as 3, 3:playback or 3:capture, or `all`"),
    }
}

const ERAS: [(&str, TokenEra); 3] =
    [("heap", TokenEra::Heap), ("phases", TokenEra::Phases), ("swapped", TokenEra::Swapped)];

/// What memory tokens mean, by name; the help lists them.
pub(crate) fn token_era() -> impl TypedValueParser<Value = TokenEra> {
    PossibleValuesParser::new(ERAS.map(|(name, _)| name)).try_map(|name| {
        let known = ERAS.into_iter().find(|(era, _)| *era == name);
        known.map(|(_, era)| era).ok_or("there is no such era")
    })
}

const THEMES: [(&str, Theme); 2] = [("light", Theme::Light), ("dark", Theme::Dark)];

/// The background of a picture, by name; the help lists them.
pub(crate) fn theme() -> impl TypedValueParser<Value = Theme> {
    PossibleValuesParser::new(THEMES.map(|(name, _)| name)).try_map(|name| {
        let known = THEMES.into_iter().find(|(theme, _)| *theme == name);
        known.map(|(_, theme)| theme).ok_or("there is no such theme")
    })
}

/// The name of a WAV file to write.
pub(crate) fn wav(name: OsString) -> Result<PathBuf, &'static str> {
    let path = file(name)?;
    match path.extension() {
        Some(kind) if kind.eq_ignore_ascii_case("flac") => Err("only WAV is written, name the file `.wav`"),
        _ => Ok(path),
    }
}

/// The name of a picture to write, which says what it is.
pub(crate) fn picture(name: OsString) -> Result<PathBuf, &'static str> {
    let path = file(name)?;
    match path.extension() {
        Some(kind) if kind.eq_ignore_ascii_case("svg") || kind.eq_ignore_ascii_case("dot") => Ok(path),
        _ => Err("name the picture `.svg` or `.dot`"),
    }
}

/// A rate in Hz: `48000`, or in kHz with a `k`: `44.1k`.
pub(crate) fn rate(text: &str) -> Result<u32, &'static str> {
    let hz = match text.strip_suffix(['k', 'K']) {
        // Rates in kHz have up to three digits behind the point, so that this is exact.
        Some(khz) => khz.parse().ok().map(|khz: f64| khz * 1e3).filter(|hz| (hz - hz.round()).abs() < 1e-6),
        None => text.parse().ok().map(|hz: u32| f64::from(hz)),
    };
    match hz.map(f64::round) {
        Some(hz) if (1.0..=f64::from(u32::MAX)).contains(&hz) => Ok(hz as u32),
        _ => Err("give a rate in Hz, as 48000, or in kHz, as 48k or 44.1k"),
    }
}

/// Two rates, `44100:48000`.
pub(crate) fn pair(text: &str) -> Result<(u32, u32), &'static str> {
    let (from, to) = text.split_once(':').ok_or("give two rates with a colon between, as 44100:48000")?;
    Ok((rate(from)?, rate(to)?))
}

/// A code of `headroom lint`: `HR040`.
pub(crate) fn code(text: &str) -> Result<&'static Code, &'static str> {
    Code::named(text).ok_or("there is no such code; docs/lint.md lists them, HR001 is the first")
}

/// Names of qualities, as they are typed.
static QUALITY_NAMES: LazyLock<Vec<String>> =
    LazyLock::new(|| QUALITIES.iter().map(Quality::to_string).collect());

/// One of [`QUALITIES`] by its name; the help lists them.
pub(crate) fn quality() -> impl TypedValueParser<Value = Quality> {
    PossibleValuesParser::new(QUALITY_NAMES.iter().map(String::as_str)).try_map(|name| {
        let known = QUALITIES.into_iter().find(|quality| quality.to_string() == name);
        known.ok_or("there is no such quality")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_in_hz_and_khz() {
        let cases = [
            ("48000", Some(48_000)),
            ("48k", Some(48_000)),
            ("44.1k", Some(44_100)),
            ("11.025K", Some(11_025)),
            ("22.05k", Some(22_050)),
            ("1", Some(1)),
            ("0", None),
            ("0k", None),
            ("-1", None),
            ("-48k", None),
            ("44.1", None),
            ("44.10001k", None),
            ("1e9k", None),
            ("infk", None),
            ("nank", None),
            ("k", None),
            ("", None),
            ("48 kHz", None),
        ];
        for (text, expected) in cases {
            assert_eq!(rate(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn files_of_ends_have_a_widget_before_them_or_none() {
        let of = |text: &str| end_file(text.into()).ok().map(|end| (end.widget, end.path));
        let named = |widget: &str, path: &str| Some((Some(widget.to_owned()), PathBuf::from(path)));
        let plain = |path: &str| Some((None, PathBuf::from(path)));
        assert_eq!(of("in.wav"), plain("in.wav"));
        assert_eq!(of("speaker=out.wav"), named("speaker", "out.wav"));
        assert_eq!(of("speaker=a=b.wav"), named("speaker", "a=b.wav"));
        assert_eq!(of("./a=b.wav"), plain("./a=b.wav"));
        for wrong in ["=out.wav", "speaker=", "=", "-", "speaker=-"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn pcms() {
        let one = |id, direction| Ok(PcmChoice::One(Pcm { id, direction }));
        assert_eq!(pcm("all"), Ok(PcmChoice::All));
        assert_eq!(pcm("31"), one(31, None));
        assert_eq!(pcm("0:playback"), one(0, Some(Direction::Playback)));
        assert_eq!(pcm("0:capture"), one(0, Some(Direction::Capture)));
        for wrong in ["", "a", ":capture", "0:", "0:both", "-1", "All"] {
            assert!(pcm(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn pairs_are_two_rates() {
        assert_eq!(pair("44.1k:48000"), Ok((44_100, 48_000)));
        for text in ["44100", "44100:", ":48000", "44100:48000:1", "a:b", ""] {
            assert!(pair(text).is_err(), "{text}");
        }
    }
}
