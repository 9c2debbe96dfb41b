//! Rules about audio formats: those of one widget, and those on both ends of a route.

use headroom_resample::design::Cascade;
use headroom_resample::{Quality, plan};
use headroom_tplg::{AudioFormat, Token, Widget, WidgetKind};

use super::{Findings, codes};
use crate::words;
use headroom_topology::{Graph, is_dai, is_dp, is_host};

/// Most pins of a module, and channels of a format.
const LIMIT: u32 = 8;

/// What SOF's classes write for a pin that is bound to nobody.
const UNBOUND: &str = "NotConnected";

pub(super) fn check(graph: &Graph<'_>, findings: &mut Findings) {
    for (index, widget) in graph.widgets.iter().enumerate().filter(|(_, widget)| widget.kind().is_module()) {
        let formats = Formats::of(widget);
        counts(widget, findings);
        sides(widget, &formats, findings);
        for (side, format) in formats.all() {
            one_format(widget, side, format, findings);
        }
        rates(graph, widget, &formats, findings);
        pins(graph, index, widget, findings);
    }
    routes(graph, findings);
}

/// The formats of a widget.
struct Formats {
    inputs: Vec<AudioFormat>,
    outputs: Vec<AudioFormat>,
}

impl Formats {
    fn of(widget: &Widget<'_>) -> Self {
        Self { inputs: widget.input_formats().collect(), outputs: widget.output_formats().collect() }
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, &AudioFormat)> {
        self.inputs
            .iter()
            .map(|format| ("input", format))
            .chain(self.outputs.iter().map(|format| ("output", format)))
    }
}

/// A driver chooses a format for each side. Generators take none, and what effects give is their own affair.
fn sides(widget: &Widget<'_>, formats: &Formats, findings: &mut Findings) {
    let effects = matches!(widget.kind(), WidgetKind::Effect | WidgetKind::Encoder | WidgetKind::Decoder);
    let sides = [
        ("input", formats.inputs.is_empty() && widget.kind() != WidgetKind::Siggen),
        ("output", formats.outputs.is_empty() && !effects),
    ];
    for (side, _) in sides.into_iter().filter(|(_, lacks)| *lacks) {
        findings.add(&codes::HR024, widget.name(), format!("has no {side} format"));
    }
}

/// The number of formats against what tokens 415 and 416 say.
fn counts(widget: &Widget<'_>, findings: &mut Findings) {
    let (input, output) = (Token::COMP_NUM_INPUT_AUDIO_FORMATS, Token::COMP_NUM_OUTPUT_AUDIO_FORMATS);
    let sides = [
        ("input", input, Token::CAVS_AUDIO_FORMAT_IN_RATE, Token::CAVS_AUDIO_FORMAT_IBS),
        ("output", output, Token::CAVS_AUDIO_FORMAT_OUT_RATE, Token::CAVS_AUDIO_FORMAT_OBS),
    ];
    for (side, count, first, block) in sides {
        let Some(announced) = widget.word(count) else { continue };
        let own = |token: Token| (first.0..first.0 + 10).contains(&token.0) || token == block;
        let numbers = widget.tuples().arrays().filter(|array| array.tuple_type().is_number());
        let found = numbers.filter(|array| array.tuples().any(|tuple| own(tuple.token))).count();
        let formats = words::count(announced as usize, &format!("{side} format"));
        let what = format!("{formats} announced, {found} there");
        match found.cmp(&(announced as usize)) {
            std::cmp::Ordering::Less => findings.add(&codes::HR017, widget.name(), what),
            std::cmp::Ordering::Greater => findings.add(&codes::HR018, widget.name(), what),
            std::cmp::Ordering::Equal => {}
        }
    }
}

fn one_format(widget: &Widget<'_>, side: &str, format: &AudioFormat, findings: &mut Findings) {
    let AudioFormat { rate, bit_depth, valid_bit_depth, channels, pin, .. } = *format;
    let spelled = format!("{side} format {}", words::format(format));
    let whole = bit_depth > 0 && bit_depth.is_multiple_of(8) && valid_bit_depth <= bit_depth;
    let possible = whole && (1..=LIMIT).contains(&channels) && rate > 0 && pin < LIMIT;
    if !possible {
        return findings.add(&codes::HR014, widget.name(), format!("{spelled} on pin {pin}"));
    }
    block(widget, &spelled, format, findings);
    let packed = channels | valid_bit_depth << 8 | format.sample_type << 16;
    // Zero is what a file has that leaves it out.
    if format.fmt_cfg != packed && format.fmt_cfg != 0 {
        let what = format!("{spelled} is packed as {:#x}, not {packed:#x}", format.fmt_cfg);
        findings.add(&codes::HR019, widget.name(), what);
    }
}

/// The ibs or obs of a possible format.
fn block(widget: &Widget<'_>, spelled: &str, format: &AudioFormat, findings: &mut Findings) {
    // 8 channels of at most 2^29 bytes, and rates of up to 2^32 Hz, are less than 2^64.
    let frame = u64::from(format.channels) * u64::from(format.bit_depth / 8);
    let (block, millisecond) = (u64::from(format.block_bytes), frame * u64::from(format.rate.div_ceil(1000)));
    let what =
        format!("{spelled} in blocks of {block} bytes; a millisecond is {millisecond}, a frame {frame}");
    if block == 0
        || !block.is_multiple_of(frame)
        || is_dp(widget) && block < frame * u64::from(format.rate / 1000)
    {
        findings.add(&codes::HR016, widget.name(), what);
    } else if !is_dp(widget) && block != millisecond {
        findings.add(&codes::HR015, widget.name(), what);
    }
}

/// What comes out at another rate than it went in.
fn rates(graph: &Graph<'_>, widget: &Widget<'_>, formats: &Formats, findings: &mut Findings) {
    let rates_of = |formats: &[AudioFormat]| {
        let mut rates: Vec<_> = formats.iter().map(|format| format.rate).filter(|&rate| rate > 0).collect();
        rates.sort_unstable();
        rates.dedup();
        rates
    };
    let (inputs, mut outputs) = (rates_of(&formats.inputs), rates_of(&formats.outputs));
    match widget.kind() {
        WidgetKind::Src => {
            if let Some(rate) = widget.word(Token::SRC_RATE_OUT).filter(|&rate| rate > 0) {
                outputs = vec![rate];
            }
            conversions(widget, &inputs, &outputs, findings);
            let direction = graph.scheduler(widget.pipeline()).and_then(|s| s.word(Token::SCHED_DIRECTION));
            if direction == Some(0) && formats.outputs.len() > 1 {
                let what = format!("{} output formats in a playback pipeline", formats.outputs.len());
                findings.add(&codes::HR023, widget.name(), what);
            }
        }
        kind if !converts(kind) => {
            let both = !inputs.is_empty() && !outputs.is_empty();
            if both && !inputs.iter().any(|rate| outputs.contains(rate)) {
                let (takes, gives) = (words::formats(&formats.inputs), words::formats(&formats.outputs));
                findings.add(&codes::HR013, widget.name(), format!("takes {takes}, gives {gives}"));
            }
        }
        _ => {}
    }
}

/// Whether a module may give another rate than it takes. What effects and converters of clocks do is their own affair.
fn converts(kind: WidgetKind) -> bool {
    let ends = is_host(kind) || is_dai(kind);
    !ends && !matches!(kind, WidgetKind::Pga | WidgetKind::Mixer | WidgetKind::Buffer)
}

fn conversions(widget: &Widget<'_>, inputs: &[u32], outputs: &[u32], findings: &mut Findings) {
    let ready = |from: u32, to: u32| from == to || plan(from, to, Quality::Standard).is_ok();
    let specification = Quality::Standard.specification();
    let designed = |from, to| Cascade::new(from, to, &specification).is_ok();
    let unready = inputs.iter().filter(|&&from| !outputs.iter().any(|&to| ready(from, to)));
    let unready: Vec<_> = unready.filter(|_| !outputs.is_empty()).collect();
    let (possible, impossible): (Vec<u32>, Vec<u32>) =
        unready.into_iter().partition(|&&from| outputs.iter().any(|&to| designed(from, to)));
    for (code, rates) in [(&codes::HR011, impossible), (&codes::HR012, possible)] {
        if !rates.is_empty() {
            let list = |rates: &[u32]| rates.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            findings.add(code, widget.name(), format!("{} Hz to {} Hz", list(&rates), list(outputs)));
        }
    }
}

fn pins(graph: &Graph<'_>, index: usize, widget: &Widget<'_>, findings: &mut Findings) {
    let inputs: Vec<_> = widget.input_pin_bindings().collect();
    let outputs: Vec<_> = widget.output_pin_bindings().collect();
    let sides = [
        ("input", Token::COMP_NUM_INPUT_PINS, graph.sources(index), inputs),
        ("output", Token::COMP_NUM_OUTPUT_PINS, graph.sinks(index), outputs),
    ];
    for (side, count, peers, bindings) in sides {
        let pins = widget.word(count);
        if let Some(pins) = pins.filter(|&pins| pins > LIMIT) {
            findings.add(&codes::HR020, widget.name(), format!("{pins} {side} pins"));
        }
        // Routes to virtual widgets take no pin.
        let peers =
            peers.iter().filter_map(|&peer| graph.widgets.get(peer)).filter(|peer| peer.kind().is_module());
        let names: Vec<_> = peers.map(|peer| peer.name()).collect();
        if let Some(pins) = pins.filter(|&pins| names.len() > pins as usize && pins > 0) {
            let what =
                format!("{} for {}", words::count(pins as usize, &format!("{side} pin")), names.join(", "));
            findings.add(&codes::HR021, widget.name(), what);
        }
        for name in
            bindings.iter().filter(|&&name| name != UNBOUND && !name.is_empty() && !names.contains(&name))
        {
            findings.add(&codes::HR022, widget.name(), format!("an {side} pin is for {name}"));
        }
    }
}

fn routes(graph: &Graph<'_>, findings: &mut Findings) {
    for edge in &graph.edges {
        let ends = graph.widgets.get(edge.source).zip(graph.widgets.get(edge.sink));
        let Some((source, sink)) = ends.filter(|(a, b)| a.kind().is_module() && b.kind().is_module()) else {
            continue;
        };
        let (gives, takes): (Vec<_>, Vec<_>) =
            (source.output_formats().collect(), sink.input_formats().collect());
        if !gives.is_empty() && !takes.is_empty() && !gives.iter().any(|a| takes.iter().any(|b| agree(a, b)))
        {
            let what = format!(
                "the first gives {}, the second takes {}",
                words::formats(&gives),
                words::formats(&takes)
            );
            findings.add(&codes::HR010, format!("{} > {}", source.name(), sink.name()), what);
        }
    }
}

/// Whether what one widget gives another can take.
pub(crate) fn agree(gives: &AudioFormat, takes: &AudioFormat) -> bool {
    let fields =
        |format: &AudioFormat| (format.rate, format.bit_depth, format.valid_bit_depth, format.channels);
    fields(gives) == fields(takes)
}
