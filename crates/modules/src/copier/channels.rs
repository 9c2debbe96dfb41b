//! The copier's inner loops: frames of one sample format and channel count become frames of another.

use headroom_module::{Format, Input, ModuleError, Output};

use crate::by_samples;
use crate::kit::channel_map::ChannelMap;
use crate::kit::samples::{Encoding, Wide};
use crate::kit::stream::{Pieces, PiecesMut, Widths, each_run};

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

    fn widths(&self) -> Widths {
        Widths { from: self.from.channels(), to: self.to.channels() }
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
    by_samples!(route.from.samples(), A => convert_from::<A>(input, output, route, frames))
}

fn convert_from<A: Encoding>(
    input: &mut Input<'_>,
    output: &mut Output<'_>,
    route: &Route,
    frames: usize,
) -> Result<(), ModuleError> {
    let from = input.samples::<A::Word>(frames)?;
    by_samples!(route.to.samples(), B => run::<A, B>(from, output.samples_mut(frames)?, route));
    Ok(())
}

fn run<A: Encoding, B: Encoding>(from: Pieces<'_, A::Word>, to: PiecesMut<'_, B::Word>, route: &Route) {
    let widths = route.widths();
    match route.map {
        ChannelMap::STRAIGHT => each_run(from, to, widths, by_number::<A, B>(widths)),
        map => each_run(from, to, widths, by_map::<A, B>(widths, map)),
    }
}

/// The loop over one contiguous run of frames that have `widths` samples, with a map. What the input has not is silent.
fn by_map<A: Encoding, B: Encoding>(
    widths: Widths,
    map: ChannelMap,
) -> impl FnMut(&[A::Word], &mut [B::Word]) {
    move |from, to| {
        for (to, from) in to.chunks_exact_mut(widths.to).zip(from.chunks_exact(widths.from)) {
            for (channel, to) in to.iter_mut().enumerate() {
                let word = map.source(channel).and_then(|at| from.get(at));
                *to = word.map_or(B::narrow(A::Wide::SILENCE), |word| B::narrow(A::widen(*word)));
            }
        }
    }
}

/// The same without one. The choice of loop is outside of it.
fn by_number<A: Encoding, B: Encoding>(widths: Widths) -> impl FnMut(&[A::Word], &mut [B::Word]) {
    let convert = |word: &A::Word| B::narrow(A::widen(*word));
    move |from, to| match (widths.from, widths.to) {
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
    use crate::kit::samples::{F32, S16, S32};

    #[test]
    fn channels_without_a_source_are_silent_whatever_was_there() {
        let mut frames = [-1i16; 8];
        by_number::<S32, S16>(Widths { from: 2, to: 4 })(&[0x10000, 0x20000, 0x30000, 0x40000], &mut frames);
        assert_eq!(frames, [1, 2, 0, 0, 3, 4, 0, 0]);
        let mut frames = [f32::NAN; 3];
        by_number::<F32, F32>(Widths { from: 2, to: 3 })(&[0.5, -0.5], &mut frames);
        assert_eq!(frames, [0.5, -0.5, 0.0]);
    }
}
