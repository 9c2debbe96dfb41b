//! All that is known and checked of a session before its first message.

use std::path::Path;

use headroom_ipc4::ModuleId;
use headroom_module::Format;

use crate::driver::{self, Streams};
use crate::ends::Source;
use crate::error::Error;
use crate::names::Names;
use crate::topology::{Input, Topology};

/// Bytes of audio that a WAV file holds: its sizes are 32 bits wide, and the largest header takes 68 bytes.
const WAV_BYTES: u128 = u32::MAX as u128 - 68;

/// One stream from one source to one sink is what a run has files for.
pub(crate) fn one_stream(topology: &Topology) -> Result<(), Error> {
    for (side, ends) in [("source", topology.sources().count()), ("sink", topology.sinks().count())] {
        if ends != 1 {
            let what = format!("the topology has {ends} {side}s; `run` plays from one source to one sink");
            let second = match side {
                "source" => topology.sources().nth(1),
                _ => topology.sinks().nth(1),
            };
            let span = second.map_or(0..0, |widget| topology.widgets[widget].span.clone());
            return Err(topology.text.error(span, what, "leave one stream in it".to_owned()));
        }
    }
    Ok(())
}

/// The output takes the place of whatever has its name. A second hard link keeps the contents, so it needs no care.
pub(crate) fn spares_what_is_read(output: &Path, input: &Input, topology: &Topology) -> Result<(), Error> {
    let input = match input {
        Input::File(path) => Some(&**path),
        Input::Signal(_) => None,
    };
    is_another_file(output, input, "input")?;
    is_another_file(output, topology.file.as_deref(), "topology")
}

/// `output` is not the file that is read from `path`, which is the `what`.
pub(crate) fn is_another_file(output: &Path, path: Option<&Path>, what: &'static str) -> Result<(), Error> {
    // A file that is not there yet is no other one.
    let Ok(replaced) = output.canonicalize() else { return Ok(()) };
    match path.map(Path::canonicalize) {
        Some(Ok(read)) if read == replaced => Err(Error::SameFile { path: output.to_owned(), what }),
        _ => Ok(()),
    }
}

/// What to do where what a topology gives is too long.
pub(crate) const SHORTEN: &str =
    "play a shorter input, or end the topology with fewer channels, narrower `samples` or a lower `rate`";

/// `frames` in `format` fit into one WAV file; `help` is what to do where they don't.
pub(crate) fn fits_a_file(
    output: &Path,
    format: Format,
    frames: u64,
    help: &'static str,
) -> Result<(), Error> {
    let sample_bytes = u128::from(format.samples().valid_bits().div_ceil(8));
    let bytes = u128::from(frames) * format.channels() as u128 * sample_bytes;
    if bytes <= WAV_BYTES {
        return Ok(());
    }
    Err(Error::OutputTooLong { path: output.to_owned(), bytes, limit: WAV_BYTES, help })
}

/// All that is known before the first message.
pub(crate) struct Plan {
    pub(crate) streams: Vec<Streams>,
    pub(crate) ids: Vec<ModuleId>,
    pub(crate) names: Names,
    pub(crate) input: Format,
    pub(crate) input_frames: u64,
    pub(crate) output: Format,
    pub(crate) frames_out: u64,
}

impl Plan {
    pub(crate) fn new(topology: &Topology, source: &Source) -> Result<Self, Error> {
        let input = source.format().map_err(|error| Error::Desk {
            what: error.to_string(),
            help: "choose another input".to_owned(),
        })?;
        let streams = driver::propagate(topology, input)?;
        let ids = driver::component_ids(topology)?;
        let names = Names::new(topology, ids.iter().copied().map(driver::component));
        let output = topology.sinks().next().and_then(|sink| streams.get(sink)).map_or(input, |it| it.output);
        let input_frames = source.frames();
        let frames_out = scale(input_frames, output.rate(), input.rate());
        Ok(Self { streams, ids, names, input, input_frames, output, frames_out })
    }
}

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
