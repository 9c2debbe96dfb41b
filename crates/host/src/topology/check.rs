//! What the keys of a topology mean together: every rule that can be checked before a message is sent.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::ops::Range;

use headroom_module::{Domain, Format, SampleFormat};
use headroom_modules::Curve;
use toml::Spanned;

use crate::error::{Error, Text};

use super::file::{
    CurveName, DomainName, Kind, PipelineEntry, RouteEntry, SampleName, SignalEntry, SignalKind,
    TopologyFile, WidgetEntry,
};
use super::model::{Memory, Pcm, Pipeline, Route, Signal, SignalShape, Topology, Widget, WidgetKind};
use super::{RATES, outside, spelling};

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

/// Reads and checks `text`.
pub(super) fn topology(text: Text) -> Result<Topology, Error> {
    let file: TopologyFile = toml::from_str(text.as_str()).map_err(|error| {
        let (what, help) = spelling::explain(error.message());
        text.error(error.span().unwrap_or(0..0), what, help)
    })?;
    let checked = assemble(&file);
    let (pipelines, widgets, routes, pcms, input) =
        checked.map_err(|Complaint { span, what, help }| text.error(span, what, help))?;
    let (name, description) = (file.name, file.description);
    Ok(Topology { name, description, input, pipelines, widgets, routes, pcms, text, file: None })
}

type Parts = (Vec<Pipeline>, Vec<Widget>, Vec<Route>, Vec<Pcm>, Option<Signal>);

fn assemble(file: &TopologyFile) -> Checked<Parts> {
    let pipelines = pipelines(&file.pipelines)?;
    let widgets = file.widgets.iter().map(|entry| widget(entry, &pipelines)).collect::<Checked<Vec<_>>>()?;
    inhabited(&pipelines, &widgets)?;
    let places = places(&widgets)?;
    let mut routes =
        file.routes.iter().map(|entry| route(entry, &widgets, &places)).collect::<Checked<Vec<_>>>()?;
    give_ports(&widgets, &mut routes)?;
    let (widgets, routes) = in_order(widgets, routes)?;
    shape(&widgets, &routes)?;
    let pcms = outside::pcms(&file.pcms, &widgets, &routes)?;
    let input = file.input.as_ref().map(signal).transpose()?;
    Ok((pipelines, widgets, routes, pcms, input))
}

fn pipelines(entries: &[PipelineEntry]) -> Checked<Vec<Pipeline>> {
    let mut pipelines: Vec<Pipeline> = Vec::new();
    for entry in entries {
        let id = *entry.id.get_ref();
        if pipelines.iter().any(|known| known.id == id) {
            return complain(
                entry.id.span(),
                format!("pipeline {id} is there twice"),
                "give each its own id",
            );
        }
        let priority = match &entry.priority {
            Some(given) if *given.get_ref() > 7 => {
                return complain(given.span(), "priorities go from 0 (first) to 7", "choose one of these");
            }
            given => given.as_ref().map_or(0, |given| *given.get_ref()),
        };
        let PipelineEntry { core, heap_bytes, stack_bytes, .. } = *entry;
        pipelines.push(Pipeline { id, priority, core, heap_bytes, stack_bytes, span: entry.id.span() });
    }
    Ok(pipelines)
}

/// A pipeline of no widgets has nothing to run: the runtime would refuse to start it.
fn inhabited(pipelines: &[Pipeline], widgets: &[Widget]) -> Checked<()> {
    match pipelines.iter().find(|pipeline| widgets.iter().all(|widget| widget.pipeline != pipeline.id)) {
        Some(empty) => complain(
            empty.span.clone(),
            format!("pipeline {} has no widgets", empty.id),
            "put a widget in it, or leave it out",
        ),
        None => Ok(()),
    }
}

fn widget(entry: &WidgetEntry, pipelines: &[Pipeline]) -> Checked<Widget> {
    let pipeline = *entry.pipeline.get_ref();
    if pipelines.iter().all(|known| known.id != pipeline) {
        let what = format!("there is no pipeline {pipeline}");
        return complain(
            entry.pipeline.span(),
            what,
            "add a [[pipeline]] with this id, or name one that exists",
        );
    }
    foreign_keys(entry)?;
    let channels = entry.channels.as_ref().map(channels).transpose()?;
    let domain = match entry.domain.as_ref().map(Spanned::get_ref) {
        Some(DomainName::Dp) => Domain::Dp,
        Some(DomainName::Ll) | None => Domain::Ll,
    };
    Ok(Widget {
        name: entry.name.get_ref().clone(),
        kind: kind(entry)?,
        pipeline,
        core: entry.core,
        domain,
        block_ms: block(entry, domain)?,
        samples: entry.samples.as_ref().map(|given| samples(*given.get_ref())),
        channels,
        memory: memory(entry, domain)?,
        stack_bytes: entry.stack_bytes.as_ref().map_or(0, |given| *given.get_ref()),
        outside: outside::widget(entry)?,
        span: entry.name.span(),
    })
}

/// A key that the widget's kind does not have would silently do nothing.
fn foreign_keys(entry: &WidgetEntry) -> Checked<()> {
    let kind = *entry.kind.get_ref();
    let copies = matches!(kind, Kind::HostCopier | Kind::DaiCopier | Kind::Copier);
    let converts = matches!(kind, Kind::Src | Kind::SrcLite);
    let keys = [
        ("samples", entry.samples.as_ref().map(Spanned::span), copies, "copiers"),
        ("channels", entry.channels.as_ref().map(Spanned::span), copies, "copiers"),
        ("rate", entry.rate.as_ref().map(Spanned::span), converts, "sample rate converters"),
        ("gain_db", entry.gain_db.as_ref().map(Spanned::span), kind == Kind::Gain, "gains"),
        ("ramp_ms", entry.ramp_ms.as_ref().map(Spanned::span), kind == Kind::Gain, "gains"),
        ("curve", entry.curve.as_ref().map(Spanned::span), kind == Kind::Gain, "gains"),
        ("volume_control", entry.volume_control.as_ref().map(Spanned::span), kind == Kind::Gain, "gains"),
        ("switch_control", entry.switch_control.as_ref().map(Spanned::span), kind == Kind::Gain, "gains"),
        ("dai", entry.dai.as_ref().map(Spanned::span), kind == Kind::DaiCopier, "DAI copiers"),
        ("uuid", entry.uuid.as_ref().map(Spanned::span), kind == Kind::StandIn, "stand-ins"),
    ];
    match keys.into_iter().find_map(|(key, span, fits, who)| Some((key, span.filter(|_| !fits)?, who))) {
        Some((key, span, who)) => {
            complain(span, format!("only {who} have `{key}`"), "take it out, or put it on such a widget")
        }
        None => Ok(()),
    }
}

fn kind(entry: &WidgetEntry) -> Checked<WidgetKind> {
    let rate = || match &entry.rate {
        Some(rate) => in_range(rate),
        None => complain(
            entry.name.span(),
            "a sample rate converter needs the rate that it gives out",
            "add `rate = 48000`, say",
        ),
    };
    Ok(match entry.kind.get_ref() {
        Kind::HostCopier => WidgetKind::HostCopier,
        Kind::DaiCopier => WidgetKind::DaiCopier,
        Kind::Copier => WidgetKind::Copier,
        Kind::Src => WidgetKind::Src { rate: rate()? },
        Kind::SrcLite => WidgetKind::SrcLite { rate: rate()? },
        Kind::Gain => WidgetKind::Gain {
            db: gain_db(entry)?,
            ramp_ms: entry.ramp_ms.as_ref().map_or(0, |given| *given.get_ref()),
            curve: match entry.curve.as_ref().map(Spanned::get_ref) {
                None | Some(CurveName::Linear) => Curve::Linear,
                Some(CurveName::WindowsFade) => Curve::WindowsFade,
                Some(CurveName::ZeroCross) => Curve::LinearZeroCross,
            },
        },
        Kind::Mixin => WidgetKind::Mixin,
        Kind::Mixout => WidgetKind::Mixout,
        Kind::Passthrough => WidgetKind::Passthrough,
        Kind::StandIn => WidgetKind::StandIn,
    })
}

/// Rates of streams.
pub(super) fn in_range(rate: &Spanned<u32>) -> Checked<u32> {
    match *rate.get_ref() {
        fits if RATES.contains(&fits) => Ok(fits),
        _ => {
            let what = format!("rates go from {} to {} Hz", RATES.start(), RATES.end());
            complain(rate.span(), what, "choose one of these")
        }
    }
}

pub(super) fn channels(given: &Spanned<u8>) -> Checked<u8> {
    match *given.get_ref() {
        fits @ 1..=Format::MAX_CHANNELS => Ok(fits),
        _ => {
            let what = format!("streams have 1 to {} channels", Format::MAX_CHANNELS);
            complain(given.span(), what, "choose a number of these")
        }
    }
}

fn gain_db(entry: &WidgetEntry) -> Checked<f64> {
    match &entry.gain_db {
        Some(given) if given.get_ref().is_nan() || *given.get_ref() > 0.0 => {
            complain(given.span(), "gains here attenuate: 0 dB or less", "lower it; -inf mutes")
        }
        given => Ok(given.as_ref().map_or(0.0, |given| *given.get_ref())),
    }
}

/// LL widgets work in ticks of a millisecond.
fn block(entry: &WidgetEntry, domain: Domain) -> Checked<u32> {
    match (&entry.block_ms, domain) {
        (Some(given), Domain::Ll) => complain(
            given.span(),
            "LL widgets have blocks of 1 ms",
            "take `block_ms` out, or make the widget `domain = \"DP\"`",
        ),
        (Some(given), Domain::Dp) if !(1..=1000).contains(given.get_ref()) => {
            complain(given.span(), "DP blocks last 1 to 1000 ms", "choose a length of these")
        }
        (Some(given), Domain::Dp) => Ok(*given.get_ref()),
        (None, Domain::Ll) => Ok(1),
        (None, Domain::Dp) => Ok(1),
    }
}

fn memory(entry: &WidgetEntry, domain: Domain) -> Checked<Option<Memory>> {
    let figure = |given: &Option<Spanned<u32>>| given.as_ref().map(|given| *given.get_ref());
    let places = [&entry.heap_bytes, &entry.lifetime_bytes, &entry.interim_bytes, &entry.stack_bytes];
    if let Some(given) = places.into_iter().flatten().next()
        && domain == Domain::Ll
    {
        return complain(
            given.span(),
            "LL widgets share the memory and the stack of their pipeline",
            "put `heap_bytes` on the [[pipeline]], or make the widget `domain = \"DP\"`",
        );
    }
    match (figure(&entry.heap_bytes), figure(&entry.lifetime_bytes), figure(&entry.interim_bytes)) {
        (None, None, None) => Ok(None),
        (Some(heap), None, None) => Ok(Some(Memory::Heap(heap))),
        (None, lifetime, interim) => {
            let (lifetime, interim) = (lifetime.unwrap_or(0), interim.unwrap_or(0));
            Ok(Some(Memory::Split { lifetime, interim }))
        }
        (Some(_), _, _) => complain(
            entry.heap_bytes.as_ref().map_or(entry.name.span(), Spanned::span),
            "memory is either one figure or split by phase",
            "keep `heap_bytes`, or `lifetime_bytes` and `interim_bytes`",
        ),
    }
}

/// Where each widget is, by its name.
type Places<'w> = HashMap<&'w str, usize>;

fn places(widgets: &[Widget]) -> Checked<Places<'_>> {
    let mut places = Places::new();
    for (n, widget) in widgets.iter().enumerate() {
        if widget.name.is_empty() {
            return complain(
                widget.span.clone(),
                "this widget's name is empty",
                "routes find widgets by name",
            );
        }
        if places.insert(&widget.name, n).is_some() {
            let what = format!("there are two widgets called `{}`", widget.name);
            return complain(widget.span.clone(), what, "rename one; routes find widgets by name");
        }
    }
    Ok(places)
}

fn route(entry: &RouteEntry, widgets: &[Widget], places: &Places<'_>) -> Checked<Route> {
    let find = |name: &Spanned<String>, side: &str| {
        places.get(name.get_ref().as_str()).copied().map_or_else(
            || {
                let names: Vec<_> = widgets.iter().map(|widget| widget.name.as_str()).collect();
                let what = format!("the route {side} nowhere: there is no widget `{}`", name.get_ref());
                complain(name.span(), what, format!("the widgets are {}", names.join(", ")))
            },
            Ok,
        )
    };
    let (from, to) = (find(&entry.from, "comes from")?, find(&entry.to, "goes to")?);
    let span = entry.from.span().start..entry.to.span().end;
    Ok(Route { from, from_queue: 0, to, to_queue: 0, span })
}

/// Gives each route the next free output and input of its widgets, in the order of the file.
fn give_ports(widgets: &[Widget], routes: &mut [Route]) -> Checked<()> {
    // By widget, the partners on its inputs and on its outputs.
    let (mut feeds, mut takes) = (vec![Vec::new(); widgets.len()], vec![Vec::new(); widgets.len()]);
    for route in routes {
        let (from, to) = (&widgets[route.from], &widgets[route.to]);
        let sides = [
            (to, to.kind.pins().0, &mut feeds[route.to], from, "producer"),
            (from, from.kind.pins().1, &mut takes[route.from], to, "consumer"),
        ];
        let mut queues = [0; 2];
        for ((here, pins, partners, partner, role), queue) in sides.into_iter().zip(&mut queues) {
            if partners.len() == usize::from(pins) {
                let what = too_many(&here.name, (partners, partner), role, widgets);
                return complain(route.span.clone(), what, "take one of the routes out");
            }
            *queue = partners.len() as u8;
            let partner = if role == "producer" { route.from } else { route.to };
            partners.push(partner);
        }
        [route.to_queue, route.from_queue] = queues;
    }
    Ok(())
}

fn too_many(name: &str, partners: (&[usize], &Widget), role: &str, widgets: &[Widget]) -> String {
    let (taken, late) = partners;
    match taken {
        [first] => {
            let (first, late) = (&widgets[*first].name, &late.name);
            format!("`{name}` has two {role}s on one port: `{first}` and `{late}`")
        }
        _ => format!("`{name}` has more than {} {role}s: `{}` finds no port", taken.len(), late.name),
    }
}

/// Puts each widget after all that feed it, as a driver sets them up; the first in the file comes first where that leaves
/// a choice (Kahn's algorithm). O(n log n).
fn in_order(widgets: Vec<Widget>, routes: Vec<Route>) -> Checked<(Vec<Widget>, Vec<Route>)> {
    let (mut missing, mut takers) = (vec![0usize; widgets.len()], vec![Vec::new(); widgets.len()]);
    for route in &routes {
        missing[route.to] += 1;
        takers[route.from].push(route.to);
    }
    let mut ready: BinaryHeap<_> = (0..widgets.len()).filter(|&n| missing[n] == 0).map(Reverse).collect();
    // Where each widget comes.
    let mut place = vec![None; widgets.len()];
    let mut order = Vec::new();
    while let Some(Reverse(next)) = ready.pop() {
        place[next] = Some(order.len());
        order.push(widgets[next].clone());
        for &taker in &takers[next] {
            missing[taker] -= 1;
            if missing[taker] == 0 {
                ready.push(Reverse(taker));
            }
        }
    }
    let placed = |route: Route| match (place[route.from], place[route.to]) {
        (Some(from), Some(to)) => Ok(Route { from, to, ..route }),
        _ => complain(route.span, "the routes go in a circle", "take one route of the circle out"),
    };
    Ok((order, routes.into_iter().map(placed).collect::<Checked<_>>()?))
}

/// Ends are gateway copiers, and only ends are.
fn shape(widgets: &[Widget], routes: &[Route]) -> Checked<()> {
    let (mut fed, mut read) = (vec![false; widgets.len()], vec![false; widgets.len()]);
    for route in routes {
        (read[route.from], fed[route.to]) = (true, true);
    }
    for (n, widget) in widgets.iter().enumerate() {
        let end = matches!(widget.kind, WidgetKind::HostCopier | WidgetKind::DaiCopier);
        let (name, span) = (&widget.name, widget.span.clone());
        match (end, fed[n], read[n]) {
            (_, false, false) => {
                return complain(
                    span,
                    format!("no route goes to or from `{name}`"),
                    "route it or take it out",
                );
            }
            (true, true, true) => {
                let what = format!("`{name}` is an end, but routes go in and out");
                return complain(span, what, "make it `kind = \"copier\"`");
            }
            (false, false, true) | (false, true, false) => {
                let side = if fed[n] { "to" } else { "from" };
                let what = format!("the stream ends at `{name}`, which has no way {side} the outside");
                return complain(span, what, "put a host-copier or dai-copier there");
            }
            _ => {}
        }
    }
    Ok(())
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

pub(super) fn samples(name: SampleName) -> SampleFormat {
    match name {
        SampleName::S16 => SampleFormat::S16,
        SampleName::S24In32 => SampleFormat::S24In32,
        SampleName::S32 => SampleFormat::S32,
        SampleName::Float => SampleFormat::F32,
    }
}
