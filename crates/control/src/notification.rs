//! What a driver is told of the runtime's events, unasked.

use headroom_ipc4::{ModuleId, Notification};
use headroom_module::ModuleError;
use headroom_module::instance::ComponentId;
use headroom_runtime::{Event, GatewayDirection};

/// The original's error numbers, those of Linux.
const EIO: i32 = -5;
const ENOMEM: i32 = -12;
const EINVAL: i32 = -22;

/// The notification for an event; `None` for one that is only for the log.
///
/// | event | resource | notification |
/// |---|---|---|
/// | a gateway missed frames, once until it is served again | the copier's pipeline | playback: GATEWAY_UNDERRUN, capture: GATEWAY_OVERRUN |
/// | a mixer has nothing, at most once in its underrun period | the mixer's pipeline | MIXER_UNDERRUN, with its frames |
/// | a module fails in a run | the module | PROCESS_DATA_ERROR, with an error number of Linux |
pub fn notification(event: &Event) -> Option<Notification> {
    match event {
        Event::Fault { component, error } => {
            Some(Notification::ProcessDataError { id: module_id(*component), error: number(error) })
        }
        Event::GatewayMissed { pipeline, node, direction, .. } => {
            let pipeline = u32::from(*pipeline);
            Some(match stream_direction(*node, *direction) {
                Stream::Playback => Notification::PipelineUnderrun { pipeline },
                Stream::Capture => Notification::PipelineOverrun { pipeline },
            })
        }
        Event::MixShortage { pipeline, expected_end, shortage, .. } => Some(Notification::MixerUnderrun {
            pipeline: (*pipeline).into(),
            end_of_stream: *expected_end,
            mixed: shortage.mixed,
            expected: shortage.expected,
        }),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stream {
    Playback,
    Capture,
}

/// Node types 0 to 2 are the host's side, all others the link's.
const HOST_TYPES: u32 = 3;

/// Which way a stream goes that crosses a gateway this way: what comes in from the host and what goes out to a link is
/// playback. The original tells underruns and overruns apart by that alone.
const fn stream_direction(node: u32, direction: GatewayDirection) -> Stream {
    let of_host = (node >> 8 & 0x1f) < HOST_TYPES;
    match (of_host, direction) {
        (true, GatewayDirection::In) | (false, GatewayDirection::Out) => Stream::Playback,
        (true, GatewayDirection::Out) | (false, GatewayDirection::In) => Stream::Capture,
    }
}

fn module_id(component: ComponentId) -> ModuleId {
    let [module_low, module_high, instance, _] = component.word().to_le_bytes();
    ModuleId { module: u16::from_le_bytes([module_low, module_high]), instance }
}

fn number(error: &ModuleError) -> i32 {
    match error {
        ModuleError::Memory(_) => ENOMEM,
        ModuleError::NoGateway { .. } => EIO,
        _ => EINVAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use GatewayDirection::{In, Out};

    #[test]
    fn stream_direction_table() {
        // Node types with their one direction: host, HDA link, microphones, I2S, SoundWire, USB, multilink.
        let playback = [(0, In), (8, Out), (12, Out), (16, Out), (18, Out), (22, Out)];
        let capture = [(1, Out), (9, In), (11, In), (13, In), (17, In), (19, In), (23, In)];
        for (cases, stream) in [(&playback[..], Stream::Playback), (&capture[..], Stream::Capture)] {
            for &(kind, direction) in cases {
                // Only the type counts, not the index below it nor what is above.
                for node in [kind << 8, kind << 8 | 0xff, kind << 8 | 0xffff_e0aa] {
                    assert_eq!(stream_direction(node, direction), stream, "type {kind}");
                }
            }
        }
    }
}
