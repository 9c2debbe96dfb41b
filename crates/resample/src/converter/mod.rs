//! A converter that owns all it needs, for desks: made from two rates, fed with blocks of any size or with whole clips.

mod error;
mod filters;
mod pass;
mod pcm;

use alloc::{vec, vec::Vec};
use core::iter::repeat;

pub use error::{ConverterError, NearestRates, PlanesError};
pub use pcm::Pcm;

use self::filters::Filters;
use self::pass::{Blocks, Frames, Pass};
use self::pcm::Working;
use crate::alignment::Alignment;
use crate::line::Progress;
use crate::plan::{MAX_CHANNELS, Plan, Quality};
use crate::stream::Stream;

/// Frames of silence that are given at a time to flush what filters hold.
const SILENCE_FRAMES: usize = 1024;

/// Converts streams and clips from one rate to another: a [`Resampler`](crate::Resampler) that owns its memory. Needs feature
/// `alloc`.
///
/// ```
/// use headroom_resample::{Converter, Quality};
///
/// let mut converter = Converter::new(44_100, 48_000, 2, Quality::Standard)?;
///
/// // A whole clip: as long as it was, and where it was in time.
/// let clip = vec![0.25_f32; 2 * 44_100];
/// assert_eq!(converter.convert(&clip).len(), 2 * 48_000);
///
/// // A stream, in blocks of any size: 10 ms here.
/// let mut output = vec![0.0; 2 * (converter.plan().output_frames_for(441) as usize + 1)];
/// let progress = converter.process(&clip[..2 * 441], &mut output);
/// assert_eq!((progress.consumed, progress.produced), (441, 480));
/// # Ok::<(), headroom_resample::ConverterError>(())
/// ```
///
/// Cost (measured, x86-64): making one takes 10 to 200 microseconds, or up to five seconds where filters have to be designed. Then it
/// is as fast as a [`Resampler`](crate::Resampler), which `cargo bench` measures; `i16` and planes add one to two nanoseconds per
/// frame and channel. 44.1 to 48 kHz in stereo takes 79 KB at [`Quality::Standard`].
///
/// Delay: [`Plan::delay`] says how far the output of a stream lags behind, 1.2 ms for that conversion. A clip does not lag.
///
/// A clone goes on where the original is in its stream; that is cheaper than a design for a second stream of the same rates.
#[derive(Debug)]
pub struct Converter<T: Pcm> {
    filters: Filters,
    stream: Stream<Vec<T::Work>, Vec<T::Work>>,
    blocks: Blocks<T::Work>,
}

impl<T: Pcm> Converter<T> {
    /// A converter from `from` Hz to `to` Hz. Between any two of [`RATES`](crate::RATES) its filters are those of
    /// [`desk_plan`](crate::desk_plan); others are designed here and now, if that takes no longer than about five seconds (of a
    /// desk, optimised; most take less than one). More patient callers design with [`Cascade`](crate::design::Cascade), and run
    /// it with a [`Resampler`](crate::Resampler).
    ///
    /// # Errors
    /// [`ConverterError`] if the channels aren't 1 to [`MAX_CHANNELS`], or if there is no filter; then it names the nearest rates
    /// for which there is one.
    pub fn new(from: u32, to: u32, channels: usize, quality: Quality) -> Result<Self, ConverterError> {
        let refused = ConverterError::Channels { channels };
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(refused);
        }
        let filters = Filters::find(from, to, quality)?;
        let plan = filters.plan();
        let state = vec![T::Work::default(); plan.needs(channels).state_words];
        let stream = Stream::new(&plan, channels, state, T::Work::copies(&plan).0).map_err(|_| refused)?;
        Ok(Self { filters, stream, blocks: Blocks::new(channels) })
    }

    /// The conversion: its rates, its delay, and how many frames become how many.
    pub fn plan(&self) -> Plan<'_> {
        self.filters.plan()
    }

    /// Channels in a frame.
    pub fn channels(&self) -> usize {
        self.stream.channels
    }

    /// Forgets the stream: the next frame is the first one.
    pub fn reset(&mut self) {
        self.stream.reset(&self.filters.plan());
    }

    /// Converts whole interleaved frames until `output` is full or `input` is used up, as
    /// [`Resampler::process`](crate::Resampler::process) does, with the same samples: `i16` as Q1.31, rounded at the end.
    ///
    /// An output one frame longer than [`Plan::output_frames_for`] says of the input's frames always takes all of them: when
    /// `output` is full, input stays behind that made nothing. Does not allocate.
    pub fn process(&mut self, input: &[T], output: &mut [T]) -> Progress {
        T::convert(self.pass(), input, output)
    }

    /// The same for frames that lie in one plane for each channel, be it a `Vec` or a slice. Does not allocate.
    ///
    /// # Errors
    /// [`PlanesError`] if there aren't as many planes as channels, or if they aren't of one length.
    pub fn process_planar<I: AsRef<[T]>, O: AsMut<[T]>>(
        &mut self,
        input: &[I],
        output: &mut [O],
    ) -> Result<Progress, PlanesError> {
        let channels = self.channels();
        let offered = frames(channels, input.iter().map(|plane| plane.as_ref().len()))?;
        let wanted = frames(channels, output.iter_mut().map(|plane| plane.as_mut().len()))?;
        let load = |first: usize, block: &mut [T::Work]| {
            for (channel, plane) in input.iter().enumerate() {
                let samples = block.iter_mut().skip(channel).step_by(channels);
                samples.zip(&plane.as_ref()[first..]).for_each(|(work, sample)| *work = sample.widened());
            }
        };
        Ok(self.pass().in_blocks(Frames { offered, wanted }, load, |first, block| {
            for (channel, plane) in output.iter_mut().enumerate() {
                let samples = block.iter().skip(channel).step_by(channels);
                let plane = plane.as_mut()[first..].iter_mut();
                plane.zip(samples).for_each(|(sample, work)| *sample = T::narrowed(*work));
            }
        }))
    }

    /// Converts a whole clip of interleaved frames; a frame cut short at its end is left out.
    ///
    /// The delay of the filters is cut and what they hold in the end is flushed: `n` frames become `n * to / from`, rounded up,
    /// and everything stays at its time, within half a frame of the output ([`Plan::alignment`] says how far off).
    /// Begins anew, and leaves the converter as if it were new.
    pub fn convert(&mut self, clip: &[T]) -> Vec<T> {
        self.reset();
        let channels = self.channels();
        let (clip, _) = clip.split_at(clip.len() / channels * channels);
        let Alignment { lead_in, skip, .. } = self.plan().alignment();
        let made = self.plan().clip_frames_for((clip.len() / channels) as u64);
        let silent = |frames: usize| vec![T::default(); frames * channels];
        let (lead_in, silence) = (silent(lead_in as usize), silent(SILENCE_FRAMES));
        let (mut skipped, mut made) = (silent(skip as usize), silent(made as usize));
        let mut parts = [&lead_in, clip].into_iter().chain(repeat(&silence[..]));
        let mut input: &[T] = &[];
        for output in [&mut skipped, &mut made] {
            let mut rest = &mut output[..];
            while !rest.is_empty() {
                if input.is_empty() {
                    input = parts.next().unwrap_or_default();
                }
                let Progress { consumed, produced } = self.process(input, rest);
                input = &input[consumed * channels..];
                rest = &mut rest[produced * channels..];
            }
        }
        self.reset();
        made
    }

    /// The same for a clip in planes, one for each channel.
    ///
    /// # Errors
    /// As for [`process_planar`](Self::process_planar).
    pub fn convert_planar<I: AsRef<[T]>>(&mut self, clip: &[I]) -> Result<Vec<Vec<T>>, PlanesError> {
        let channels = self.channels();
        let frames = frames(channels, clip.iter().map(|plane| plane.as_ref().len()))?;
        let mut interleaved = vec![T::default(); frames * channels];
        for (channel, plane) in clip.iter().enumerate() {
            let samples = interleaved.iter_mut().skip(channel).step_by(channels);
            samples.zip(plane.as_ref()).for_each(|(to, from)| *to = *from);
        }
        let made = self.convert(&interleaved);
        let plane = |channel| made.iter().skip(channel).step_by(channels).copied().collect();
        Ok((0..channels).map(plane).collect())
    }

    fn pass(&mut self) -> Pass<'_, T::Work> {
        Pass { plan: self.filters.plan(), stream: &mut self.stream, blocks: &mut self.blocks }
    }
}

impl<T: Pcm> Clone for Converter<T> {
    fn clone(&self) -> Self {
        let filters = self.filters.clone();
        // Made anew, as rows of coefficients shall start at multiples of their size.
        let stream = self.stream.with_copies(T::Work::copies(&filters.plan()).0);
        Self { filters, stream, blocks: self.blocks.clone() }
    }
}

/// The samples of each of as many planes as channels.
fn frames(channels: usize, planes: impl ExactSizeIterator<Item = usize>) -> Result<usize, PlanesError> {
    if planes.len() != channels {
        return Err(PlanesError::Count { planes: planes.len(), channels });
    }
    let mut first = None;
    for (plane, samples) in planes.enumerate() {
        let expected = *first.get_or_insert(samples);
        if samples != expected {
            return Err(PlanesError::Length { plane, samples, expected });
        }
    }
    Ok(first.unwrap_or(0))
}
