//! A setup with what lies at its ends: all that is known and checked of a session before its first message.

use std::path::{Path, PathBuf};

use headroom_audio::{fits_a_file, is_another_file};
use headroom_driver::Setup;
use headroom_module::Format;
use headroom_module::instance::ComponentId;
use headroom_topology::Input;

use crate::ends::{Failure, Medium, Source};
use crate::error::Error;
use crate::recording::Played;

/// What is sent to play something, and what lies at its ends.
pub(crate) struct Plan {
    pub(crate) setup: Setup,
    /// In the order of the setup's ends.
    ends: Vec<End>,
}

/// An end of a plan.
pub(crate) struct End {
    /// The copier that it lies behind, by its part.
    pub(crate) part: usize,
    pub(crate) format: Format,
    /// Frames that a source has, or that a sink shall keep.
    pub(crate) frames: u64,
    pub(crate) medium: EndMedium,
}

/// What lies at an end.
pub(crate) enum EndMedium {
    /// What is played; opened until the session takes it.
    Source(Input, Option<Source>),
    /// Where the audio goes, if it is kept.
    Sink(Option<PathBuf>),
}

impl End {
    pub(crate) fn is_source(&self) -> bool {
        matches!(self.medium, EndMedium::Source(..))
    }

    /// The file that is read or written.
    fn path(&self) -> Option<&Path> {
        match &self.medium {
            EndMedium::Source(Input::File(path), _) | EndMedium::Sink(Some(path)) => Some(path),
            EndMedium::Source(Input::Signal(_), _) | EndMedium::Sink(None) => None,
        }
    }
}

/// What lies at an end, before it is known how long it is.
pub(crate) enum Bound {
    Source(Input, Source),
    Sink(Option<PathBuf>),
}

impl Plan {
    /// The plan that `setup` is with these at its ends, in their order. Each sink keeps as much as the longest source makes at
    /// its rate; as a second where a generator is the source.
    pub(crate) fn new(setup: Setup, bound: Vec<Bound>) -> Self {
        let sources = setup.ends.iter().zip(&bound).filter_map(|(end, bound)| match bound {
            Bound::Source(_, source) => Some((source.frames(), end.format.rate())),
            Bound::Sink(_) => None,
        });
        let sources: Vec<(u64, u32)> = sources.collect();
        let kept = |rate: u32| {
            let longest = sources.iter().map(|&(frames, from)| scale(frames, rate, from)).max();
            longest.unwrap_or(rate.into())
        };
        let end = |(end, bound): (&headroom_driver::End, Bound)| {
            let (part, format) = (end.part, end.format);
            match bound {
                Bound::Source(input, source) => {
                    let frames = source.frames();
                    End { part, format, frames, medium: EndMedium::Source(input, Some(source)) }
                }
                Bound::Sink(path) => {
                    End { part, format, frames: kept(format.rate()), medium: EndMedium::Sink(path) }
                }
            }
        };
        let ends = setup.ends.iter().zip(bound).map(end).collect();
        Self { setup, ends }
    }

    /// Checks the files of the ends against each other, against what else is read and written, and against what a WAV file
    /// holds. `described` is the file that says what is played, `record` the one that the session is recorded into.
    pub(crate) fn check_files(&self, described: Option<&Path>, record: Option<&Path>) -> Result<(), Error> {
        if let Some(record) = record {
            is_another_file(record, described, "topology")?;
            for end in &self.ends {
                is_another_file(record, end.path(), if end.is_source() { "input" } else { "output" })?;
            }
        }
        let outputs: Vec<(&End, &Path)> =
            self.sinks().filter_map(|(_, end)| Some((end, end.path()?))).collect();
        for (n, (end, output)) in outputs.iter().enumerate() {
            for source in self.ends.iter().filter(|end| end.is_source()) {
                is_another_file(output, source.path(), "input")?;
            }
            is_another_file(output, described, "topology")?;
            for (_, other) in &outputs[..n] {
                is_another_file(output, Some(other), "output of another end")?;
            }
            fits_a_file(output, end.format, end.frames, SHORTEN)?;
        }
        Ok(())
    }

    pub(crate) fn ends(&self) -> &[End] {
        &self.ends
    }

    /// The sinks, with their numbers among all ends.
    pub(crate) fn sinks(&self) -> impl Iterator<Item = (usize, &End)> {
        self.ends.iter().enumerate().filter(|(_, end)| !end.is_source())
    }

    /// What is played into each source.
    pub(crate) fn played(&self) -> Vec<(ComponentId, Played)> {
        let played = |end: &End| {
            let what = match &end.medium {
                EndMedium::Source(Input::Signal(signal), _) => Played::Signal(*signal),
                EndMedium::Source(Input::File(_), _) => {
                    Played::File { format: end.format, frames: end.frames }
                }
                EndMedium::Sink(_) => return None,
            };
            Some((self.setup.parts[end.part].id, what))
        };
        self.ends.iter().filter_map(played).collect()
    }

    /// What lies behind each copier, once.
    pub(crate) fn take_media(&mut self) -> Vec<(ComponentId, Medium)> {
        let parts = &self.setup.parts;
        let medium = |end: &mut End| {
            let medium = match &mut end.medium {
                EndMedium::Source(_, source) => Medium::Source(source.take()?),
                EndMedium::Sink(path) => Medium::Sink(path.clone()),
            };
            Some((parts[end.part].id, medium))
        };
        self.ends.iter_mut().filter_map(medium).collect()
    }

    /// The seconds by which what comes out of each part is late: of all ways to it the longest. `delay` says what a module
    /// itself adds, in frames of its output.
    pub(crate) fn delays(&self, delay: impl Fn(ComponentId) -> u32) -> Vec<f64> {
        let mut delays: Vec<f64> = Vec::with_capacity(self.setup.parts.len());
        for (n, part) in self.setup.parts.iter().enumerate() {
            let feeders = self.setup.feeds.iter().filter(|(_, to)| *to == n);
            let before = feeders.filter_map(|(from, _)| delays.get(*from)).fold(0.0_f64, |a, &b| a.max(b));
            delays.push(before + f64::from(delay(part.id)) / f64::from(part.rate));
        }
        delays
    }

    /// What a file ran into, as an error.
    pub(crate) fn file_failed(&self, failure: &Failure) -> Option<Error> {
        let (end, why) = (self.ends.get(failure.end)?, failure.why.clone());
        let path = end.path()?.to_owned();
        let help = "check the file with another program".to_owned();
        Some(if end.is_source() {
            headroom_audio::Error::Input { path, why, help }.into()
        } else {
            headroom_audio::Error::Output { path, why }.into()
        })
    }
}

/// What to do where what a topology gives is too long.
const SHORTEN: &str =
    "play a shorter input, or end the topology with fewer channels, narrower `samples` or a lower `rate`";

/// `frames` at `from` Hz as frames at `to` Hz, rounded to the nearest.
pub(crate) fn scale(frames: u64, to: u32, from: u32) -> u64 {
    let (to, from) = (u128::from(to), u128::from(from.max(1)));
    ((u128::from(frames) * to + from / 2) / from) as u64
}

#[cfg(test)]
mod tests {
    use super::scale;

    #[test]
    fn lengths_scale_exactly_and_round_to_the_nearest() {
        assert_eq!(scale(44_100 * 3600, 48_000, 44_100), 48_000 * 3600);
        assert_eq!(scale(1, 48_000, 44_100), 1);
        assert_eq!(scale(147, 160, 147), 160);
        assert_eq!(scale(0, 48_000, 44_100), 0);
    }
}
