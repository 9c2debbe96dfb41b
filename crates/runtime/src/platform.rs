//! What the runtime takes from the platform: sizes, floors, limits and the length of a tick.

/// The figures of one platform. [`Platform::DESK`] has SOF's defaults.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Platform {
    /// Microseconds between LL ticks.
    pub tick_us: u32,
    /// Cores that pipelines and modules can be put on.
    pub cores: u8,
    /// Bytes of a DP module's region when the message names none.
    pub dp_region_bytes: usize,
    /// The largest region that a message can ask for.
    pub region_limit: usize,
    /// Bytes of a DP module's stack when the message names none.
    pub stack_bytes: u32,
    /// The smallest stack that a DP module gets, whatever the message says.
    pub stack_floor: u32,
    /// The most bytes that a parameter value can have that comes or goes in parts: the largest blob, and a header.
    pub parameter_bytes: usize,
    /// Bytes of the common region: what is on its way to modules, the runtime's own tables, and every LL module whose pipeline
    /// has no region.
    pub common_bytes: usize,
    /// Pipelines that there can be at once.
    pub pipelines: u16,
    /// Module instances that there can be at once.
    pub modules: u16,
    /// Connections that there can be at once; the rings behind gateways are none.
    pub edges: u16,
    /// Events that are kept until somebody takes them; later ones are counted, not kept.
    pub events: u16,
}

impl Platform {
    /// The desk: SOF's sizes (its Kconfig defaults; the stack floor and the cap of its pull request 10783), room for the largest
    /// topologies.
    pub const DESK: Self = Self {
        tick_us: 1000,
        cores: 4,
        dp_region_bytes: 20480,
        region_limit: 64 << 20,
        stack_bytes: 8192,
        stack_floor: 2048,
        parameter_bytes: 16_384 + 32,
        common_bytes: 1 << 20,
        pipelines: 64,
        modules: 256,
        edges: 256,
        events: 256,
    };

    /// The stack that a DP module gets for a message that asks for `asked` bytes; 0 asks for the default.
    pub const fn stack_for(&self, asked: u32) -> u32 {
        match asked {
            0 => self.stack_bytes,
            small if small < self.stack_floor => self.stack_floor,
            enough => enough,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Platform;

    #[test]
    fn stack_table() {
        let cases = [(0, 8192), (1, 2048), (2047, 2048), (2048, 2048), (4096, 4096), (u32::MAX, u32::MAX)];
        for (asked, given) in cases {
            assert_eq!(Platform::DESK.stack_for(asked), given, "{asked}");
        }
    }
}
