//! A converter at work: the resampler in region memory, and the way of ring samples through it.

use headroom_module::memory::AllocError;
use headroom_module::sample::Sample;
use headroom_module::{Block, Input, ModuleError, Output};
use headroom_resample::{Plan, Resampler, SetupError};

use crate::kit::stream::{self, Pieces};

/// Memory of a region, whichever phase it is of.
type Words<'m> = Block<'m, [i32]>;

/// Samples that go through the kernel at a time: eight frames of eight channels. Two such chunks are on the stack.
const CHUNK: usize = 64;

/// Between the words of a ring and Q1.31.
#[derive(Clone, Copy)]
pub(super) struct Codec<T> {
    pub(super) read: fn(&[T], &mut [i32]),
    pub(super) write: fn(&[i32], &mut [T]),
}

/// What a run has moved, in frames.
#[derive(Clone, Copy, Default)]
struct Moved {
    used: usize,
    made: usize,
}

/// What converts: nothing at all for equal rates, else filters with all their memory.
#[expect(clippy::large_enum_variant, reason = "lies in region memory already, and there is no other")]
pub(super) enum Engine<'m> {
    /// Equal rates: frames go through as they are.
    Copy,
    /// Different rates.
    Filter(Resampler<'static, Words<'m>, Words<'m>>),
}

impl<'m> Engine<'m> {
    /// Sets the stages of `plan` up for `channels` channels, with all they need from `allocate` (words, what for):
    /// one copy of the coefficients of each stage, one block for all delay lines.
    ///
    /// # Errors
    /// [`ModuleError::Memory`]; what was allocated before is given back.
    pub(super) fn new(
        plan: Plan<'static>,
        channels: usize,
        allocate: impl Fn(usize, &'static str) -> Result<Words<'m>, AllocError>,
    ) -> Result<Self, ModuleError> {
        if plan.stages().is_empty() {
            return Ok(Self::Copy);
        }
        let mut copies = [None, None];
        for (copy, stage) in copies.iter_mut().zip(plan.stages()) {
            let mut words = allocate(stage.coefficients.len(), "src coefficients")?;
            words.copy_from_slice(stage.coefficients);
            *copy = Some(words);
        }
        let lines = allocate(plan.needs(channels).state_words, "src delay lines")?;
        Resampler::with_copies(plan, channels, lines, copies).map(Self::Filter).map_err(setup_error)
    }

    /// From and to which rate it converts, in Hz; `None` where frames only go through.
    pub(super) fn rates(&self) -> Option<(u32, u32)> {
        let Self::Filter(resampler) = self else { return None };
        Some((resampler.plan().from(), resampler.plan().to()))
    }

    /// Whether this is what input at `from` Hz needs to come out at `to` Hz.
    pub(super) fn is_between(&self, from: u32, to: u32) -> bool {
        match self {
            Self::Copy => from == to,
            Self::Filter(resampler) => (resampler.plan().from(), resampler.plan().to()) == (from, to),
        }
    }

    /// Forgets the audio that went through.
    pub(super) fn reset(&mut self) {
        if let Self::Filter(resampler) = self {
            resampler.reset();
        }
    }

    /// Frames of delay at the output, rounded to the nearest.
    pub(super) fn delay_frames(&self) -> u32 {
        let Self::Filter(resampler) = self else { return 0 };
        let (frames, per) = resampler.plan().delay();
        (2 * frames + per) / (2 * per)
    }

    /// Converts as much as both ports allow.
    ///
    /// # Errors
    /// [`ModuleError::UnsupportedSamples`] when the streams' samples are not of type `T`.
    pub(super) fn process<T: Sample>(
        &mut self,
        input: &mut Input<'_>,
        output: &mut Output<'_>,
        codec: Codec<T>,
    ) -> Result<(), ModuleError> {
        let (available, free) = (input.available(), output.free());
        let resampler = match self {
            Self::Copy => return stream::copy(input, output, available.min(free)),
            Self::Filter(resampler) => resampler,
        };
        let (from, (first, second)) = (input.samples::<T>(available)?, output.samples_mut::<T>(free)?);
        let mut all = Moved::default();
        for room in [first, second] {
            let moved = fill(resampler, tail(from, all.used * resampler.channels()), room, codec);
            all = Moved { used: all.used + moved.used, made: all.made + moved.made };
        }
        input.release(all.used)?;
        output.commit(all.made)
    }
}

/// Fills `room` with what comes of the samples of `from`.
///
/// ```text
///   ring words ─ read ─► chunk ─ resampler ─► chunk ─ write ─► ring words
/// ```
fn fill<'m, T: Sample>(
    resampler: &mut Resampler<'static, Words<'m>, Words<'m>>,
    from: Pieces<'_, T>,
    room: &mut [T],
    codec: Codec<T>,
) -> Moved {
    let channels = resampler.channels();
    let most = CHUNK / channels * channels;
    let (mut wide_in, mut wide_out) = ([0; CHUNK], [0; CHUNK]);
    let Moved { mut used, mut made } = Moved::default();
    while made < room.len() / channels {
        let offered = tail(from, used * channels).0;
        let (offered, room) = (&offered[..offered.len().min(most)], &mut room[made * channels..]);
        let (taken, filled) = (offered.len(), room.len().min(most));
        (codec.read)(offered, &mut wide_in[..taken]);
        // With nothing left to offer, frames whose input is in already still come out.
        let progress = resampler.process(&wide_in[..taken], &mut wide_out[..filled]);
        let words = progress.produced * channels;
        (codec.write)(&wide_out[..words], &mut room[..words]);
        (used, made) = (used + progress.consumed, made + progress.produced);
        if progress.consumed == 0 && progress.produced == 0 {
            break;
        }
    }
    Moved { used, made }
}

/// What is left after the first `start` samples.
fn tail<T>((first, second): Pieces<'_, T>, start: usize) -> Pieces<'_, T> {
    match first.get(start..) {
        Some(rest) if !rest.is_empty() => (rest, second),
        _ => (second.get(start - first.len().min(start)..).unwrap_or(&[]), &[]),
    }
}

/// Says what the plan and the memory made from it disagree on; a format's channels and the plan's own needs never do.
fn setup_error(error: SetupError) -> ModuleError {
    match error {
        SetupError::Channels { channels } => {
            ModuleError::BadValue { what: "src channels", got: channels as u32, min: 1, max: 8 }
        }
        SetupError::StateTooSmall { needed, given } => ModuleError::BadValue {
            what: "src delay line words",
            got: given as u32,
            min: needed as u32,
            max: u32::MAX,
        },
        SetupError::CoefficientsTooSmall { needed, given, .. } => ModuleError::BadValue {
            what: "src coefficient words",
            got: given as u32,
            min: needed as u32,
            max: u32::MAX,
        },
        SetupError::CopyDiffers { stage } => ModuleError::BadValue {
            what: "src stage with wrong coefficients",
            got: stage as u32,
            min: 0,
            max: 0,
        },
    }
}
