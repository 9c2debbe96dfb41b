//! The copier's inner loops: frames of one sample format and channel count become frames of another.

use headroom_module::{Format, Input, ModuleError, Output, SampleFormat};

use super::samples::{Coding, F32, S16, S24, S32, Wide};
use crate::stream::each_run;

/// Converts `frames` frames straight from ring to ring; the ports keep them until released and committed.
///
/// Channels: as many on both sides go straight across; one goes to each of many; many become one as their mean, made
/// at full width and rounded before the sample conversion; otherwise the common ones go across and the rest is silent.
///
/// # Errors
/// [`ModuleError::UnsupportedSamples`] when a port's samples are not those of `formats`.
pub(super) fn convert(
    input: &mut Input<'_>,
    output: &mut Output<'_>,
    formats: (Format, Format),
    frames: usize,
) -> Result<(), ModuleError> {
    match formats.0.samples() {
        SampleFormat::S16 => convert_from::<S16>(input, output, formats, frames),
        SampleFormat::S24In32 => convert_from::<S24>(input, output, formats, frames),
        SampleFormat::S32 => convert_from::<S32>(input, output, formats, frames),
        SampleFormat::F32 => convert_from::<F32>(input, output, formats, frames),
    }
}

fn convert_from<A: Coding>(
    input: &mut Input<'_>,
    output: &mut Output<'_>,
    formats: (Format, Format),
    frames: usize,
) -> Result<(), ModuleError> {
    let widths = (formats.0.channels(), formats.1.channels());
    let from = input.samples::<A::Word>(frames)?;
    match formats.1.samples() {
        SampleFormat::S16 => each_run(from, output.samples_mut(frames)?, widths, run::<A, S16>(widths)),
        SampleFormat::S24In32 => each_run(from, output.samples_mut(frames)?, widths, run::<A, S24>(widths)),
        SampleFormat::S32 => each_run(from, output.samples_mut(frames)?, widths, run::<A, S32>(widths)),
        SampleFormat::F32 => each_run(from, output.samples_mut(frames)?, widths, run::<A, F32>(widths)),
    }
    Ok(())
}

/// The loop over one contiguous run of frames that have `widths` samples. The choice of loop is outside of it.
fn run<A: Coding, B: Coding>(widths: (usize, usize)) -> impl FnMut(&[A::Word], &mut [B::Word]) {
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
        run::<S32, S16>((2, 4))(&[0x10000, 0x20000, 0x30000, 0x40000], &mut frames);
        assert_eq!(frames, [1, 2, 0, 0, 3, 4, 0, 0]);
        let mut frames = [f32::NAN; 3];
        run::<F32, F32>((2, 3))(&[0.5, -0.5], &mut frames);
        assert_eq!(frames, [0.5, -0.5, 0.0]);
    }
}
