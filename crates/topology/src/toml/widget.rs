//! What the keys of a widget mean together.

use headroom_module::schedule::Domain;
use headroom_modules::Curve;
use toml::Spanned;

use super::complaint::{Checked, channels, complain, in_range, samples};
use super::file::{CurveName, DomainName, Kind, WidgetEntry};
use super::model::{Memory, Pipeline, Widget, WidgetKind};
use super::module::{self, Known};
use super::outside;

/// The longest ramp: a token counts it in 32 bits, in units of 100 ns.
const MAX_RAMP_MS: u32 = u32::MAX / 10_000;

/// The widget that `entry` says, in one of `pipelines`.
pub(super) fn widget(entry: &WidgetEntry, pipelines: &[Pipeline], known: &Known<'_>) -> Checked<Widget> {
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
        kind: kind(entry, known)?,
        pipeline,
        core: entry.core,
        domain,
        block_ms: block(entry, domain)?,
        samples: entry.samples.as_ref().map(|given| samples(*given.get_ref())),
        channels,
        memory: memory(entry, domain)?,
        stack_bytes: entry.stack_bytes.as_ref().map_or(0, |given| *given.get_ref()),
        outside: outside::widget(entry, known)?,
        span: entry.name.span(),
    })
}

/// A key that the widget's kind does not have would silently do nothing.
fn foreign_keys(entry: &WidgetEntry) -> Checked<()> {
    let kind = *entry.kind.get_ref();
    let copies = matches!(kind, Kind::HostCopier | Kind::DaiCopier | Kind::Copier);
    let converts = matches!(kind, Kind::Src | Kind::SrcLite);
    let foreign = matches!(kind, Kind::StandIn | Kind::Module);
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
        ("uuid", entry.uuid.as_ref().map(Spanned::span), foreign, "modules and stand-ins"),
        ("module", entry.module.as_ref().map(Spanned::span), kind == Kind::Module, "modules"),
        ("config", entry.config.as_ref().map(Spanned::span), foreign, "modules and stand-ins"),
        ("blob", entry.blob.as_ref().map(Spanned::span), foreign, "modules and stand-ins"),
        (
            "controls",
            entry.controls.as_ref().map(Spanned::span),
            foreign || kind == Kind::Gain,
            "modules, stand-ins and gains",
        ),
    ];
    match keys.into_iter().find_map(|(key, span, fits, who)| Some((key, span.filter(|_| !fits)?, who))) {
        Some((key, span, who)) => {
            complain(span, format!("only {who} have `{key}`"), "take it out, or put it on such a widget")
        }
        None => Ok(()),
    }
}

fn kind(entry: &WidgetEntry, known: &Known<'_>) -> Checked<WidgetKind> {
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
            ramp_ms: ramp(entry)?,
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
        Kind::Module => module::kind(entry, known)?,
    })
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

fn gain_db(entry: &WidgetEntry) -> Checked<f64> {
    match &entry.gain_db {
        Some(given) if given.get_ref().is_nan() || *given.get_ref() > 0.0 => {
            complain(given.span(), "gains here attenuate: 0 dB or less", "lower it; -inf mutes")
        }
        given => Ok(given.as_ref().map_or(0.0, |given| *given.get_ref())),
    }
}

/// As much as a token of a file and a message both hold.
fn ramp(entry: &WidgetEntry) -> Checked<u32> {
    match &entry.ramp_ms {
        Some(given) if *given.get_ref() > MAX_RAMP_MS => {
            complain(given.span(), format!("ramps last at most {MAX_RAMP_MS} ms"), "choose a shorter one")
        }
        given => Ok(given.as_ref().map_or(0, |given| *given.get_ref())),
    }
}
