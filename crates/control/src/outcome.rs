//! What carrying out a request comes to, and the checks that requests about modules share.

use headroom_ipc4::ModuleId;
use headroom_module::instance::ComponentId;
use headroom_runtime::{Error, Runtime};

use crate::Reason;

/// What a verb gave back: the extension word and the bytes of payload, or the extension word and why not.
pub(crate) type Outcome = Result<(u32, usize), (u32, Reason)>;

/// For requests that end here: that the module is missing is told before anything else.
pub(crate) fn check_module(runtime: &Runtime<'_>, id: ComponentId) -> Result<(), Reason> {
    if runtime.modules().any(|module| module.id == id) { Ok(()) } else { Err(Error::NoModule(id).into()) }
}

pub(crate) fn component(id: ModuleId) -> ComponentId {
    ComponentId::new(id.module, id.instance)
}
