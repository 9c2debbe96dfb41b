//! Memory by phase: a handle to a region that can ask for one kind of memory only.

use core::alloc::Layout;

pub use vregion::AllocError;
use vregion::{Block, Placement, Region, Shared};

macro_rules! phase_memory {
    ($(#[$doc:meta])* $name:ident, $placement:expr) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name<'m> {
            region: Region<'m>,
            placement: Placement,
        }

        impl<'m> $name<'m> {
            /// Requests of this kind from `region`.
            pub(crate) fn new(region: Region<'m>) -> Self {
                Self { region, placement: $placement }
            }

            /// `len` values of `fill`, named `what` in reports and errors.
            ///
            /// # Errors
            /// [`AllocError`] when the region has no room.
            pub fn slice<T: Copy>(
                &self,
                len: usize,
                fill: T,
                what: &'static str,
            ) -> Result<Block<'m, [T]>, AllocError> {
                self.region.slice(self.placement, len, fill, what)
            }

            /// One value, named `what` in reports and errors.
            ///
            /// # Errors
            /// [`AllocError`] when the region has no room.
            pub fn value<T>(&self, value: T, what: &'static str) -> Result<Block<'m, T>, AllocError> {
                self.region.value(self.placement, value, what)
            }

            /// Zeroed bytes of any alignment, named `what` in reports and errors.
            ///
            /// # Errors
            /// [`AllocError`] when the region has no room.
            pub fn bytes(&self, layout: Layout, what: &'static str) -> Result<Block<'m, [u8]>, AllocError> {
                self.region.bytes(self.placement, layout, what)
            }

            /// One value with counted owners, named `what` in reports and errors.
            ///
            /// # Errors
            /// [`AllocError`] when the region has no room.
            pub fn shared<T>(&self, value: T, what: &'static str) -> Result<Shared<'m, T>, AllocError> {
                self.region.shared(self.placement, value, what)
            }

            /// `len` values made by `make` from their index, named `what` in reports and errors.
            ///
            /// # Errors
            /// [`AllocError`] when the region has no room.
            pub fn slice_from_fn<T>(
                &self,
                len: usize,
                make: impl FnMut(usize) -> T,
                what: &'static str,
            ) -> Result<Block<'m, [T]>, AllocError> {
                self.region.slice_from_fn(self.placement, len, make, what)
            }
        }
    };
}

phase_memory! {
    /// Memory for as long as the module lives: what `init` is handed.
    Lifetime, Placement::Lifetime
}

phase_memory! {
    /// Memory that comes and goes while the module lives: what `prepare` is handed. The first request ends the first phase
    /// of its region.
    Interim, Placement::Interim
}

phase_memory! {
    /// Memory that follows the phase of its region: lifetime until the pipeline is complete, interim after it. It ends no
    /// phase and is never late: what configuration is handed, which comes at any time.
    Indifferent, Placement::Indifferent
}

impl<'m> Lifetime<'m> {
    /// Requests that take whatever phase `region` is in.
    pub(crate) fn indifferent(region: Region<'m>) -> Self {
        Self { region, placement: Placement::Indifferent }
    }

    /// Zeroed bytes on whole cache lines of their own, named `what` in reports and errors: for what is shared between cores
    /// or with DMA.
    ///
    /// # Errors
    /// [`AllocError`] when the region has no room.
    pub fn bytes_coherent(&self, layout: Layout, what: &'static str) -> Result<Block<'m, [u8]>, AllocError> {
        self.region.bytes_coherent(self.placement, layout, what)
    }
}

impl Interim<'_> {
    /// Bytes of the largest request that there is room for now, at the alignment of bytes. 0 before the region is sealed.
    pub fn largest_free(&self) -> usize {
        self.region.statistics().largest_free
    }
}
