//! The copier's inner loops: frames of one sample format and channel count become frames of another.

use headroom_module::{Format, Input, ModuleError, Output, SampleFormat};

use super::samples::{Coding, F32, S16, S24, S32, Wide};
use crate::channel_map::ChannelMap;
use crate::stream::{Pieces, PiecesMut, each_run};

/// What becomes of the frames of an input at an output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) from: Format,
    pub(crate) to: Format,
    pub(crate) map: ChannelMap,
}

impl Route {
    /// Whether frames go as they are.
    pub(crate) fn changes_nothing(&self) -> bool {
        self.from == self.to && self.map == ChannelMap::STRAIGHT
    }

    fn widths(&self) -> (usize, usize) {
        (self.from.channels(), self.to.channels())
    }
}

/// Converts `frames` frames straight from ring to ring; the ports keep them until released and committed.
///
/// Channels come from where a map says. Without one as many on both sides go straight across; one goes to each of many;
/// many become one as their mean, made at full width and rounded before the sample conversion; otherwise the common ones go
/// across and the rest is silent.
///
/// # Errors
/// [`ModuleError::UnsupportedSamples`] when a port's samples are not those of `route`.
pub(crate) fn convert(
    input: &mut Input<'_>,
    output: &mut Output<'_>,
    route: &Route,
    frames: usize,
) -> Result<(), ModuleError> {
    match route.from.samples() {
        SampleFormat::S16 => convert_from::<S16>(input, output, route, frames),
        SampleFormat::S24In32 => convert_from::<S24>(input, output, route, frames),
        SampleFormat::S32 => convert_from::<S32>(input, output, route, frames),
        SampleFormat::F32 => convert_from::<F32>(input, output, route, frames),
    }
}

fn convert_from<A: Coding>(
    input: &mut Input<'_>,
    output: &mut Output<'_>,
    route: &Route,
    frames: usize,
) -> Result<(), ModuleError> {
    let from = input.samples::<A::Word>(frames)?;
    match route.to.samples() {
        SampleFormat::S16 => run::<A, S16>(from, output.samples_mut(frames)?, route),
        SampleFormat::S24In32 => run::<A, S24>(from, output.samples_mut(frames)?, route),
        SampleFormat::S32 => run::<A, S32>(from, output.samples_mut(frames)?, route),
        SampleFormat::F32 => run::<A, F32>(from, output.samples_mut(frames)?, route),
    }
    Ok(())
}

fn run<A: Coding, B: Coding>(from: Pieces<'_, A::Word>, to: PiecesMut<'_, B::Word>, route: &Route) {
    let widths = route.widths();
    match route.map {
        ChannelMap::STRAIGHT => each_run(from, to, widths, by_number::<A, B>(widths)),
        map => each_run(from, to, widths, by_map::<A, B>(widths, map)),
    }
}

/// The loop over one contiguous run of frames that have `widths` samples, with a map. What the input has not is silent.
fn by_map<A: Coding, B: Coding>(
    (left, right): (usize, usize),
    map: ChannelMap,
) -> impl FnMut(&[A::Word], &mut [B::Word]) {
    move |from, to| {
        for (to, from) in to.chunks_exact_mut(right).zip(from.chunks_exact(left)) {
            for (channel, to) in to.iter_mut().enumerate() {
                let word = map.source(channel).and_then(|at| from.get(at));
                *to = word.map_or(B::narrow(A::Wide::SILENCE), |word| B::narrow(A::widen(*word)));
            }
        }
    }
}

/// The same without one. The choice of loop is outside of it.
fn by_number<A: Coding, B: Coding>(widths: (usize, usize)) -> impl FnMut(&[A::Word], &mut [B::Word]) {
    let convert = |word: &A::Word| B::narrow(A::widen(*word));
    move |from, to| match widths {
        (many, same) if many == same => {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = convert(from));
        }
        (1, many) => {
            to.chunks_exact_mut(many).zip(from).for_each(|(to, from)| to.fill(convert(from)));
        }
        (many, 1) => {
            for (to, from) in to.iter_mut().zip(from.chunks_exact(many)) {
                *to = B::narrow(Wide::mean(from.iter().map(|word| A::widen(*word)), many));
            }
        }
        (left, right) => {
            for (to, from) in to.chunks_exact_mut(right).zip(from.chunks_exact(left)) {
                to.fill(B::narrow(A::Wide::SILENCE));
                to.iter_mut().zip(from).for_each(|(to, from)| *to = convert(from));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_without_a_source_are_silent_whatever_was_there() {
        let mut frames = [-1i16; 8];
        by_number::<S32, S16>((2, 4))(&[0x10000, 0x20000, 0x30000, 0x40000], &mut frames);
        assert_eq!(frames, [1, 2, 0, 0, 3, 4, 0, 0]);
        let mut frames = [f32::NAN; 3];
        by_number::<F32, F32>((2, 3))(&[0.5, -0.5], &mut frames);
        assert_eq!(frames, [0.5, -0.5, 0.0]);
    }
}
