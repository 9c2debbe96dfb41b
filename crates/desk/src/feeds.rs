//! What plays at the sources of a topology, and where the audio of its sinks goes: as the user said, by widget.

use std::path::PathBuf;

use headroom_driver::{EndOfWay, Side};
use headroom_module::Format;
use headroom_topology::{Input, Signal, SignalShape};

use crate::ends::Source;
use crate::error::Error;
use crate::options::Options;
use crate::plan::Bound;

/// What plays where nothing is named: a sweep over the band for a second, so that something is to be heard at each end.
const SIGNAL_DB: f64 = -12.0;

/// What plays at sources, where something is named for them: opened and looked at, but not begun.
pub(crate) struct Feeds(Vec<Feed>);

struct Feed {
    widget: String,
    input: Input,
    source: Source,
    format: Format,
}

impl Feeds {
    /// What `options` names for each source of `ends`, or else its own `signal`.
    ///
    /// # Errors
    /// A file is for an end that is not there, or can't be played.
    pub(crate) fn open(
        ends: &[EndOfWay],
        signal: &dyn Fn(&str) -> Option<Signal>,
        options: &Options,
    ) -> Result<Self, Error> {
        check_names(ends, options)?;
        let sources = ends.iter().filter(|end| end.side == Side::Source).enumerate();
        let feed = |(n, end): (usize, &EndOfWay)| {
            let file = file(&end.widget, options.input.as_ref().filter(|_| n == 0), options).map(Input::File);
            let Some(input) = file.or_else(|| signal(&end.widget).map(Input::Signal)) else {
                return Ok(None);
            };
            Feed::open(&end.widget, input).map(Some)
        };
        let feeds = sources.map(feed).collect::<Result<Vec<_>, Error>>()?;
        Ok(Self(feeds.into_iter().flatten().collect()))
    }

    /// The format of what plays at a source, where something is named for it.
    pub(crate) fn format(&self, widget: &str) -> Option<Format> {
        self.0.iter().find(|feed| feed.widget == widget).map(|feed| feed.format)
    }

    /// What lies at each of `ends`, in their order: a signal where nothing is named.
    pub(crate) fn bind(mut self, ends: &[headroom_driver::End], options: &Options) -> Vec<Bound> {
        let first_sink = ends.iter().position(|end| end.side == Side::Sink);
        let bind = |(n, end): (usize, &headroom_driver::End)| match end.side {
            Side::Sink => {
                let first = options.output.as_ref().filter(|_| Some(n) == first_sink);
                Bound::Sink(file(&end.widget, first, options))
            }
            Side::Source => match self.0.iter().position(|feed| feed.widget == end.widget) {
                Some(named) => {
                    let Feed { input, source, .. } = self.0.swap_remove(named);
                    Bound::Source(input, source)
                }
                None => {
                    let signal = sweep(end.format);
                    Bound::Source(Input::Signal(signal), Source::Signal(signal))
                }
            },
        };
        ends.iter().enumerate().map(bind).collect()
    }
}

impl Feed {
    fn open(widget: &str, input: Input) -> Result<Self, Error> {
        let source = Source::open(&input)?;
        let format = source.format().map_err(|error| Error::Desk {
            what: error.to_string(),
            help: "choose another input".to_owned(),
        })?;
        Ok(Self { widget: widget.to_owned(), input, source, format })
    }
}

/// The file that is named for an end, or else the one that names none.
fn file(widget: &str, nameless: Option<&PathBuf>, options: &Options) -> Option<PathBuf> {
    let named = options.others.iter().find(|file| file.widget == widget);
    named.map(|file| &file.path).or(nameless).cloned()
}

fn sweep(format: Format) -> Signal {
    Signal {
        shape: SignalShape::Chirp,
        rate: format.rate(),
        channels: format.channels() as u8,
        samples: format.samples(),
        frames: format.rate().into(),
        level_db: SIGNAL_DB,
    }
}

/// Every file that names a widget belongs to an end.
fn check_names(ends: &[EndOfWay], options: &Options) -> Result<(), Error> {
    for (n, other) in options.others.iter().enumerate() {
        let twice = options.others[..n].iter().any(|before| before.widget == other.widget);
        if twice || ends.iter().all(|end| end.widget != other.widget) {
            let why = match (twice, options.stream.is_some()) {
                (true, _) => "has two files",
                (false, true) => "is no end of the stream",
                (false, false) => "is no end of the topology",
            };
            let ends = ends.iter().map(|end| format!("`{}`", end.widget)).collect::<Vec<_>>().join(", ");
            return Err(Error::NoEnd { widget: other.widget.clone(), why, ends });
        }
    }
    Ok(())
}
