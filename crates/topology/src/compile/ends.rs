//! What is outside: PCM devices at the host's ends, and links at the interfaces.

use headroom_module::Format;
use headroom_tplg::records::{self, HwConfig, Name, StreamCaps};
use headroom_tplg::tuples::TupleType;
use headroom_tplg::write::Writer;
use headroom_tplg::{BlockKind, Token};

use super::memory::block_bytes;
use crate::error::Error;
use crate::rates::{RateSet, format_bit};
use crate::toml::{Dai, DaiKind, Pcm, Stream, Topology, Widget, WidgetKind};

use super::room::Room;
use super::{Plan, direction};

/// Limits of periods and of buffers, as SOF's PCM classes have them.
const PERIODS: (u32, u32) = (2, 256);
const PERIOD_BYTES_MAX: u32 = 2_097_152;
const BUFFER_BYTES_MAX: u32 = 4_194_304;

/// Nothing is said.
const SILENT: &Stream = &Stream { rates: Vec::new(), channels: Vec::new(), samples: Vec::new() };

/// The devices and the interfaces.
pub(super) struct Ends {
    /// Those of the text, and one for each host copier that has none there.
    pcms: Vec<Pcm>,
    /// What these are called in the file.
    names: Vec<Name>,
    /// Interfaces by the index of their copier, each with the name of its link.
    dais: Vec<(usize, Dai, Name)>,
    /// The stream name of each widget.
    streams: Vec<Name>,
}

impl Ends {
    pub(super) fn new(topology: &Topology, room: &mut Room<'_>) -> Result<Self, Error> {
        let (pcms, dais) = (pcms(topology), dais(topology, room)?);
        let mut streams = vec![Name::EMPTY; topology.widgets.len()];
        for pcm in &pcms {
            for (n, ending) in [(pcm.playback, "Playback"), (pcm.capture, "Capture")] {
                if let Some(n) = n {
                    streams[n] = room.name(&pcm.span, &format!("{} {ending}", pcm.name))?;
                }
            }
        }
        dais.iter().for_each(|(n, _, link)| streams[*n] = *link);
        let names = pcms.iter().map(|pcm| room.name(&pcm.span, &pcm.name)).collect::<Result<_, _>>()?;
        Ok(Self { pcms, names, dais, streams })
    }

    /// What is said about the stream of the PCM at widget `n`.
    pub(super) fn stream(&self, n: usize) -> &Stream {
        let pcm = self.pcms.iter().find(|pcm| pcm.playback == Some(n) || pcm.capture == Some(n));
        pcm.map_or(SILENT, |pcm| &pcm.stream)
    }

    /// The name by which PCMs and links find widget `n`; none for most.
    pub(super) fn stream_name(&self, n: usize) -> Name {
        self.streams[n]
    }

    /// The kind of the interface behind widget `n`, if there is one.
    pub(super) fn interface(&self, n: usize) -> Option<DaiKind> {
        self.dais.iter().find(|(widget, ..)| *widget == n).map(|(_, dai, _)| dai.kind)
    }

    /// Writes which interface is behind widget `n`.
    pub(super) fn dai(&self, writer: &mut Writer<'_>, n: usize, plays: bool) {
        let Some((_, dai, _)) = self.dais.iter().find(|(widget, ..)| *widget == n) else { return };
        writer.texts(&[(Token::DAI_TYPE, type_name(dai.kind))]);
        writer.words(&[(Token::DAI_INDEX, dai.index), (Token::DAI_DIRECTION, direction(plays))]);
        writer.words(&[(Token::COPIER_NODE_TYPE, node(dai.kind, plays))]);
    }
}

/// The devices of the text, then one for each host copier that has none, called like it.
fn pcms(topology: &Topology) -> Vec<Pcm> {
    let mut pcms = topology.pcms.clone();
    for (n, widget) in topology.widgets.iter().enumerate() {
        let known = |pcm: &Pcm| pcm.playback == Some(n) || pcm.capture == Some(n);
        if widget.kind != WidgetKind::HostCopier || pcms.iter().any(known) {
            continue;
        }
        let plays = topology.is_source(n);
        let free = (0..).find(|id| pcms.iter().all(|pcm| pcm.id != *id));
        pcms.push(Pcm {
            id: free.unwrap_or_default(),
            name: widget.name.clone(),
            playback: plays.then_some(n),
            capture: (!plays).then_some(n),
            stream: Stream::default(),
            span: widget.span.clone(),
        });
    }
    pcms
}

/// The interfaces: those that aren't described are serial ports in the order of the text, each with a link of its own.
fn dais(topology: &Topology, room: &mut Room<'_>) -> Result<Vec<(usize, Dai, Name)>, Error> {
    let copiers = topology.widgets.iter().enumerate();
    let copiers = copiers.filter(|(_, widget)| widget.kind == WidgetKind::DaiCopier);
    let dai = |(index, (n, widget)): (usize, (usize, &Widget))| {
        let usual = || Dai { kind: DaiKind::Ssp, index: index as u32, link: None, format: Stream::default() };
        let dai = widget.outside.dai.clone().unwrap_or_else(usual);
        let link = room.name(&widget.span, dai.link.as_ref().unwrap_or(&widget.name))?;
        Ok((n, dai, link))
    };
    copiers.enumerate().map(dai).collect()
}

fn type_name(kind: DaiKind) -> Name {
    let text = match kind {
        DaiKind::Ssp => "SSP",
        DaiKind::Hda => "HDA",
        DaiKind::Dmic => "DMIC",
        DaiKind::Alh => "ALH",
    };
    Name::new(text).unwrap_or_default()
}

/// Types of gateway nodes. Source: SOF's `src/include/ipc4/gateway.h`.
fn node(kind: DaiKind, plays: bool) -> u32 {
    match (kind, plays) {
        (DaiKind::Hda, true) => 8,
        (DaiKind::Hda, false) => 9,
        (DaiKind::Dmic, _) => 11,
        (DaiKind::Ssp, true) => 12,
        (DaiKind::Ssp, false) => 13,
        (DaiKind::Alh, true) => 16,
        (DaiKind::Alh, false) => 17,
    }
}

/// Writes PCMs and links.
pub(super) fn write(writer: &mut Writer<'_>, plan: &Plan<'_>) {
    if !plan.ends.pcms.is_empty() {
        writer.block(BlockKind::Pcm, 0);
    }
    for (pcm, name) in plan.ends.pcms.iter().zip(&plan.ends.names) {
        writer.pcm(&device(plan, pcm, *name));
        let pauses = [Token::STREAM_CAPTURE_PAUSE_SUPPORTED, Token::STREAM_PLAYBACK_PAUSE_SUPPORTED];
        writer.numbers(TupleType::Bool, &pauses.map(|token| (token, 0)));
    }
    if !plan.ends.dais.is_empty() {
        writer.block(BlockKind::BackendLink, 0);
    }
    let mut known = Vec::new();
    for (_, dai, name) in &plan.ends.dais {
        if !known.contains(name) {
            link(writer, dai, known.len() as u32, *name);
            known.push(*name);
        }
    }
}

fn device(plan: &Plan<'_>, pcm: &Pcm, name: Name) -> records::Pcm {
    let caps = |end: Option<usize>, plays: bool| {
        let Some(n) = end else { return StreamCaps::default() };
        let set = &plan.sets[n];
        capabilities(plan.ends.stream_name(n), if plays { &set.inputs } else { &set.outputs })
    };
    records::Pcm {
        pcm_name: name,
        dai_name: name,
        pcm_id: pcm.id,
        dai_id: pcm.id,
        playback: pcm.playback.is_some().into(),
        capture: pcm.capture.is_some().into(),
        caps: [caps(pcm.playback, true), caps(pcm.capture, false)],
        ..Default::default()
    }
}

/// What a stream of these formats can be opened with.
fn capabilities(name: Name, formats: &[Format]) -> StreamCaps {
    let rates = || formats.iter().map(Format::rate);
    let channels = || formats.iter().map(|format| format.channels() as u32);
    let period = formats.iter().map(|format| block_bytes(*format, 1)).min().unwrap_or(0);
    let (periods_min, periods_max) = PERIODS;
    StreamCaps {
        size: 104,
        name,
        formats: [formats.iter().fold(0, |bits, format| bits | 1 << format_bit(format.samples())), 0],
        rates: RateSet::of(rates()).0,
        rate_min: rates().min().unwrap_or(0),
        rate_max: rates().max().unwrap_or(0),
        channels_min: channels().min().unwrap_or(0),
        channels_max: channels().max().unwrap_or(0),
        periods_min,
        periods_max,
        period_size_min: period,
        period_size_max: PERIOD_BYTES_MAX,
        buffer_size_min: periods_min * period,
        buffer_size_max: BUFFER_BYTES_MAX,
        sig_bits: 0,
    }
}

/// A link has one configuration, whose clocks are left to the machine.
fn link(writer: &mut Writer<'_>, dai: &Dai, id: u32, name: Name) {
    let mut link = records::Link { id, name, stream_name: name, num_hw_configs: 1, ..Default::default() };
    link.hw_config[0] = HwConfig { size: 120, ..HwConfig::default() };
    writer.link(&link);
    writer.texts(&[(Token::DAI_TYPE, type_name(dai.kind))]);
    writer.words(&[(Token::DAI_INDEX, dai.index)]);
}
