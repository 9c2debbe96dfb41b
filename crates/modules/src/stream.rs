//! What the modules here have in common: streams from inputs to outputs, and what is said of them.

use headroom_module::{Domain, Format, InitContext, Input, ModuleError, Output, Payload, Prepare, Process};

/// A grant of a ring: the second piece is what lies past the wrap, often nothing.
pub(crate) type Pieces<'a, T> = (&'a [T], &'a [T]);

/// Room granted by a ring, in the same two pieces.
pub(crate) type PiecesMut<'a, T> = (&'a mut [T], &'a mut [T]);

/// The stream at input 0, with the rate from whichever side knows it.
///
/// # Errors
/// [`ModuleError::Unbound`], or [`ModuleError::FormatChanged`] when it is not what init `planned` for.
pub(crate) fn expect(cx: &Prepare<'_, '_>, planned: Format) -> Result<Format, ModuleError> {
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
pub(crate) fn announce(cx: &mut Prepare<'_, '_>, format: Format) -> Result<(), ModuleError> {
    let bound = cx.outputs.first_mut().filter(|output| output.format().is_some());
    bound.ok_or(ModuleError::Unbound { side: "output", queue: 0 })?.set_format(format);
    Ok(())
}

/// For modules that work at the pace of the ticks.
///
/// # Errors
/// [`ModuleError::WrongDomain`] when the instance shall run as DP.
pub(crate) fn ll_only(cx: &InitContext<'_, '_>) -> Result<(), ModuleError> {
    match cx.config().domain {
        Domain::Ll => Ok(()),
        got @ Domain::Dp => Err(ModuleError::WrongDomain { got }),
    }
}

/// Frames that fit into every output whose reader runs; `None` when there is no such output.
pub(crate) fn room(outputs: &mut [Output<'_>]) -> Option<usize> {
    outputs.iter_mut().filter(|output| output.is_open()).map(|output| output.free()).min()
}

/// Writes `records` one after the other and returns their bytes.
///
/// # Errors
/// [`ModuleError::ShortReply`] when they don't fit; what was written then means nothing.
pub(crate) fn reply_all<const BYTES: usize>(
    reply: &mut [u8],
    records: impl ExactSizeIterator<Item = [u8; BYTES]>,
) -> Result<usize, ModuleError> {
    let (needed, got) = (BYTES * records.len(), reply.len());
    let room = reply.get_mut(..needed).ok_or(ModuleError::ShortReply { needed, got })?;
    for (place, record) in room.chunks_exact_mut(BYTES).zip(records) {
        place.copy_from_slice(&record);
    }
    Ok(needed)
}

/// Writes one word and returns its bytes.
///
/// # Errors
/// As for [`reply_all`].
pub(crate) fn reply_word(reply: &mut [u8], word: u32) -> Result<usize, ModuleError> {
    reply_all(reply, [word.to_le_bytes()].into_iter())
}

/// The word that is all of a parameter's value.
///
/// # Errors
/// [`ModuleError::ShortPayload`] about `what`, or [`ModuleError::BadValue`] when more follows.
pub(crate) fn only_word(data: &[u8], what: &'static str) -> Result<u32, ModuleError> {
    let mut payload = Payload::new(data);
    let word = payload.u32(what)?;
    match payload.rest().len() as u32 {
        0 => Ok(word),
        got => {
            Err(ModuleError::BadValue { what: "bytes after the word of a parameter", got, min: 0, max: 0 })
        }
    }
}

/// Both ports of the stream, or nothing where the runtime hands over none.
pub(crate) fn ports<'a, 'm>(cx: &'a mut Process<'_, 'm>) -> Option<(&'a mut Input<'m>, &'a mut Output<'m>)> {
    Some((cx.inputs.first_mut()?, cx.outputs.first_mut()?))
}

/// Frames that both ports allow now.
pub(crate) fn movable(input: &mut Input<'_>, output: &mut Output<'_>) -> usize {
    input.available().min(output.free())
}

/// Calls `work` with each contiguous run of whole frames: at most three, as either side may wrap elsewhere.
///
/// ```text
///   from  [ . . . . . | . . . ]        a frame is `widths.0` values of `from`, `widths.1` of `to`
///   to    [ . . | . . . . . . ]
///   runs   '---' '---' '-----'
/// ```
pub(crate) fn each_run<A, B>(
    from: Pieces<'_, A>,
    to: PiecesMut<'_, B>,
    widths: (usize, usize),
    mut work: impl FnMut(&[A], &mut [B]),
) {
    let ((mut from, mut from_wrapped), (mut to, mut to_wrapped)) = (from, to);
    loop {
        if from.is_empty() {
            from = core::mem::take(&mut from_wrapped);
        }
        if to.is_empty() {
            to = core::mem::take(&mut to_wrapped);
        }
        let frames = (from.len() / widths.0).min(to.len() / widths.1);
        if frames == 0 {
            return;
        }
        let (now_from, later_from) = from.split_at(frames * widths.0);
        let (now_to, later_to) = to.split_at_mut(frames * widths.1);
        work(now_from, now_to);
        (from, to) = (later_from, later_to);
    }
}

/// Moves `frames` frames as they are, for streams of one format on both sides.
///
/// # Errors
/// [`ModuleError::Overdrawn`] when a port grants fewer.
pub(crate) fn copy(input: &mut Input<'_>, output: &mut Output<'_>, frames: usize) -> Result<(), ModuleError> {
    lay_out(input, output, frames);
    input.release(frames)?;
    output.commit(frames)
}

/// Copies `frames` frames as they are; the ports keep them until released and committed.
pub(crate) fn lay_out(input: &mut Input<'_>, output: &mut Output<'_>, frames: usize) {
    each_run(input.bytes(frames), output.bytes_mut(frames), (1, 1), |from, to| to.copy_from_slice(from));
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
            each_run(from.split_at(cut_from * widths.0), (first, second), widths, |from, to| {
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
