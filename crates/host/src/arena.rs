//! The desk's SRAM: the memory that a session's page pool manages.

use std::mem::MaybeUninit;

use headroom_runtime::{PagePool, Platform, Profile};

use crate::error::Error;
use crate::topology::{Memory, Topology};

/// Pages and their tables; the operating system gives them to the process as they are touched.
pub(crate) struct Arena {
    pages: Box<[MaybeUninit<u8>]>,
    tables: Box<[MaybeUninit<u8>]>,
}

/// Beyond what a topology declares: LL modules without a region, DP modules by default, and the runtime's own tables.
const SPARE_BYTES: usize = 16 << 20;

impl Arena {
    /// An arena in which everything that `topology` declares has room, so that what is refused is refused by the
    /// platform's rules and not by the desk's size.
    pub(crate) fn for_topology(topology: &Topology) -> Self {
        let pipelines = topology.pipelines.iter().map(|pipeline| u64::from(pipeline.heap_bytes));
        let widgets = topology.widgets.iter().map(|widget| match widget.memory {
            None => 0,
            Some(Memory::Heap(bytes)) => bytes.into(),
            Some(Memory::Split { lifetime, interim }) => u64::from(lifetime) + u64::from(interim),
        });
        // What is above the platform's limit is refused anyway.
        let limit = Platform::DESK.region_limit as u64;
        let declared: u64 = pipelines.chain(widgets).filter(|&bytes| bytes <= limit).sum();
        let page = Profile::DESK.page_bytes;
        let rounding = page * (topology.pipelines.len() + topology.widgets.len() + 1);
        let bytes = Platform::DESK.common_bytes + SPARE_BYTES + declared as usize + rounding;
        let tables = PagePool::table_bytes(&Profile::DESK, bytes);
        Self { pages: Box::new_uninit_slice(bytes), tables: Box::new_uninit_slice(tables) }
    }

    /// The pool over it.
    pub(crate) fn pool(&mut self) -> Result<PagePool<'_>, Error> {
        PagePool::new(Profile::DESK, &mut self.pages, &mut self.tables).map_err(|error| Error::Desk {
            what: error.to_string(),
            help: "declare less memory in the topology".to_owned(),
        })
    }
}
