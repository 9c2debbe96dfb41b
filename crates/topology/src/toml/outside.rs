//! What a topology says for topology files only: PCM devices, interfaces, controls and foreign modules.

use std::ops::Range;

use headroom_module::Format;
use toml::Spanned;

use super::complaint::{Checked, RATES, channels, complain, in_range, samples};
use super::file::{DaiEntry, PcmEntry, WidgetEntry};
use super::model::{Dai, Outside, Pcm, Route, Stream, Widget, WidgetKind};
use super::module::{self, Known};

/// What `entry` says for files.
pub(super) fn widget(entry: &WidgetEntry, known: &Known<'_>) -> Checked<Outside> {
    let text = |given: &Option<Spanned<String>>| given.as_ref().map(|given| given.get_ref().clone());
    let mut outside = Outside {
        volume_control: text(&entry.volume_control),
        switch_control: text(&entry.switch_control),
        dai: entry.dai.as_ref().map(|given| dai(given.get_ref())).transpose()?,
        ..Outside::default()
    };
    module::given(entry, known, &mut outside)?;
    Ok(outside)
}

fn dai(entry: &DaiEntry) -> Checked<Dai> {
    let format = Stream {
        rates: entry.rate.as_ref().map(in_range).transpose()?.into_iter().collect(),
        channels: entry.channels.as_ref().map(channels).transpose()?.into_iter().collect(),
        samples: entry.samples.map(samples).into_iter().collect(),
    };
    Ok(Dai { kind: entry.kind, index: entry.index, link: entry.link.clone(), format })
}

/// The PCM devices; `widgets` and `routes` are in their final order.
pub(super) fn pcms(entries: &[PcmEntry], widgets: &[Widget], routes: &[Route]) -> Checked<Vec<Pcm>> {
    let mut pcms: Vec<Pcm> = Vec::new();
    for entry in entries {
        let pcm = pcm(entry, widgets, routes)?;
        let taken = |end: &Option<usize>| {
            end.is_some() && pcms.iter().any(|other| other.playback == *end || other.capture == *end)
        };
        if taken(&pcm.playback) || taken(&pcm.capture) {
            return complain(
                pcm.span,
                "its host copier belongs to another PCM",
                "give each PCM copiers of its own",
            );
        }
        if pcms.iter().any(|other| other.id == pcm.id) {
            return complain(
                entry.id.span(),
                format!("PCM {} is there twice", pcm.id),
                "give each its own id",
            );
        }
        pcms.push(pcm);
    }
    Ok(pcms)
}

fn pcm(entry: &PcmEntry, widgets: &[Widget], routes: &[Route]) -> Checked<Pcm> {
    let plays = |n: usize| routes.iter().any(|route| route.from == n);
    let end = |name: &Option<Spanned<String>>, playback: bool| {
        let Some(name) = name else { return Ok(None) };
        let found = widgets.iter().position(|widget| widget.name == *name.get_ref());
        match found.filter(|&n| widgets[n].kind == WidgetKind::HostCopier && plays(n) == playback) {
            Some(n) => Ok(Some(n)),
            None => {
                let side = if playback { "starts" } else { "ends" };
                let what = format!("no stream {side} at a host-copier called `{}`", name.get_ref());
                complain(
                    name.span(),
                    what,
                    "name one; `playback` is where streams start, `capture` where they end",
                )
            }
        }
    };
    let (playback, capture) = (end(&entry.playback, true)?, end(&entry.capture, false)?);
    if playback.is_none() && capture.is_none() {
        let help = "add `playback = \"host\"`, or `capture`, with the name of a host-copier";
        return complain(entry.name.span(), "this PCM neither plays nor records", help);
    }
    let stream = Stream {
        rates: given(&entry.rates, |rate| RATES.contains(rate), "rates go from 8000 to 192000 Hz")?,
        channels: given(
            &entry.channels,
            |count| (1..=Format::MAX_CHANNELS).contains(count),
            "1 to 8 channels",
        )?,
        samples: given(&entry.samples, |_| true, "")?.into_iter().map(samples).collect(),
    };
    let (id, name) = (*entry.id.get_ref(), entry.name.get_ref().clone());
    Ok(Pcm { id, name, playback, capture, stream, span: entry.name.span() })
}

/// A list of which each entry fits; none is the same as no list.
fn given<T: Copy>(list: &Option<Spanned<Vec<T>>>, fits: impl Fn(&T) -> bool, rule: &str) -> Checked<Vec<T>> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let span: Range<usize> = list.span();
    match list.get_ref().iter().all(fits) {
        _ if list.get_ref().is_empty() => complain(span, "this list is empty", "fill it, or take it out"),
        true => Ok(list.get_ref().clone()),
        false => complain(span, rule.to_owned(), "choose of these"),
    }
}
