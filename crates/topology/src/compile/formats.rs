//! The formats of each widget: those that a run would have, for each configuration that its ends can be opened with.
//!
//! ```text
//!  front ends      44.1 kHz S16   48 kHz S16   44.1 kHz S32   48 kHz S32          one propagation each
//!  host takes      44.1 kHz S16   48 kHz S16   44.1 kHz S32   48 kHz S32          each format once
//!  src takes       44.1 kHz S32   48 kHz S32
//!  src gives       48 kHz S32
//! ```

use headroom_module::Format;

use crate::error::Error;
use crate::toml::{Stream, Topology, WidgetKind};

use super::Opened;
use super::ends::Ends;
use super::propagate::propagate;
use super::room::Purpose;

/// What a widget takes and gives, each format once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sets {
    pub(super) inputs: Vec<Format>,
    pub(super) outputs: Vec<Format>,
}

/// The formats of all widgets, by index.
pub(super) fn sets(topology: &Topology, ends: &Ends, opened: Opened<'_>) -> Result<Vec<Sets>, Error> {
    let front = |source| match (opened.front)(source) {
        Some(format) => Ok((source, vec![format])),
        None => Ok((source, front(topology, source, ends)?)),
    };
    let fronts: Vec<(usize, Vec<Format>)> = topology.sources().map(front).collect::<Result<_, Error>>()?;
    let runs = fronts.iter().map(|(_, formats)| formats.len()).max().unwrap_or(0);
    let mut sets = vec![Sets::default(); topology.widgets.len()];
    for run in 0..runs {
        let played = |source| fronts.iter().find(|(widget, _)| *widget == source).map(|(_, formats)| formats);
        // Each source has formats, one at least.
        let first = fronts[0].1[0];
        let streams = propagate(topology, |source| {
            played(source).map_or(first, |formats| formats[run % formats.len()])
        })?;
        for (set, streams) in sets.iter_mut().zip(&streams) {
            add(&mut set.inputs, streams.input);
            add(&mut set.outputs, streams.output);
        }
    }
    // A run asks for the format that comes, whatever the PCM can be opened with besides.
    if opened.purpose == Purpose::File {
        record(topology, ends, &mut sets)?;
    }
    Ok(sets)
}

fn add(formats: &mut Vec<Format>, format: Format) {
    if !formats.contains(&format) {
        formats.push(format);
    }
}

/// What the source takes in: as its PCM or its interface says, or else as the built-in signal is.
fn front(topology: &Topology, source: usize, ends: &Ends) -> Result<Vec<Format>, Error> {
    let widget = &topology.widgets[source];
    let said = match &widget.outside.dai {
        Some(dai) => &dai.format,
        None => ends.stream(source),
    };
    let usual = topology.signal(source).map(|signal| Stream {
        rates: vec![signal.rate],
        channels: vec![signal.channels],
        samples: vec![signal.samples],
    });
    let formats = combinations(said, &usual.unwrap_or_default());
    if formats.is_empty() {
        let what = format!("it isn't said which formats `{}` takes", widget.name);
        let help = match widget.kind {
            WidgetKind::DaiCopier => {
                "give its `dai` a rate, channels and samples, or the topology an [input]"
            }
            _ => "give its [[pcm]] rates, channels and samples, or the topology an [input]",
        };
        return Err(topology.text.error(widget.span.clone(), what, help.to_owned()));
    }
    Ok(formats)
}

/// Each rate with each number of channels and each kind of samples; where nothing is said, as usual.
fn combinations(said: &Stream, usual: &Stream) -> Vec<Format> {
    let mut formats = Vec::new();
    for &samples in or(&said.samples, &usual.samples) {
        for &channels in or(&said.channels, &usual.channels) {
            let rates = or(&said.rates, &usual.rates).iter();
            // Rates and channels have been held against their limits.
            formats.extend(rates.filter_map(|&rate| Format::new(rate, channels, samples).ok()));
        }
    }
    formats
}

fn or<'l, T>(said: &'l [T], usual: &'l [T]) -> &'l [T] {
    if said.is_empty() { usual } else { said }
}

/// What host copiers at the end of a stream give: whatever their PCM can be opened with.
fn record(topology: &Topology, ends: &Ends, sets: &mut [Sets]) -> Result<(), Error> {
    for sink in topology.sinks().filter(|&sink| topology.widgets[sink].kind == WidgetKind::HostCopier) {
        let (widget, set) = (&topology.widgets[sink], &mut sets[sink]);
        let usual = Stream {
            rates: set.outputs.iter().map(Format::rate).collect(),
            channels: set.outputs.iter().map(|format| format.channels() as u8).collect(),
            samples: set.outputs.iter().map(Format::samples).collect(),
        };
        let mut outputs = Vec::new();
        combinations(ends.stream(sink), &usual).into_iter().for_each(|format| add(&mut outputs, format));
        if let Some(format) = outputs.iter().find(|format| !usual.rates.contains(&format.rate())) {
            let what = format!(
                "`{}` can't be recorded at {} Hz: no such stream gets there",
                widget.name,
                format.rate()
            );
            let help = format!("put a converter before it, or record at {} Hz", usual.rates[0]);
            return Err(topology.text.error(widget.span.clone(), what, help));
        }
        set.outputs = outputs;
    }
    Ok(())
}
