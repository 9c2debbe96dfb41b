//! A widget with its tokens and controls.

use headroom_module::{AudioFormat, Domain, Format};
use headroom_modules::{Curve, MODULES};
use headroom_tplg::records::{self, Name};
use headroom_tplg::tuples::{TupleType, Uuid};
use headroom_tplg::write::Writer;
use headroom_tplg::{Token, WidgetKind as Dapm};

use crate::driver::{block_bytes, module_of, volume_target};
use crate::error::Error;
use crate::topology::{Topology, Widget, WidgetKind};

use super::{NO_POWER, Plan, control, direction, memory};

/// Node types of the host's ends, for playing and recording.
const HOST: [u32; 2] = [0, 1];

/// Writes widget `n` of the plan.
pub(super) fn write(writer: &mut Writer<'_>, plan: &Plan<'_>, n: usize) -> Result<(), Error> {
    let (topology, widget) = (plan.topology, &plan.topology.widgets[n]);
    let record = records::Widget {
        id: dapm(topology, n).raw(),
        name: plan.widget_name(n)?,
        sname: plan.ends.stream_name(n),
        reg: NO_POWER,
        ..Default::default()
    };
    writer.widget(&record);
    component(writer, plan, n)?;
    kind(writer, plan, n);
    formats(writer, plan, n);
    let channels = plan.sets[n].inputs.iter().map(Format::channels).max().unwrap_or(1);
    let name = |text: &str| plan.name(&widget.span, text);
    if let Some(text) = &widget.outside.volume_control {
        writer.mixer(&control::volume(name(text)?, channels));
    }
    if let Some(text) = &widget.outside.switch_control {
        writer.mixer(&control::switch(name(text)?, channels));
    }
    Ok(())
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
        (WidgetKind::Passthrough | WidgetKind::StandIn, _) => Dapm::Effect,
    }
}

/// What all widgets have: which module, who runs it and where, memory and pins.
fn component(writer: &mut Writer<'_>, plan: &Plan<'_>, n: usize) -> Result<(), Error> {
    let widget = &plan.topology.widgets[n];
    let (inputs, outputs) = pins(plan.topology, n);
    let mut words = vec![(Token::COMP_CORE_ID, widget.core.into())];
    if widget.domain == Domain::Dp {
        words.push((Token::COMP_DOMAIN_ID, 0));
    }
    words.extend(memory::tokens(plan.topology, n));
    words.extend((inputs > 0).then_some((Token::COMP_NUM_INPUT_PINS, inputs)));
    words.extend((outputs > 0).then_some((Token::COMP_NUM_OUTPUT_PINS, outputs)));
    words.push((Token::COMP_NUM_INPUT_AUDIO_FORMATS, plan.sets[n].inputs.len() as u32));
    words.push((Token::COMP_NUM_OUTPUT_AUDIO_FORMATS, plan.sets[n].outputs.len() as u32));
    writer.words(&words);
    writer.numbers(TupleType::Bool, &[(Token::COMP_NO_WNAME_IN_KCONTROL_NAME, 1)]);
    writer.uuids(&[(Token::COMP_UUID, uuid(plan, widget)?)]);
    let domain = if widget.domain == Domain::Dp { "DP" } else { "LL" };
    writer.texts(&[(Token::COMP_SCHED_DOMAIN, Name::new(domain).unwrap_or_default())]);
    bindings(writer, plan, n)
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
fn bindings(writer: &mut Writer<'_>, plan: &Plan<'_>, n: usize) -> Result<(), Error> {
    let (topology, kind) = (plan.topology, plan.topology.widgets[n].kind);
    if matches!(kind, WidgetKind::Mixin | WidgetKind::Mixout) {
        return Ok(());
    }
    let fed = topology.routes.iter().filter(|route| route.to == n).map(|route| route.from);
    let read = topology.routes.iter().filter(|route| route.from == n).map(|route| route.to);
    let sides = [
        (Token::COMP_INPUT_PIN_BINDING_WNAME, fed.collect::<Vec<_>>()),
        (Token::COMP_OUTPUT_PIN_BINDING_WNAME, read.collect()),
    ];
    for (token, partners) in sides.into_iter().filter(|(_, partners)| partners.len() > 1) {
        let names: Vec<_> =
            partners.into_iter().map(|n| Ok((token, plan.widget_name(n)?))).collect::<Result<_, Error>>()?;
        writer.texts(&names);
    }
    Ok(())
}

fn uuid(plan: &Plan<'_>, widget: &Widget) -> Result<Uuid, Error> {
    if widget.kind == WidgetKind::StandIn {
        return widget.outside.uuid.map(Uuid).ok_or_else(|| {
            let what = format!("it isn't said which module `{}` stands for", widget.name);
            plan.fault(widget.span.clone(), what, "add `uuid`, that of the module in the firmware's manifest")
        });
    }
    let (name, _) = module_of(plan.topology, widget)?;
    let driver = MODULES.iter().find(|driver| driver.name == name);
    Ok(Uuid(driver.map_or([0; 16], |driver| driver.uuid)))
}

/// What only widgets of its kind have.
fn kind(writer: &mut Writer<'_>, plan: &Plan<'_>, n: usize) {
    let (widget, plays) = (&plan.topology.widgets[n], plan.plays[n]);
    match widget.kind {
        WidgetKind::HostCopier => {
            let node = HOST[usize::from(!plan.topology.is_source(n))];
            writer.words(&[(Token::DAI_DIRECTION, direction(plan.topology.is_source(n)))]);
            writer.words(&[(Token::COPIER_NODE_TYPE, node)]);
        }
        WidgetKind::DaiCopier => plan.ends.dai(writer, n, plays),
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
        WidgetKind::Copier | WidgetKind::Passthrough | WidgetKind::StandIn => {}
    }
}

/// The number of a curve, in files as in messages.
fn number(curve: Curve) -> u32 {
    curve as u32
}

/// A set of tokens for each format.
fn formats(writer: &mut Writer<'_>, plan: &Plan<'_>, n: usize) {
    let (set, block_ms) = (&plan.sets[n], plan.topology.widgets[n].block_ms);
    let sides = [
        (&set.inputs, Token::CAVS_AUDIO_FORMAT_IN_RATE, Token::CAVS_AUDIO_FORMAT_IBS),
        (&set.outputs, Token::CAVS_AUDIO_FORMAT_OUT_RATE, Token::CAVS_AUDIO_FORMAT_OBS),
    ];
    for (formats, first, block) in sides {
        for format in formats {
            let wire = AudioFormat::from(*format);
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
            words.push((block, block_bytes(*format, block_ms)));
            writer.words(&words);
        }
    }
}
