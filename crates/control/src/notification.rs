//! What a driver is told of the runtime's events, unasked.

use headroom_ipc4::{ModuleId, Notification};
use headroom_module::{ComponentId, ModuleError};
use headroom_runtime::Event;

/// The original's error numbers, those of Linux.
const EIO: i32 = -5;
const ENOMEM: i32 = -12;
const EINVAL: i32 = -22;

/// The notification for an event; `None` for one that is only for the log. A fault of an endpoint is told as one of its
/// copier, as drivers don't know endpoints.
pub fn notification(event: &Event) -> Option<Notification> {
    match event {
        Event::Fault { component, error } => {
            Some(Notification::ProcessDataError { id: module_id(*component), error: number(error) })
        }
        _ => None,
    }
}

fn module_id(component: ComponentId) -> ModuleId {
    let [module_low, module_high, instance, _] = component.word().to_le_bytes();
    ModuleId { module: u16::from_le_bytes([module_low, module_high]), instance }
}

fn number(error: &ModuleError) -> i32 {
    match error {
        ModuleError::Memory(_) => ENOMEM,
        ModuleError::Endpoint | ModuleError::NoGateway { .. } => EIO,
        _ => EINVAL,
    }
}
