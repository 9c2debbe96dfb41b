//! Format choice: what stream goes in and out of each widget, following the routes from the input on.

use headroom_module::Format;

use crate::error::Error;
use crate::toml::{Topology, Widget, WidgetKind};

/// The streams of one widget.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Streams {
    pub(crate) input: Format,
    pub(crate) output: Format,
}

/// The streams of every widget of `topology`, by index, when `input` says what is played into each source.
pub(crate) fn propagate(topology: &Topology, input: impl Fn(usize) -> Format) -> Result<Vec<Streams>, Error> {
    let mut streams: Vec<Streams> = Vec::new();
    for (n, widget) in topology.widgets.iter().enumerate() {
        let input = input_of(topology, (n, widget), &streams)?.unwrap_or_else(|| input(n));
        let output = output(widget, input).map_err(|error| {
            let help = format!("streams have 1 to {} channels", Format::MAX_CHANNELS);
            topology.text.error(widget.span.clone(), error.to_string(), help)
        })?;
        streams.push(Streams { input, output });
    }
    Ok(streams)
}

/// What the widget takes in: the first stream that comes to it. A mixer's streams must all be alike. A widget comes after
/// those that feed it, so their streams are known.
fn input_of(
    topology: &Topology,
    (n, widget): (usize, &Widget),
    known: &[Streams],
) -> Result<Option<Format>, Error> {
    let feeders = topology.routes.iter().filter(|route| route.to == n);
    let mut first: Option<(&str, Format)> = None;
    for route in feeders {
        let (Some(before), from) = (known.get(route.from), &topology.widgets[route.from].name) else {
            continue;
        };
        match first {
            Some((other, format)) if widget.kind == WidgetKind::Mixout && format != before.output => {
                let what = format!(
                    "`{}` mixes {format} from `{other}` with {} from `{from}`",
                    widget.name, before.output
                );
                let help = "give all streams of a mix the same rate, channels and samples".to_owned();
                return Err(topology.text.error(route.span.clone(), what, help));
            }
            Some(_) => {}
            None => first = Some((from, before.output)),
        }
    }
    Ok(first.map(|(_, format)| format))
}

fn output(widget: &Widget, input: Format) -> Result<Format, headroom_module::ModuleError> {
    let rate = match widget.kind {
        WidgetKind::Src { rate } | WidgetKind::SrcLite { rate } => rate,
        _ => input.rate(),
    };
    let channels = widget.channels.unwrap_or(input.channels() as u8);
    Format::new(rate, channels, widget.samples.unwrap_or(input.samples()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml::{BUNDLED, BUNDLED_NAME};
    use headroom_module::SampleFormat;

    #[test]
    fn a_stream_starts_as_the_input_and_changes_where_a_widget_says_so() {
        let topology = Topology::parse(BUNDLED_NAME, BUNDLED.to_owned(), headroom_modules::MODULES).unwrap();
        let input = Format::new(16000, 1, SampleFormat::S16).unwrap();
        let streams = propagate(&topology, |_| input).unwrap();
        let outputs: Vec<_> = streams.iter().map(|streams| streams.output.to_string()).collect();
        let expected =
            ["16000 Hz, 1 ch, S32", "48000 Hz, 1 ch, S32", "48000 Hz, 1 ch, S32", "48000 Hz, 1 ch, S32"];
        assert_eq!(outputs, expected);
        assert_eq!(streams[0].input, input);
    }
}
