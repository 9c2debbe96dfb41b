//! The payload of a kcontrol's switch. Source: SOF's `sof_ipc4_control_msg_payload` in `src/include/ipc4/header.h`.
//!
//! ```text
//!   0 kcontrol (u16) | 2 entries n (u16) | 4 reserved (16 B) | 20 n entries: channel, value
//! ```

use headroom_module::{ModuleError, Payload};

const HEADER_BYTES: usize = 20;
const ENTRY_BYTES: usize = 8;

/// Hands each entry to `apply`: the channel, and whether it is to be heard.
///
/// # Errors
/// What is wrong with the first bad entry; those before it have been handed over.
pub(super) fn each(
    data: &[u8],
    channels: usize,
    mut apply: impl FnMut(usize, bool),
) -> Result<(), ModuleError> {
    let mut payload = Payload::new(data);
    let head: [u8; HEADER_BYTES] = payload.array("switch header")?;
    let entries = u16::from_le_bytes([head[2], head[3]]);
    for _ in 0..entries {
        let (channel, value) = (payload.u32("switch channel")?, payload.u32("switch value")?);
        if channel as usize >= channels {
            let max = channels as u32 - 1;
            return Err(ModuleError::BadValue { what: "switch channel", got: channel, min: 0, max });
        }
        if value > 1 {
            return Err(ModuleError::BadValue { what: "switch value", got: value, min: 0, max: 1 });
        }
        apply(channel as usize, value == 1);
    }
    Ok(())
}

/// Writes the entries behind a header and returns their bytes.
///
/// # Errors
/// [`ModuleError::ShortReply`]; nothing is written then.
pub(super) fn reply(
    reply: &mut [u8],
    entries: impl ExactSizeIterator<Item = (u32, bool)>,
) -> Result<usize, ModuleError> {
    let (count, got) = (entries.len(), reply.len());
    let needed = HEADER_BYTES + ENTRY_BYTES * count;
    let (head, rest) = reply
        .get_mut(..needed)
        .and_then(|reply| reply.split_at_mut_checked(HEADER_BYTES))
        .ok_or(ModuleError::ShortReply { needed, got })?;
    head.fill(0);
    head[2..4].copy_from_slice(&(count as u16).to_le_bytes());
    for (place, (channel, heard)) in rest.chunks_exact_mut(ENTRY_BYTES).zip(entries) {
        place[..4].copy_from_slice(&channel.to_le_bytes());
        place[4..].copy_from_slice(&u32::from(heard).to_le_bytes());
    }
    Ok(needed)
}
