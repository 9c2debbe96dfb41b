//! How a request ended, as the number in its reply.

use core::fmt;

/// The outcome of a request: 0 for success, else why not. 24 bits on the wire.
///
/// Displays as the protocol's name and the number, `INVALID_REQUEST (7)`. Any number is a status, as a
/// firmware may know more than this table.
///
/// Source: `enum ipc4_status`, `src/include/ipc4/error_status.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Status(
    /// The number on the wire.
    pub u32,
);

/// The protocol's numbers: each becomes a constant and its name.
macro_rules! statuses {
    ($($number:literal $name:ident: $meaning:literal,)*) => {
        impl Status {
            $(
                #[doc = concat!(stringify!($number), ": ", $meaning, ".")]
                pub const $name: Self = Self($number);
            )*

            /// The protocol's name, `None` for a number without one.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some(stringify!($name)),)*
                    _ => None,
                }
            }
        }
    };
}

statuses! {
    0 SUCCESS: "done",
    1 INVALID_PARAM: "a number of the message is out of its range",
    2 UNKNOWN_MESSAGE_TYPE: "no such module message type",
    3 OUT_OF_MEMORY: "the memory for it is not there",
    4 BUSY: "try again later",
    5 BAD_STATE: "the firmware is not in the state for it",
    6 FAILURE: "it failed, for no reason that has a number",
    7 INVALID_REQUEST: "it may not be asked for now, or not of this object",
    9 INVALID_RESOURCE_ID: "no such object, or, on create, one that exists already",
    10 RESOURCE_ID_EXISTS: "the object exists already; the original answers 9 instead",
    12 INVALID_RESOURCE_STATE: "the object is in the wrong state for it",
    13 POWER_TRANSITION_FAILED: "a power state could not be reached",
    14 INVALID_MANIFEST: "a library's manifest is damaged",
    15 UNAVAILABLE: "a message type that is not served",
    42 LOAD_ADDRESS_OUT_OF_RANGE: "a library's load address is outside memory",
    44 CSE_VALIDATION_FAILED: "a library's signature was refused",
    100 MOD_MGMT_ERROR: "module management failed",
    101 MOD_LOAD_CL_FAILED: "the code loader failed",
    102 MOD_LOAD_INVALID_HASH: "a loaded module has the wrong hash",
    103 MOD_INSTANCE_EXISTS: "the instance exists already; the original answers 104 instead",
    104 MOD_NOT_INITIALIZED: "the instance could not be made",
    110 MOD_INVALID_ID: "no such module; the original answers 104 instead",
    111 MOD_INST_INVALID_ID: "no such instance",
    112 QUEUE_INVALID_ID: "no such queue at the source",
    113 QUEUE_DST_INVALID_ID: "no such queue at the destination",
    116 INVALID_CORE_ID: "no such core",
    117 PROBE_DMA_INJECTION_BUFFER_TOO_SMALL: "a probe's injection buffer is too small",
    118 PROBE_DMA_EXTRACTION_BUFFER_TOO_SMALL: "a probe's extraction buffer is too small",
    120 INVALID_CONFIG_PARAM_ID: "the module has no such parameter",
    121 INVALID_CONFIG_DATA_LEN: "the parameter's data has the wrong length",
    122 INVALID_CONFIG_DATA_STRUCT: "the parameter's data is malformed",
    140 GATEWAY_NOT_INITIALIZED: "the gateway was not set up",
    141 GATEWAY_NOT_EXIST: "no such gateway",
    142 GATEWAY_STATE_NOT_SET: "the gateway did not change its state",
    143 GATEWAY_NOT_ALLOCATED: "the gateway was not allocated",
    150 SCLK_ALREADY_RUNNING: "the bit clock runs already",
    151 MCLK_ALREADY_RUNNING: "the master clock runs already",
    152 NO_RUNNING_SCLK: "no bit clock runs",
    153 NO_RUNNING_MCLK: "no master clock runs",
    164 PIPELINE_STATE_NOT_SET: "the pipeline did not change its state",
    3018 INVALID_CHAIN_STATE_TRANSITION: "a DMA chain can't go to that state from its own",
    0xff_ffff MAX: "the largest number that a reply can carry",
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.0),
            None => write!(f, "status {}", self.0),
        }
    }
}
