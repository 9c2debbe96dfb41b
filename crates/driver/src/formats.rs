//! Which of its formats each widget of a path runs with.
//!
//! Source: Linux' `sof_ipc4_init_input_audio_fmt`, `sof_ipc4_init_output_audio_fmt` and
//! `sof_ipc4_adjust_params_to_dai_format` in `sound/soc/sof/ipc4-topology.c`.
//!
//! ```text
//!   playback   front end ─► host copier ─► …  each takes what the one before it gives … ─► DAI: as the front end, where it can
//!   capture    DAI: as the front end, narrowed to what it has ─► …                      ─► host copier: as the front end
//! ```

use headroom_tplg::{AudioFormat, Token, Widget, WidgetKind};

use headroom_topology::Direction;

use crate::error::Error;
use crate::queues::Connection;
use crate::way::Way;

/// What formats are compared by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Params {
    pub(crate) rate: u32,
    pub(crate) channels: u32,
    pub(crate) valid_bits: u32,
}

impl Params {
    pub(crate) fn of(format: &AudioFormat) -> Self {
        Self { rate: format.rate, channels: format.channels, valid_bits: format.valid_bit_depth }
    }
}

impl std::fmt::Display for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} Hz, {} ch, {} bits", self.rate, self.channels, self.valid_bits)
    }
}

/// The formats of one widget.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Chosen {
    pub(crate) input: AudioFormat,
    pub(crate) output: AudioFormat,
}

/// A stream that is opened, and the format of its front end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Front {
    /// Which of the way's streams.
    pub(crate) stream: usize,
    pub(crate) direction: Direction,
    pub(crate) params: Params,
}

/// The formats of the widgets that a stream opens, by part, when its front end is opened with `front`; those of streams that
/// are open already are in `known`, and stay.
///
/// # Errors
/// A widget has no format that fits.
pub(crate) fn choose(
    way: &Way<'_>,
    connections: &[Connection],
    known: &[Option<Chosen>],
    front: Front,
) -> Result<Vec<Option<Chosen>>, Error> {
    let mut chosen = known.to_vec();
    let opens = |part: &usize| way.path.streams[*part] == front.stream;
    for part in (0..chosen.len()).filter(opens) {
        let widget = way.widget(part);
        // What comes to the first of its pins that something comes to.
        let feeder = |route: &Connection| Some((route.to_queue, chosen[route.from]?));
        let feeders = connections.iter().filter(|route| route.to == part).filter_map(feeder);
        let reference = match feeders.min_by_key(|(queue, _)| *queue) {
            Some((_, feeder)) => Params::of(&feeder.output),
            None if front.direction == Direction::Capture => {
                narrowed(front.params, &widget.input_formats().collect::<Vec<_>>())
            }
            None => front.params,
        };
        let formats = of_widget(&widget, front, reference);
        chosen[part] = Some(formats.map_err(|fault| way.part_error(part, fault.to_string(), fault.help()))?);
    }
    Ok(chosen)
}

/// Why a widget has no format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    NoFormats,
    Missing { announced: u32, there: usize },
    Input(Params),
    Output(Params),
    OutputsOfConverter(usize),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoFormats => write!(f, "it has no audio formats"),
            Self::Missing { announced, there } => {
                write!(f, "it announces {announced} audio formats for one side and has {there}")
            }
            Self::Input(wanted) => write!(f, "none of its input formats is {wanted}"),
            Self::Output(wanted) => write!(f, "none of its output formats is {wanted}"),
            Self::OutputsOfConverter(count) => {
                write!(f, "a converter for playback has one output format, this one has {count}")
            }
        }
    }
}

impl Fault {
    fn help(&self) -> &'static str {
        match self {
            Self::NoFormats => "give it an input and an output audio format",
            Self::Missing { .. } => "correct token 415 or 416, or add the formats",
            Self::Input(_) => "add that format to the widget, or open the PCM with another one",
            Self::Output(_) => "add that output format to the widget, or open the PCM with another one",
            Self::OutputsOfConverter(_) => "leave the one that its rate token names",
        }
    }
}

/// The formats that a widget runs with, when `reference` comes to it.
fn of_widget(widget: &Widget<'_>, front: Front, reference: Params) -> Result<Chosen, Fault> {
    let inputs: Vec<AudioFormat> = widget.input_formats().collect();
    let outputs: Vec<AudioFormat> = widget.output_formats().collect();
    announced(widget, Token::COMP_NUM_INPUT_AUDIO_FORMATS, inputs.len())?;
    announced(widget, Token::COMP_NUM_OUTPUT_AUDIO_FORMATS, outputs.len())?;
    // A generator takes nothing; its only formats are those that it gives.
    let input = if inputs.is_empty() {
        outputs.first().copied().ok_or(Fault::NoFormats)?
    } else {
        choose_input(&inputs, reference)?
    };
    if outputs.is_empty() {
        return Err(Fault::NoFormats);
    }
    if widget.kind() == WidgetKind::Src && front.direction == Direction::Playback && outputs.len() != 1 {
        return Err(Fault::OutputsOfConverter(outputs.len()));
    }
    let dai = narrowed(front.params, &outputs);
    let wanted = output_reference(widget.kind(), Params::of(&input), dai, front.params);
    let output = choose_output(widget.kind(), &outputs, wanted)?;
    Ok(Chosen { input, output })
}

/// There are as many formats as the widget announces.
fn announced(widget: &Widget<'_>, token: Token, there: usize) -> Result<(), Fault> {
    match widget.word(token) {
        Some(announced) if announced as usize > there => Err(Fault::Missing { announced, there }),
        _ => Ok(()),
    }
}

/// What the output of a widget of this kind is compared with: its input, or what the ends are opened with.
fn output_reference(kind: WidgetKind, input: Params, dai: Params, front: Params) -> Params {
    match kind {
        WidgetKind::AifOut => front,
        WidgetKind::DaiIn => dai,
        WidgetKind::Src | WidgetKind::Asrc => Params { rate: front.rate, ..input },
        _ => input,
    }
}

/// Of formats that are all alike the first, else the first of pin 0 that is `reference`.
pub(crate) fn choose_input(formats: &[AudioFormat], reference: Params) -> Result<AudioFormat, Fault> {
    let first = formats.first().ok_or(Fault::NoFormats)?;
    if formats.iter().all(|format| Params::of(format) == Params::of(first)) {
        return Ok(*first);
    }
    let fits = |format: &&AudioFormat| format.pin == 0 && Params::of(format) == reference;
    formats.iter().find(fits).copied().ok_or(Fault::Input(reference))
}

/// The only output format, else the first that is `reference`; copiers whose outputs all have one width convert to it.
fn choose_output(kind: WidgetKind, formats: &[AudioFormat], reference: Params) -> Result<AudioFormat, Fault> {
    if let [only] = formats {
        return Ok(*only);
    }
    let copies = matches!(kind, WidgetKind::AifIn | WidgetKind::DaiOut | WidgetKind::Buffer);
    let width = single(formats.iter().map(|format| format.valid_bit_depth)).filter(|_| copies);
    let wanted = Params { valid_bits: width.unwrap_or(reference.valid_bits), ..reference };
    let fits = |format: &&AudioFormat| Params::of(format) == wanted;
    formats.iter().find(fits).copied().ok_or(Fault::Output(wanted))
}

/// `params`, with each figure that all formats agree on in place of its own.
fn narrowed(params: Params, formats: &[AudioFormat]) -> Params {
    let all = |of: fn(&AudioFormat) -> u32| single(formats.iter().map(of));
    Params {
        rate: all(|format| format.rate).unwrap_or(params.rate),
        channels: all(|format| format.channels).unwrap_or(params.channels),
        valid_bits: all(|format| format.valid_bit_depth).unwrap_or(params.valid_bits),
    }
}

/// The value that all of them have.
fn single(mut values: impl Iterator<Item = u32>) -> Option<u32> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// The rate that a converter gives out: what its token says, or its format.
pub(crate) fn sink_rate(widget: &Widget<'_>, chosen: &Chosen) -> u32 {
    let token = match widget.kind() {
        WidgetKind::Asrc => Token::ASRC_RATE_OUT,
        _ => Token::SRC_RATE_OUT,
    };
    widget.word(token).filter(|&rate| rate > 0).unwrap_or(chosen.output.rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(rate: u32, valid_bits: u32, channels: u32) -> AudioFormat {
        AudioFormat { rate, valid_bit_depth: valid_bits, channels, ..AudioFormat::default() }
    }

    fn params(rate: u32, valid_bits: u32, channels: u32) -> Params {
        Params { rate, channels, valid_bits }
    }

    #[test]
    fn inputs() {
        let (s16, s32) = (format(48_000, 16, 2), format(48_000, 32, 2));
        let second_pin = AudioFormat { pin: 1, ..format(44_100, 16, 2) };
        let wanted = params(44_100, 16, 2);
        // One kind of format is taken whatever comes.
        assert_eq!(choose_input(&[s32, s32], wanted), Ok(s32));
        assert_eq!(choose_input(&[s16, s32], params(48_000, 32, 2)), Ok(s32));
        assert_eq!(choose_input(&[s16, s32], wanted), Err(Fault::Input(wanted)));
        // Other pins don't count, but for whether all are alike.
        assert_eq!(choose_input(&[s16, second_pin], wanted), Err(Fault::Input(wanted)));
        assert_eq!(choose_input(&[s16, second_pin], params(48_000, 16, 2)), Ok(s16));
        assert_eq!(choose_input(&[], wanted), Err(Fault::NoFormats));
    }

    #[test]
    fn outputs() {
        let (s16, s32, mono) = (format(48_000, 16, 2), format(48_000, 32, 2), format(48_000, 32, 1));
        let wanted = params(48_000, 16, 2);
        let outputs = |kind, formats: &[AudioFormat]| choose_output(kind, formats, wanted);
        // The only one is taken.
        assert_eq!(outputs(WidgetKind::Pga, &[s32]), Ok(s32));
        assert_eq!(outputs(WidgetKind::Pga, &[s32, s16]), Ok(s16));
        // Copiers convert to the one width that there is, others don't.
        assert_eq!(outputs(WidgetKind::AifIn, &[mono, s32]), Ok(s32));
        assert_eq!(outputs(WidgetKind::Pga, &[mono, s32]), Err(Fault::Output(wanted)));
        assert_eq!(outputs(WidgetKind::AifIn, &[mono, s16]), Ok(s16));
    }

    #[test]
    fn ends_are_narrowed_to_what_all_formats_agree_on() {
        let front = params(44_100, 16, 2);
        assert_eq!(narrowed(front, &[]), front);
        let formats = [format(48_000, 16, 4), format(48_000, 32, 4)];
        assert_eq!(narrowed(front, &formats), params(48_000, 16, 4));
    }

    #[test]
    fn what_outputs_are_compared_with() {
        let (input, dai, front) = (params(1, 1, 1), params(2, 2, 2), params(3, 3, 3));
        let of = |kind| output_reference(kind, input, dai, front);
        assert_eq!(of(WidgetKind::AifOut), front);
        assert_eq!(of(WidgetKind::DaiIn), dai);
        assert_eq!(of(WidgetKind::Src), params(3, 1, 1));
        for kind in
            [WidgetKind::AifIn, WidgetKind::DaiOut, WidgetKind::Buffer, WidgetKind::Pga, WidgetKind::Effect]
        {
            assert_eq!(of(kind), input, "{kind}");
        }
    }
}
