//! Streams over rings: which one comes and goes, how many frames can move, and where they lie.
//!
//! ```text
//!   prepare   expect ─► announce            the stream at the input, and what is told of the output
//!   process   ports ─► movable or room ─► grants ─► each_run ─► release, commit
//! ```

use headroom_module::schedule::Domain;
use headroom_module::{Format, InitContext, Input, ModuleError, Output, Prepare, Process};

/// A grant of a ring: the second piece is what lies past the wrap, often nothing.
pub type Pieces<'a, T> = (&'a [T], &'a [T]);

/// Room granted by a ring, in the same two pieces.
pub type PiecesMut<'a, T> = (&'a mut [T], &'a mut [T]);

/// The stream at input 0, with the rate from whichever side knows it.
///
/// # Errors
/// [`ModuleError::Unbound`], or [`ModuleError::FormatChanged`] when it is not what init `planned` for.
pub fn expect(cx: &Prepare<'_, '_>, planned: Format) -> Result<Format, ModuleError> {
    let got = cx.input_format(0)?;
    if !planned.admits(&got) {
        return Err(ModuleError::FormatChanged { planned, got });
    }
    Ok(if got.rate() == 0 { planned } else { got })
}

/// Tells whoever reads output 0 what it will get.
///
/// # Errors
/// [`ModuleError::Unbound`]: a stream that goes nowhere is a fault of the graph.
pub fn announce(cx: &mut Prepare<'_, '_>, format: Format) -> Result<(), ModuleError> {
    let bound = cx.outputs.first_mut().filter(|output| output.format().is_some());
    bound.ok_or(ModuleError::Unbound { side: "output", queue: 0 })?.set_format(format);
    Ok(())
}

/// For modules that work at the pace of the ticks.
///
/// # Errors
/// [`ModuleError::WrongDomain`] when the instance shall run as DP.
pub fn ll_only(cx: &InitContext<'_, '_>) -> Result<(), ModuleError> {
    match cx.config().domain {
        Domain::Ll => Ok(()),
        got @ Domain::Dp => Err(ModuleError::WrongDomain { got }),
    }
}

/// Frames that fit into every output whose reader runs; `None` when there is no such output.
pub fn room(outputs: &mut [Output<'_>]) -> Option<usize> {
    outputs.iter_mut().filter(|output| output.is_open()).map(|output| output.free()).min()
}

/// Both ports of the stream, or nothing where the runtime hands over none.
pub fn ports<'a, 'm>(cx: &'a mut Process<'_, 'm>) -> Option<(&'a mut Input<'m>, &'a mut Output<'m>)> {
    Some((cx.inputs.first_mut()?, cx.outputs.first_mut()?))
}

/// Frames that both ports allow now.
pub fn movable(input: &mut Input<'_>, output: &mut Output<'_>) -> usize {
    input.available().min(output.free())
}

/// Values that a frame has on either side of a loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Widths {
    /// Of the input.
    pub from: usize,
    /// Of the output.
    pub to: usize,
}

impl Widths {
    /// A value is a frame: for loops that need not know where frames begin.
    pub const SINGLE: Self = Self::same(1);

    /// As many on both sides.
    pub const fn same(width: usize) -> Self {
        Self { from: width, to: width }
    }
}

/// Calls `work` with each contiguous run of whole frames: at most three, as either side may wrap elsewhere. A width of 0
/// has no frames.
///
/// ```text
///   from  [ . . . . . | . . . ]
///   to    [ . . | . . . . . . ]
///   runs   '---' '---' '-----'
/// ```
pub fn each_run<A, B>(
    from: Pieces<'_, A>,
    to: PiecesMut<'_, B>,
    widths: Widths,
    mut work: impl FnMut(&[A], &mut [B]),
) {
    let ((mut from, mut from_wrapped), (mut to, mut to_wrapped)) = (from, to);
    let frames_in = |values: usize, width: usize| values.checked_div(width).unwrap_or(0);
    loop {
        if from.is_empty() {
            from = core::mem::take(&mut from_wrapped);
        }
        if to.is_empty() {
            to = core::mem::take(&mut to_wrapped);
        }
        let frames = frames_in(from.len(), widths.from).min(frames_in(to.len(), widths.to));
        if frames == 0 {
            return;
        }
        let (now_from, later_from) = from.split_at(frames * widths.from);
        let (now_to, later_to) = to.split_at_mut(frames * widths.to);
        work(now_from, now_to);
        (from, to) = (later_from, later_to);
    }
}

/// Takes all that is at an input and uses none of it.
///
/// # Errors
/// None that a runtime's port has: what is given back was granted.
pub fn discard(input: &mut Input<'_>) -> Result<(), ModuleError> {
    let unheard = input.available();
    // Only what was granted can be released.
    input.bytes(unheard);
    input.release(unheard)
}

/// Moves `frames` frames as they are, for streams of one format on both sides.
///
/// # Errors
/// [`ModuleError::Overdrawn`] when a port grants fewer.
pub fn copy(input: &mut Input<'_>, output: &mut Output<'_>, frames: usize) -> Result<(), ModuleError> {
    lay_out(input, output, frames);
    input.release(frames)?;
    output.commit(frames)
}

/// Copies `frames` frames as they are; the ports keep them until released and committed.
pub fn lay_out(input: &mut Input<'_>, output: &mut Output<'_>, frames: usize) {
    each_run(input.bytes(frames), output.bytes_mut(frames), Widths::SINGLE, |from, to| {
        to.copy_from_slice(from)
    });
}

#[cfg(test)]
mod tests {
    extern crate std;

    use proptest::prelude::*;
    use std::vec::Vec;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn runs_are_all_frames_in_order_wherever_the_wraps_are(
            (frames, cut_from, cut_to) in (0usize..50).prop_flat_map(|n| (Just(n), 0..=n, 0..=n)),
            widths in (1usize..=8, 1usize..=8),
        ) {
            let from: Vec<usize> = (0..frames * widths.0).collect();
            let mut to = std::vec![usize::MAX; frames * widths.1];
            let mut runs = 0;
            let (first, second) = to.split_at_mut(cut_to * widths.1);
            let (left, right) = (from.split_at(cut_from * widths.0), (first, second));
            each_run(left, right, Widths { from: widths.0, to: widths.1 }, |from, to| {
                runs += 1;
                for (from, to) in from.chunks_exact(widths.0).zip(to.chunks_exact_mut(widths.1)) {
                    to.fill(from[0] / widths.0);
                }
            });
            let expected: Vec<usize> = (0..frames * widths.1).map(|at| at / widths.1).collect();
            prop_assert_eq!(to, expected);
            prop_assert!(runs <= 3);
        }
    }
}
