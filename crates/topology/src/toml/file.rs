//! A topology as it is written in TOML: every key there is, with where it stands.
//!
//! Only the spelling is checked here; what the keys mean together is for `check`.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopologyFile {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
    pub(crate) input: Option<Inputs>,
    #[serde(default, rename = "pipeline")]
    pub(crate) pipelines: Vec<PipelineEntry>,
    #[serde(default, rename = "widget")]
    pub(crate) widgets: Vec<WidgetEntry>,
    #[serde(default, rename = "route")]
    pub(crate) routes: Vec<RouteEntry>,
    #[serde(default, rename = "pcm")]
    pub(crate) pcms: Vec<PcmEntry>,
}

/// `[input]`, for every source, or `[[input]]`, for the one that each names and for all others.
pub(crate) struct Inputs(pub(crate) Vec<SignalEntry>);

impl<'de> Deserialize<'de> for Inputs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InputsVisitor).map(Self)
    }
}

/// Takes a table or a list of tables. An untagged enumeration would do the same, but forget where the values stand.
struct InputsVisitor;

impl<'de> Visitor<'de> for InputsVisitor {
    type Value = Vec<SignalEntry>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table or a list of tables")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        SignalEntry::deserialize(MapAccessDeserializer::new(map)).map(|entry| vec![entry])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(seq))
    }
}

/// The built-in signal that is played when no file is given.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignalEntry {
    pub(crate) widget: Option<Spanned<String>>,
    pub(crate) signal: SignalKind,
    pub(crate) rate: Spanned<u32>,
    pub(crate) channels: Spanned<u8>,
    pub(crate) samples: SampleName,
    pub(crate) seconds: Spanned<f64>,
    #[serde(default = "minus_one")]
    pub(crate) level_db: Spanned<f64>,
    pub(crate) frequency: Option<Spanned<f64>>,
}

fn minus_one() -> Spanned<f64> {
    Spanned::new(0..0, -1.0)
}

/// The built-in signals.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SignalKind {
    /// One tone; `frequency` in Hz, 997 without it.
    Sine,
    /// From 20 Hz to just below half the rate, rising exponentially.
    Chirp,
}

/// Sample formats as topologies name them.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SampleName {
    S16,
    #[serde(rename = "S24_4")]
    S24In32,
    S32,
    #[serde(rename = "float")]
    Float,
}

/// `[[pipeline]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PipelineEntry {
    pub(crate) id: Spanned<u8>,
    #[serde(default)]
    pub(crate) priority: Option<Spanned<u8>>,
    #[serde(default)]
    pub(crate) core: u8,
    #[serde(default)]
    pub(crate) heap_bytes: u32,
    #[serde(default)]
    pub(crate) stack_bytes: u32,
}

/// The kinds of widgets.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    HostCopier,
    DaiCopier,
    Copier,
    Gain,
    Src,
    SrcLite,
    Mixin,
    Mixout,
    Passthrough,
    StandIn,
    Module,
}

/// Curves of a gain's ramp.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CurveName {
    Linear,
    WindowsFade,
    ZeroCross,
}

/// Who runs a widget.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DomainName {
    #[serde(rename = "LL")]
    Ll,
    #[serde(rename = "DP")]
    Dp,
}

/// `[[widget]]`: all keys of all kinds; which of them a kind has is checked later.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WidgetEntry {
    pub(crate) name: Spanned<String>,
    pub(crate) kind: Spanned<Kind>,
    pub(crate) pipeline: Spanned<u8>,
    pub(crate) domain: Option<Spanned<DomainName>>,
    #[serde(default)]
    pub(crate) core: u8,
    pub(crate) samples: Option<Spanned<SampleName>>,
    pub(crate) channels: Option<Spanned<u8>>,
    pub(crate) rate: Option<Spanned<u32>>,
    pub(crate) gain_db: Option<Spanned<f64>>,
    pub(crate) ramp_ms: Option<Spanned<u32>>,
    pub(crate) curve: Option<Spanned<CurveName>>,
    pub(crate) block_ms: Option<Spanned<u32>>,
    pub(crate) heap_bytes: Option<Spanned<u32>>,
    pub(crate) lifetime_bytes: Option<Spanned<u32>>,
    pub(crate) interim_bytes: Option<Spanned<u32>>,
    pub(crate) stack_bytes: Option<Spanned<u32>>,
    pub(crate) volume_control: Option<Spanned<String>>,
    pub(crate) switch_control: Option<Spanned<String>>,
    pub(crate) dai: Option<Spanned<DaiEntry>>,
    pub(crate) uuid: Option<Spanned<String>>,
    pub(crate) module: Option<Spanned<String>>,
    pub(crate) config: Option<Spanned<String>>,
    pub(crate) blob: Option<Spanned<String>>,
    pub(crate) controls: Option<Spanned<ControlsEntry>>,
}

/// `controls` of a widget: what they are set to once it is set up.
#[derive(Deserialize, Clone, Copy)]
#[serde(deny_unknown_fields)]
pub(crate) struct ControlsEntry {
    pub(crate) switch: Option<u32>,
    #[serde(rename = "enum")]
    pub(crate) enumeration: Option<u32>,
}

/// `dai` of a widget: the interface behind a DAI copier.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct DaiEntry {
    #[serde(rename = "type")]
    pub(crate) kind: DaiKind,
    #[serde(default)]
    pub(crate) index: u32,
    pub(crate) link: Option<String>,
    pub(crate) rate: Option<Spanned<u32>>,
    pub(crate) channels: Option<Spanned<u8>>,
    pub(crate) samples: Option<SampleName>,
}

/// The kinds of interfaces.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
pub enum DaiKind {
    /// A serial port.
    #[serde(rename = "SSP")]
    Ssp,
    /// A link of HD audio.
    #[serde(rename = "HDA")]
    Hda,
    /// Digital microphones.
    #[serde(rename = "DMIC")]
    Dmic,
    /// SoundWire.
    #[serde(rename = "ALH")]
    Alh,
}

/// `[[pcm]]`: a device that applications open.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PcmEntry {
    pub(crate) id: Spanned<u32>,
    pub(crate) name: Spanned<String>,
    pub(crate) playback: Option<Spanned<String>>,
    pub(crate) capture: Option<Spanned<String>>,
    pub(crate) rates: Option<Spanned<Vec<u32>>>,
    pub(crate) channels: Option<Spanned<Vec<u8>>>,
    pub(crate) samples: Option<Spanned<Vec<SampleName>>>,
}

/// `[[route]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteEntry {
    pub(crate) from: Spanned<String>,
    pub(crate) to: Spanned<String>,
}
