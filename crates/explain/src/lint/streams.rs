//! Rules about PCMs and the host widgets that their audio starts or ends at.

use std::collections::BTreeSet;

use headroom_tplg::records::StreamCaps;
use headroom_tplg::{AudioFormat, Widget};

use super::{Findings, codes};
use crate::paths::ways;
use crate::words;
use headroom_topology::Direction;
use headroom_topology::{Graph, is_host};

pub(super) fn check(graph: &Graph<'_>, findings: &mut Findings) {
    let (mut numbers, mut opened) = (BTreeSet::new(), BTreeSet::new());
    for pcm in graph.topology.pcms() {
        let streams = [(Direction::Playback, pcm.playback()), (Direction::Capture, pcm.capture())];
        for (direction, caps) in streams.into_iter().filter_map(|(direction, caps)| Some((direction, caps?)))
        {
            let place = format!("PCM {} {}", pcm.id(), pcm.name());
            if !numbers.insert((pcm.id(), direction.name())) {
                findings.add(&codes::HR063, &*place, format!("is not the first for {}", direction.name()));
            }
            let name = caps.name.as_str();
            let Some(host) = graph.host(name) else {
                findings.add(
                    &codes::HR060,
                    place,
                    format!("{}: no host widget has the stream name {name:?}", direction.name()),
                );
                continue;
            };
            opened.insert(host);
            let ways = ways(graph, host, direction);
            if let (true, Some(widget)) = (graph.is_ipc4(), graph.widgets.get(host)) {
                let to_display = ways.ways.iter().all(|way| is_display(graph, way));
                offers(&Offer { caps: &caps, direction, widget, to_display }, &place, findings);
            }
            if !ways.reach_a_dai {
                findings.add(&codes::HR061, place, format!("{} stops before one", direction.name()));
            }
        }
    }
    for (index, widget) in graph.widgets.iter().enumerate() {
        if is_host(widget.kind()) && !opened.contains(&index) {
            findings.add(&codes::HR062, widget.name(), format!("stream name {:?}", widget.stream_name()));
        }
    }
}

/// What a PCM offers in one direction, at its host widget.
struct Offer<'o> {
    caps: &'o StreamCaps,
    direction: Direction,
    widget: &'o Widget<'o>,
    to_display: bool,
}

/// Whether a way ends at a display. PCMs for displays offer what HDMI has in all files that ship; what can be opened of it is
/// what the display says.
fn is_display(graph: &Graph<'_>, way: &[usize]) -> bool {
    let end = way.last().and_then(|&end| graph.widgets.get(end));
    end.is_some_and(|end| end.stream_name().starts_with("iDisp"))
}

/// Something, and everything, that an application can ask for is among the formats of the host widget.
fn offers(offer: &Offer<'_>, place: &str, findings: &mut Findings) {
    let Offer { caps, direction, widget, to_display } = *offer;
    let formats: Vec<AudioFormat> = match direction {
        Direction::Playback => widget.input_formats().collect(),
        Direction::Capture => widget.output_formats().collect(),
    };
    let offered = Offered::of(caps);
    let has = format!("{} has {}", widget.name(), words::formats(&formats));
    if formats.is_empty() {
        // Told where formats are.
    } else if !formats.iter().any(|format| offered.has(format)) {
        let what = format!("{}: {has}, and the PCM offers none of it", direction.name());
        findings.add(&codes::HR064, place, what);
    } else if let Some(lacks) = offered.lacking(&formats).filter(|_| !to_display) {
        findings.add(&codes::HR068, place, format!("{} offers {lacks}, but {has}", direction.name()));
    }
}

/// What a PCM can be opened with; nothing of a kind where it leaves that open.
struct Offered {
    channels: [u32; 2],
    rates: Vec<u32>,
    range: (u32, u32),
    /// ALSA's name, and the valid bits.
    samples: Vec<(String, u32)>,
}

impl Offered {
    fn of(caps: &StreamCaps) -> Self {
        let most = if caps.rate_max == 0 { u32::MAX } else { caps.rate_max };
        let mut rates = words::rates(caps.rates);
        rates.retain(|rate| (caps.rate_min..=most).contains(rate));
        let samples = words::sample_formats(caps.format_bits()).into_iter();
        let samples = samples.filter_map(|name| words::valid_bits(&name).map(|bits| (name, bits)));
        let channels = [caps.channels_min, caps.channels_max];
        Self { channels, rates, range: (caps.rate_min, most), samples: samples.collect() }
    }

    /// Whether it can be opened with this format.
    fn has(&self, format: &AudioFormat) -> bool {
        let [fewest, most] = self.channels;
        let rate = self.rates.is_empty() && (self.range.0..=self.range.1).contains(&format.rate)
            || self.rates.contains(&format.rate);
        let bits = format.valid_bit_depth;
        let samples = self.samples.is_empty() || self.samples.iter().any(|(_, valid)| *valid == bits);
        (fewest..=most).contains(&format.channels) && rate && samples
    }

    /// What it offers that is in none of `formats`: values one by one, or else a rate with samples.
    fn lacking(&self, formats: &[AudioFormat]) -> Option<String> {
        let has = |fits: &dyn Fn(&AudioFormat) -> bool| formats.iter().any(fits);
        let channels = self.channels.iter().filter(|count| !has(&|format| format.channels == **count));
        let mut lacks: Vec<_> = channels.map(|&count| words::count(count as usize, "channel")).collect();
        let rates = self.rates.iter().filter(|rate| !has(&|format| format.rate == **rate));
        lacks.extend(rates.map(|rate| format!("{rate} Hz")));
        let samples = self.samples.iter().filter(|(_, bits)| !has(&|format| format.valid_bit_depth == *bits));
        lacks.extend(samples.map(|(name, _)| name.clone()));
        if lacks.is_empty() {
            let pairs =
                self.rates.iter().flat_map(|rate| self.samples.iter().map(move |named| (rate, named)));
            let mut pairs = pairs.filter(|(rate, (_, bits))| {
                !has(&|format| format.rate == **rate && format.valid_bit_depth == *bits)
            });
            lacks.extend(pairs.next().map(|(rate, (name, _))| format!("{name} at {rate} Hz")));
        }
        let lacks = words::distinct(lacks.into_iter());
        (!lacks.is_empty()).then(|| lacks.join(", "))
    }
}
