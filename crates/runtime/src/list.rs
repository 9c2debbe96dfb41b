//! A short list in a table of fixed length: what a tick goes through, worked out when the graph changes.

use core::ops::Deref;

use vregion::{AllocError, Block, Placement, Region};

/// At most as many items as its table holds. Ticks read it as a slice; verbs write it anew.
pub(crate) struct List<'m, T> {
    table: Block<'m, [T]>,
    len: usize,
}

impl<'m, T: Copy + Default> List<'m, T> {
    pub(crate) fn new(region: &Region<'m>, most: usize, what: &'static str) -> Result<Self, AllocError> {
        let table = region.slice(Placement::Lifetime, most.max(1), T::default(), what)?;
        Ok(Self { table, len: 0 })
    }

    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    /// Adds an item at the end. The table is as long as that of the things that are listed, so there is room.
    pub(crate) fn push(&mut self, item: T) {
        if let Some(free) = self.table.get_mut(self.len) {
            *free = item;
            self.len += 1;
        }
    }

    /// The items, for whoever puts them in order.
    pub(crate) fn as_mut(&mut self) -> &mut [T] {
        self.table.get_mut(..self.len).unwrap_or_default()
    }

    /// Keeps those that `keep` says yes to, in their order.
    pub(crate) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        let mut kept = 0;
        for n in 0..self.len {
            if keep(&self.table[n]) {
                self.table[kept] = self.table[n];
                kept += 1;
            }
        }
        self.len = kept;
    }
}

impl<T> Deref for List<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.table.get(..self.len).unwrap_or_default()
    }
}
