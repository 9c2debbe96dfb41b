//! How far the link behind a copier's gateway is, as hosts read it in parameters 4 and 5.
//!
//! ```text
//!   0 bytes that crossed the link (u64) | 8 microseconds at that time (u64) | 16 bytes that the copier moved (u64)
//!   parameter 4 ends here ──────────────────────────────────────────────────┘                      parameter 5 ──┘
//! ```
//!
//! Source: SOF's `ipc4_llp_reading` and `ipc4_llp_reading_extended` in `src/include/ipc4/copier.h`. Of a stream that does
//! not run all are 0 there; here a stream that is held keeps the position at which it was.

use headroom_module::Process;
use headroom_module::gateway::{Gateway, GatewayDirection};

/// Bytes of parameter 4.
const READING: usize = 16;
/// Bytes of parameter 5.
const EXTENDED: usize = 24;

/// As it was at the beginning of the last run.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Position {
    crossed: u64,
    at_us: u64,
    moved: u64,
}

impl Position {
    /// What the ports of a copier say in a run.
    pub(super) fn now(gateway: &Gateway, cx: &Process<'_, '_>) -> Self {
        let frames = match gateway.direction {
            GatewayDirection::In => cx.inputs.first().map(|input| (input.arrived(), input.frames())),
            GatewayDirection::Out => cx.outputs.first().map(|output| (output.taken(), output.frames())),
        };
        let (crossed, moved) = frames.unwrap_or_default();
        let bytes = |frames: u64| frames.saturating_mul(gateway.format.frame_bytes() as u64);
        let at_us = cx.tick().index.saturating_mul(cx.tick().period_us.into());
        Self { crossed: bytes(crossed), at_us, moved: bytes(moved) }
    }

    pub(super) fn reading(&self) -> [u8; READING] {
        let mut bytes = [0; READING];
        bytes.copy_from_slice(&self.extended()[..READING]);
        bytes
    }

    pub(super) fn extended(&self) -> [u8; EXTENDED] {
        let mut bytes = [0; EXTENDED];
        let numbers = [self.crossed, self.at_us, self.moved];
        for (place, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }
}
