//! The built-in signals: which source plays what.

use toml::Spanned;

use super::complaint::{Checked, channels, complain, in_range, samples};
use super::file::{SignalEntry, SignalKind};
use super::model::{Route, Signal, SignalShape, SourceInput, Widget};

/// The signals of a topology; `widgets` and `routes` are in their final order.
pub(super) fn inputs(
    entries: &[SignalEntry],
    widgets: &[Widget],
    routes: &[Route],
) -> Checked<Vec<SourceInput>> {
    let mut inputs: Vec<SourceInput> = Vec::new();
    for entry in entries {
        let source = entry.widget.as_ref().map(|name| source(name, widgets, routes)).transpose()?;
        if inputs.iter().any(|known| known.source == source) {
            let span = entry.widget.as_ref().map_or(entry.rate.span(), Spanned::span);
            let what = match &entry.widget {
                Some(name) => format!("`{}` has two inputs", name.get_ref()),
                None => "there are two inputs for all sources".to_owned(),
            };
            return complain(span, what, "give each source one; `widget = \"…\"` says which it is for");
        }
        inputs.push(SourceInput { source, signal: signal(entry)? });
    }
    Ok(inputs)
}

fn source(name: &Spanned<String>, widgets: &[Widget], routes: &[Route]) -> Checked<usize> {
    let is_source = |n: &usize| routes.iter().all(|route| route.to != *n);
    let found = widgets.iter().position(|widget| widget.name == *name.get_ref()).filter(is_source);
    found.map_or_else(
        || {
            let sources: Vec<_> =
                (0..widgets.len()).filter(is_source).map(|n| widgets[n].name.as_str()).collect();
            let what = format!("no stream starts at a widget called `{}`", name.get_ref());
            complain(name.span(), what, format!("the sources are {}", sources.join(", ")))
        },
        Ok,
    )
}

fn signal(entry: &SignalEntry) -> Checked<Signal> {
    let (rate, seconds) = (in_range(&entry.rate)?, *entry.seconds.get_ref());
    let channels = channels(&entry.channels)?;
    if !(0.01..=3600.0).contains(&seconds) {
        return complain(
            entry.seconds.span(),
            "signals last 0.01 to 3600 seconds",
            "choose a length of these",
        );
    }
    if !(-120.0..=0.0).contains(entry.level_db.get_ref()) {
        return complain(entry.level_db.span(), "levels go from -120 to 0 dB", "choose one of these");
    }
    let hz = entry.frequency.as_ref();
    if let (SignalKind::Chirp, Some(given)) = (entry.signal, hz) {
        return complain(given.span(), "only sines have `frequency`", "take it out, or play a sine");
    }
    if let Some(given) = hz.filter(|given| !(1.0..f64::from(rate) / 2.0).contains(given.get_ref())) {
        return complain(given.span(), "tones lie between 1 Hz and half the rate", "choose one there");
    }
    Ok(Signal {
        shape: match entry.signal {
            SignalKind::Sine => SignalShape::Sine(hz.map_or(997.0, |hz| *hz.get_ref())),
            SignalKind::Chirp => SignalShape::Chirp,
        },
        rate,
        channels,
        samples: samples(entry.samples),
        frames: (seconds * f64::from(rate)).round() as u64,
        level_db: *entry.level_db.get_ref(),
    })
}
