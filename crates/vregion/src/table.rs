//! One record per granule, in memory that no module sees: where blocks begin and end, and how free ones are
//! chained.

use core::ptr::NonNull;
use core::slice;

/// No granule.
pub(crate) const NONE: u16 = u16::MAX;

/// The most granules a table can number: indices stay below [`NONE`], and a length fits `u16`.
pub(crate) const MAX_GRANULES: usize = NONE as usize;

/// Two numbers whose meaning depends on the granule:
///
/// ```text
/// granule                 low                        high
/// first of a free block   next free block            previous free block (of the same class)
/// second of a free block  the block's length         -
/// last of a free block    -                          the block's length    (second = last in a block of two)
/// first of a used block   the block's length         owners, if shared
/// lifetime granule        -                          owners, if shared
/// ```
#[derive(Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) low: u16,
    pub(crate) high: u16,
}

/// What the first and the last granule of a block say; granules between them keep stale tags that nobody
/// reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Tag {
    /// Never written: what fresh tables hold.
    Blank = 0,
    /// First or last of a used block.
    Used,
    /// First or last of a free block of at least two granules.
    Free,
    /// A free block of one granule, which has no second cell for its length.
    FreeOne,
}

impl Tag {
    pub(crate) fn is_free(self) -> bool {
        matches!(self, Self::Free | Self::FreeOne)
    }
}

/// The records of the granules of one heap, borrowed for one operation.
pub(crate) struct Table<'t> {
    pub(crate) cells: &'t mut [Cell],
    pub(crate) tags: &'t mut [Tag],
}

/// A [`Table`] at rest.
pub(crate) struct RawTable {
    cells: NonNull<Cell>,
    tags: NonNull<Tag>,
    granules: u16,
}

// SAFETY: a `RawTable` owns the records that it points to (see `new`), and these are plain numbers.
unsafe impl Send for RawTable {}

impl RawTable {
    /// A table without granules.
    pub(crate) const EMPTY: Self =
        Self { cells: NonNull::dangling(), tags: NonNull::dangling(), granules: 0 };

    /// # Safety
    /// As long as the value is used, `cells` and `tags` must point to `granules` initialised records each
    /// that nothing else reads or writes.
    pub(crate) const unsafe fn new(cells: NonNull<Cell>, tags: NonNull<Tag>, granules: u16) -> Self {
        Self { cells, tags, granules }
    }

    pub(crate) fn granules(&self) -> u16 {
        self.granules
    }

    #[inline]
    pub(crate) fn view(&mut self) -> Table<'_> {
        let granules = usize::from(self.granules);
        // SAFETY: the promise of `new`: `granules` initialised cells that are only reachable through `self`,
        // which is borrowed mutably as long as the view lives. For `EMPTY` the length is 0 and the pointer is
        // aligned.
        let cells = unsafe { slice::from_raw_parts_mut(self.cells.as_ptr(), granules) };
        // SAFETY: as above, for the tags, which lie apart from the cells.
        let tags = unsafe { slice::from_raw_parts_mut(self.tags.as_ptr(), granules) };
        Table { cells, tags }
    }
}
