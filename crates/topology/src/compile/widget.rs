//! A widget with its tokens and controls.

use headroom_module::schedule::Domain;
use headroom_module::wire::AudioFormat;
use headroom_module::{Format, SampleFormat};
use headroom_modules::{Curve, VolumeSetting};
use headroom_tplg::records::{self, Name};
use headroom_tplg::tuples::{TupleType, Uuid};
use headroom_tplg::write::Writer;
use headroom_tplg::{Token, WidgetKind as Dapm};

use crate::toml::{DaiKind, Topology, WidgetKind};

use super::room::Purpose;
use super::{NO_POWER, Plan, control, direction, memory};

/// The sample type of integers in the most significant bits of their container.
const AT_TOP: u8 = 0;

/// Node types of the host's ends, for playing and recording.
const HOST: [u32; 2] = [0, 1];

/// Writes widget `n` of the plan.
pub(super) fn write(writer: &mut Writer<'_>, plan: &Plan<'_>, n: usize) {
    let (topology, widget) = (plan.topology, &plan.topology.widgets[n]);
    let record = records::Widget {
        id: dapm(topology, n).raw(),
        name: plan.names.widgets[n],
        sname: plan.ends.stream_name(n),
        reg: NO_POWER,
        ..Default::default()
    };
    writer.widget(&record);
    component(writer, plan, n);
    kind(writer, plan, n);
    formats(writer, plan, n);
    let channels = plan.sets[n].inputs.iter().map(Format::channels).max().unwrap_or(1);
    for (described, name) in widget.controls().zip(&plan.names.controls[n]) {
        control::write(writer, &described, *name, channels);
    }
}

fn dapm(topology: &Topology, n: usize) -> Dapm {
    match (topology.widgets[n].kind, topology.is_source(n)) {
        (WidgetKind::HostCopier, true) => Dapm::AifIn,
        (WidgetKind::HostCopier, false) => Dapm::AifOut,
        // In and out are seen from the interface: what plays goes into it.
        (WidgetKind::DaiCopier, true) => Dapm::DaiOut,
        (WidgetKind::DaiCopier, false) => Dapm::DaiIn,
        (WidgetKind::Copier, _) => Dapm::Buffer,
        (WidgetKind::Gain { .. }, _) => Dapm::Pga,
        (WidgetKind::Src { .. } | WidgetKind::SrcLite { .. }, _) => Dapm::Src,
        (WidgetKind::Mixin | WidgetKind::Mixout, _) => Dapm::Mixer,
        (WidgetKind::Passthrough | WidgetKind::StandIn | WidgetKind::Module { .. }, _) => Dapm::Effect,
    }
}

/// What all widgets have: which module, who runs it and where, memory and pins.
fn component(writer: &mut Writer<'_>, plan: &Plan<'_>, n: usize) {
    let widget = &plan.topology.widgets[n];
    let (inputs, outputs) = pins(plan.topology, n);
    let mut words = vec![(Token::COMP_CORE_ID, widget.core.into())];
    if widget.domain == Domain::Dp {
        words.push((Token::COMP_DOMAIN_ID, 0));
    }
    words.extend(memory::tokens(plan, n));
    words.extend((inputs > 0).then_some((Token::COMP_NUM_INPUT_PINS, inputs)));
    words.extend((outputs > 0).then_some((Token::COMP_NUM_OUTPUT_PINS, outputs)));
    words.push((Token::COMP_NUM_INPUT_AUDIO_FORMATS, plan.sets[n].inputs.len() as u32));
    words.push((Token::COMP_NUM_OUTPUT_AUDIO_FORMATS, plan.sets[n].outputs.len() as u32));
    writer.words(&words);
    writer.numbers(TupleType::Bool, &[(Token::COMP_NO_WNAME_IN_KCONTROL_NAME, 1)]);
    writer.uuids(&[(Token::COMP_UUID, uuid(plan, n))]);
    let domain = if widget.domain == Domain::Dp { "DP" } else { "LL" };
    writer.texts(&[(Token::COMP_SCHED_DOMAIN, Name::new(domain).unwrap_or_default())]);
    bindings(writer, plan, n);
}

/// Inputs and outputs for routes. The side of an end that leads to the outside has none.
fn pins(topology: &Topology, n: usize) -> (u32, u32) {
    let used = |count: usize| count.max(1) as u32;
    let fed = topology.routes.iter().filter(|route| route.to == n).count();
    let read = topology.routes.iter().filter(|route| route.from == n).count();
    let kind = topology.widgets[n].kind;
    match kind {
        WidgetKind::Mixin | WidgetKind::Mixout => {
            let (inputs, outputs) = kind.pins();
            (inputs.into(), outputs.into())
        }
        WidgetKind::HostCopier | WidgetKind::DaiCopier => (fed as u32, read as u32),
        _ => (used(fed), used(read)),
    }
}

/// Which pin a route takes is said where a widget has several. It makes no difference to mixers.
fn bindings(writer: &mut Writer<'_>, plan: &Plan<'_>, n: usize) {
    let (topology, kind) = (plan.topology, plan.topology.widgets[n].kind);
    if matches!(kind, WidgetKind::Mixin | WidgetKind::Mixout) {
        return;
    }
    let fed = topology.routes.iter().filter(|route| route.to == n).map(|route| route.from);
    let read = topology.routes.iter().filter(|route| route.from == n).map(|route| route.to);
    let sides = [
        (Token::COMP_INPUT_PIN_BINDING_WNAME, fed.collect::<Vec<_>>()),
        (Token::COMP_OUTPUT_PIN_BINDING_WNAME, read.collect()),
    ];
    for (token, partners) in sides.into_iter().filter(|(_, partners)| partners.len() > 1) {
        let names: Vec<_> = partners.into_iter().map(|n| (token, plan.names.widgets[n])).collect();
        writer.texts(&names);
    }
}

/// The module that a widget is. The table names its own; the check has found them there.
fn uuid(plan: &Plan<'_>, n: usize) -> Uuid {
    match plan.topology.widgets[n].kind.module() {
        Some(name) => {
            let entry = plan.modules.iter().find(|entry| entry.name == name);
            Uuid(entry.map_or([0; 16], |entry| entry.uuid))
        }
        None => plan.names.foreign[n],
    }
}

/// What only widgets of its kind have.
fn kind(writer: &mut Writer<'_>, plan: &Plan<'_>, n: usize) {
    let widget = &plan.topology.widgets[n];
    match widget.kind {
        WidgetKind::HostCopier => {
            let node = HOST[usize::from(!plan.topology.is_source(n))];
            writer.words(&[(Token::DAI_DIRECTION, direction(plan.topology.is_source(n)))]);
            writer.words(&[(Token::COPIER_NODE_TYPE, node)]);
        }
        // An interface captures where a stream starts, wherever that leads to.
        WidgetKind::DaiCopier => plan.ends.dai(writer, n, !plan.topology.is_source(n)),
        WidgetKind::Gain { .. } => {
            let Some((target, curve, duration)) = volume_target(&widget.kind) else { return };
            let duration = u32::try_from(duration).unwrap_or(u32::MAX);
            writer.words(&[
                (Token::GAIN_RAMP_TYPE, number(curve)),
                (Token::GAIN_RAMP_DURATION, duration),
                (Token::GAIN_VAL, target),
            ]);
        }
        WidgetKind::Src { rate } | WidgetKind::SrcLite { rate } => {
            writer.words(&[(Token::SRC_RATE_OUT, rate)])
        }
        WidgetKind::Mixin => writer.words(&[(Token::MIXER_TYPE, 0)]),
        WidgetKind::Mixout => writer.words(&[(Token::MIXER_TYPE, 1)]),
        WidgetKind::Copier | WidgetKind::Passthrough | WidgetKind::StandIn | WidgetKind::Module { .. } => {}
    }
}

/// The number of a curve, in files as in messages.
fn number(curve: Curve) -> u32 {
    curve as u32
}

/// A set of tokens for each format.
fn formats(writer: &mut Writer<'_>, plan: &Plan<'_>, n: usize) {
    let (set, block_ms) = (&plan.sets[n], plan.topology.widgets[n].block_ms);
    let is_source = plan.topology.is_source(n);
    let sides = [
        (&set.inputs, Token::CAVS_AUDIO_FORMAT_IN_RATE, Token::CAVS_AUDIO_FORMAT_IBS, is_source),
        (&set.outputs, Token::CAVS_AUDIO_FORMAT_OUT_RATE, Token::CAVS_AUDIO_FORMAT_OBS, !is_source),
    ];
    for (formats, first, block, is_outside) in sides {
        for format in formats {
            let wire = if is_outside { at_link(plan, n, *format) } else { AudioFormat::from(*format) };
            let valid = u32::from(wire.valid_bits);
            let channels = u32::from(wire.channels);
            let sample_type = u32::from(wire.sample_type);
            let values = [
                wire.rate,
                wire.depth,
                valid,
                channels,
                wire.channel_map,
                wire.channel_config,
                wire.interleaving,
                channels | valid << 8 | sample_type << 16,
                sample_type,
            ];
            // The tokens of a format follow each other.
            let mut words: Vec<_> = (first.0..).map(Token).zip(values).collect();
            words.push((block, memory::block_bytes(*format, block_ms)));
            writer.words(&words);
        }
    }
}

/// A format at the outer side of an end. Of the interfaces only serial ports have the 24 bits at the bottom of their container;
/// a run in memory keeps them there, so that it gives 24 bits whatever the interface is.
fn at_link(plan: &Plan<'_>, n: usize, format: Format) -> AudioFormat {
    let wire = AudioFormat::from(format);
    let at_top = plan.purpose == Purpose::File
        && format.samples() == SampleFormat::S24In32
        && plan.ends.interface(n).is_some_and(|kind| kind != DaiKind::Ssp);
    AudioFormat { sample_type: if at_top { AT_TOP } else { wire.sample_type }, ..wire }
}

/// Where a gain goes, how, and in how many units of 100 ns.
pub(super) fn volume_target(kind: &WidgetKind) -> Option<(u32, Curve, u64)> {
    let WidgetKind::Gain { db, ramp_ms, curve } = *kind else { return None };
    let full_scale = f64::from(VolumeSetting::UNITY);
    let target = (10f64.powf(db / 20.0) * full_scale).round() as u32;
    let curve = if ramp_ms == 0 { Curve::None } else { curve };
    Some((target, curve, u64::from(ramp_ms) * 10_000))
}
