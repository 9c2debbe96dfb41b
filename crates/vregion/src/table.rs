//! One byte per granule, in memory that no module sees: where blocks begin and end, and how free ones are
//! chained.
//!
//! ```text
//! byte        on                        means
//! 0.......    inside of a block         nothing, or a part of a number: seven bits of it, or six in a used block
//! 1000 0000   first of a used block     32 granules or more, the length in the bytes 2, 3 and 4
//! 100L LLLL   first of a used block     L granules
//! 101. ....   first of a shared block   0xA0 and 0 to 63 owners; then the length, which only `validate` needs
//! to 110. ..
//! 010L LLLL   first of a free block     9 to 31 granules
//! 0110 0000   first of a free block     32 granules or more, the length in the bytes 1, 2 and 3
//! 0110 LLLL   last of a free block      9 granules or more; the last byte of its `Node`
//! 1111 LLLL   first of a free block     1 to 8 granules
//! .111 LLLL   last of a free block      1 to 8 granules
//! ```
//!
//! So the top bit is only set on the first byte of a used or a short block, which `short` relies on when it
//! compares bytes whose neighbours it doesn't know. What lies inside a used block is below 0x40, so that its
//! last byte does not look like the end of a free one.

use core::ptr::NonNull;

/// The most granules a table can number: 64 words of 64 units of 64 granules, as `short` searches them; on 32
/// bits, links are 16 bits wide.
pub(crate) const MAX_GRANULES: usize =
    if cfg!(target_pointer_width = "64") { UNIT << 12 } else { u16::MAX as usize };

/// Granules that one word of [`Table::units`] speaks of.
pub(crate) const UNIT: usize = 64;
/// Granules that are searched byte by byte, at once.
pub(crate) const GROUP: usize = 16;
/// Free blocks of 1 to this many granules have no room for a [`Node`].
pub(crate) const SHORT: u32 = 8;
/// Bytes of a word of [`Table::spans`].
pub(crate) const WORD: usize = size_of::<usize>();

/// The first byte of a used block, with its length if that is below 32.
const USED: u8 = 0x80;
/// The first byte of a used block with owners, without them.
const SHARED: u8 = 0xA0;
/// The most owners that a byte can count.
pub(crate) const MAX_OWNERS: u8 = 0x3F;
/// What is above the first bytes of shared blocks.
const SHARED_END: u8 = SHARED + MAX_OWNERS + 1;
const FREE: u8 = 0x40;
const FREE_LONG: u8 = 0x60;
const FREE_SHORT: u8 = 0xF0;
const FREE_SHORT_END: u8 = 0x70;

/// No granule.
pub(crate) const NONE: u32 = (1 << 21) - 1;

/// Two numbers of up to 21 bits, each in the low half of 32 bits, with seven bits per byte.
#[inline(always)]
fn spread(plain: u64) -> u64 {
    let low = plain + (plain & 0x001F_FF80_001F_FF80);
    low + (low & 0x003F_8000_003F_8000)
}

#[inline(always)]
fn gather(spread: u64) -> u64 {
    let low = spread - (spread >> 1 & 0x003F_8000_003F_8000);
    low - (low >> 1 & 0x001F_FF80_001F_FF80)
}

/// The last eight bytes of a listed free block: its length and its neighbours in the list of its class, each
/// named by its last granule.
///
/// ```text
/// byte 0    1    2    3            4    5    6    7
///      next (spread)  low length   previous       0110 and high length, together below 2048, or 0
/// ```
#[derive(Clone, Copy)]
pub(crate) struct Node(u64);

impl Node {
    const LINKS: u64 = 0x007F_7F7F_007F_7F7F;
    const PREVIOUS: u64 = 0x007F_7F7F << 32;
    const NEXT: u64 = 0x007F_7F7F;
    /// Lengths from here on are found in the three bytes before the node.
    const LONG: u32 = 2048;

    #[inline(always)]
    fn mark(len: u32) -> u64 {
        let len = if len < Self::LONG { u64::from(len) } else { 0 };
        (FREE_LONG as u64) << 56 | (len & 0x7F) << 24 | (len >> 7) << 56
    }

    #[inline(always)]
    fn short_len(self) -> u32 {
        ((self.0 >> 24 & 0x7F) | (self.0 >> 49 & 0x780)) as u32
    }

    /// Whether the block is alone in its list.
    #[inline(always)]
    pub(crate) fn is_alone(self) -> bool {
        self.0 & Self::LINKS == Self::LINKS
    }

    /// The previous and the next block of the list, or [`NONE`].
    #[inline(always)]
    pub(crate) fn links(self) -> (u32, u32) {
        let links = gather(self.0 & Self::LINKS);
        ((links >> 32) as u32, links as u32)
    }

    #[inline(always)]
    pub(crate) fn next(self) -> u32 {
        gather(self.0 & Self::NEXT) as u32
    }
}

#[cfg(test)]
std::thread_local! {
    /// How many records this thread has read and written; the tests bound it.
    pub(crate) static ACCESSES: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
}

#[inline(always)]
fn count_access() {
    #[cfg(test)]
    ACCESSES.set(ACCESSES.get() + 1);
}

/// The records of the granules of one heap, borrowed for one operation.
///
/// Its methods don't check bounds in a release build: every granule that they are given is the first or the last
/// one of a block, or a link to such a one, as the tags say and as `validate` checks; and blocks lie in the
/// table, since `Heap::open` begins with one that does, and splits and merges keep to its borders.
pub(crate) struct Table<'t> {
    raw: &'t mut RawTable,
}

impl Table<'_> {
    /// Forgets what an earlier heap left.
    pub(crate) fn clear(&mut self) {
        let granules = self.granules() as usize;
        // SAFETY: the promise of `RawTable::new`: so many tags, which are only reachable through `self`.
        unsafe { self.raw.tags.write_bytes(0, tags(granules)) };
        // SAFETY: as for the tags.
        unsafe { self.raw.units.write_bytes(0, units(granules)) };
        // SAFETY: as for the tags.
        unsafe { self.raw.spans.write_bytes(0, spans(granules)) };
    }

    #[inline(always)]
    pub(crate) fn granules(&self) -> u32 {
        self.raw.granules
    }

    /// Which groups of a unit hold the first granule of a free block of 1 to 8 granules: four bits per length.
    #[inline(always)]
    pub(crate) fn unit(&mut self, unit: usize) -> &mut u32 {
        count_access();
        debug_assert!(unit < units(self.granules() as usize));
        // SAFETY: a unit of granules that the table has, see `Table`.
        let mut place = unsafe { self.raw.units.add(unit) };
        // SAFETY: the promise of `RawTable::new`, and `self` is borrowed as long as the reference lives.
        unsafe { place.as_mut() }
    }

    /// If there are more units than bits in a word: words of one bit per unit that has such a group.
    #[inline(always)]
    pub(crate) fn span(&mut self, span: usize) -> &mut [u8; WORD] {
        count_access();
        debug_assert!(span < spans(self.granules() as usize));
        // SAFETY: a span of granules that the table has, see `Table`.
        let mut place = unsafe { self.raw.spans.add(span) };
        // SAFETY: the promise of `RawTable::new`, and `self` is borrowed as long as the reference lives.
        unsafe { place.as_mut() }
    }

    /// `N` bytes from a granule on.
    #[inline(always)]
    fn place<const N: usize>(&self, at: usize) -> NonNull<[u8; N]> {
        count_access();
        debug_assert!(at + N <= tags(self.granules() as usize));
        // SAFETY: bytes of a block that the table has, or of the group that it begins in, see `Table`.
        unsafe { self.raw.tags.add(at) }.cast()
    }

    #[inline(always)]
    fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        // SAFETY: in bounds, see `place`; arrays of bytes need no alignment; initialised, see `RawTable::new`.
        unsafe { self.place(at).read() }
    }

    #[inline(always)]
    fn set_bytes<const N: usize>(&mut self, at: usize, bytes: [u8; N]) {
        // SAFETY: in bounds, see `place`; arrays of bytes need no alignment; ours, see `RawTable::new`.
        unsafe { self.place(at).write(bytes) };
    }

    /// The tag of a granule.
    #[inline(always)]
    pub(crate) fn tag(&self, granule: u32) -> u8 {
        let [tag] = self.bytes(granule as usize);
        tag
    }

    #[inline(always)]
    pub(crate) fn set_tag(&mut self, granule: u32, tag: u8) {
        self.set_bytes(granule as usize, [tag]);
    }

    /// The node of a listed free block, by its last granule.
    #[inline(always)]
    pub(crate) fn node(&self, last: u32) -> Node {
        Node(u64::from_le_bytes(self.bytes(last as usize - 7)))
    }

    #[inline(always)]
    fn set_node(&mut self, last: u32, node: u64) {
        self.set_bytes(last as usize - 7, node.to_le_bytes());
    }

    /// The length of the block with this node.
    #[inline(always)]
    pub(crate) fn node_len(&self, last: u32, node: Node) -> u32 {
        match node.short_len() {
            0 => self.number(last as usize - 10),
            len => len,
        }
    }

    /// Three bytes that hold a spread number.
    #[cold]
    fn number(&self, at: usize) -> u32 {
        let [low, middle, high] = self.bytes(at).map(u32::from);
        low | middle << 7 | high << 14
    }

    #[cold]
    fn set_number(&mut self, at: usize, number: u32) {
        self.set_bytes(at, [number, number >> 7, number >> 14].map(|part| part as u8 & 0x7F));
    }

    /// Writes the node of a block that is the first of its list, or the only one.
    #[inline(always)]
    pub(crate) fn end_free(&mut self, last: u32, len: u32, next: Option<u32>) {
        let mut links = Node::LINKS;
        if let Some(next) = next {
            links = Node::PREVIOUS | spread(u64::from(next));
            self.precede(next, last);
        }
        self.set_node(last, Node::mark(len) | links);
        if len >= Node::LONG {
            self.set_number(last as usize - 10, len);
        }
    }

    /// Writes a new length into a node, which keeps its place in its list.
    #[inline(always)]
    pub(crate) fn set_node_len(&mut self, last: u32, len: u32) {
        self.set_node(last, self.node(last).0 & Node::LINKS | Node::mark(len));
        if len >= Node::LONG {
            self.set_number(last as usize - 10, len);
        }
    }

    /// Takes a node away.
    #[inline(always)]
    pub(crate) fn clear_node(&mut self, last: u32, len: u32) {
        self.set_node(last, 0);
        if len >= Node::LONG {
            self.set_number(last as usize - 10, 0);
        }
    }

    /// Makes a block the previous one of another in its list.
    #[inline(always)]
    fn precede(&mut self, last: u32, previous: u32) {
        let links = spread(u64::from(previous) << 32);
        self.set_node(last, self.node(last).0 & !Node::PREVIOUS | links);
    }

    /// Takes a block out between the previous and the next one of its list.
    #[inline(always)]
    pub(crate) fn unlink(&mut self, node: Node, (previous, next): (u32, u32)) {
        if next != NONE {
            self.set_node(next, self.node(next).0 & !Node::PREVIOUS | node.0 & Node::PREVIOUS);
        }
        if previous != NONE {
            self.set_node(previous, self.node(previous).0 & !Node::NEXT | node.0 & Node::NEXT);
        }
    }

    /// Sixteen tags, as the two halves of a group.
    #[inline(always)]
    pub(crate) fn group(&self, group: usize) -> [u64; 2] {
        let bytes: [u8; GROUP] = self.bytes(group * GROUP);
        let both = u128::from_le_bytes(bytes);
        [both as u64, (both >> 64) as u64]
    }

    /// Writes the first byte of a listed free block, and its length if that doesn't fit.
    #[inline(always)]
    pub(crate) fn begin_free(&mut self, first: u32, len: u32) {
        if len < 32 {
            self.set_tag(first, FREE | len as u8);
        } else {
            let len = spread(u64::from(len)) as u32;
            self.set_bytes(first as usize, (len << 8 | u32::from(FREE_LONG)).to_le_bytes());
        }
    }

    /// Takes away what `begin_free` wrote after the first byte.
    #[inline(always)]
    pub(crate) fn unsay_length(&mut self, first: u32, len: u32) {
        if len >= 32 {
            self.set_bytes(first as usize, [0; 4]);
        }
    }

    /// The first byte of a free block that is too short for a node.
    pub(crate) const fn short_tag(len: u32) -> u8 {
        FREE_SHORT | len as u8
    }

    /// Writes both ends of a free block that is too short for a node.
    #[inline(always)]
    pub(crate) fn mark_short(&mut self, first: u32, len: u32) {
        self.set_tag(first + (len - 1), FREE_SHORT_END | len as u8);
        self.set_tag(first, Self::short_tag(len));
    }

    /// Marks a used block.
    #[inline(always)]
    pub(crate) fn mark_used(&mut self, first: u32, len: u32) {
        if len < 32 {
            self.set_tag(first, USED | len as u8);
        } else {
            self.set_tag(first, USED);
            self.say_used(first, len);
        }
    }

    fn say_used(&mut self, first: u32, len: u32) {
        let less = len - 1;
        self.set_bytes(first as usize + 2, [less, less >> 6, less >> 12].map(|part| part as u8 & 0x3F));
    }

    /// Makes a used block a shared one with one owner.
    pub(crate) fn mark_shared(&mut self, first: u32, len: u32) {
        self.set_owners(first, 1);
        if len > 1 {
            self.set_tag(first + 1, if len < 32 { len as u8 } else { 0 });
        }
        if len >= 32 {
            self.say_used(first, len);
        }
    }

    /// How many owners a shared block has.
    pub(crate) fn owners(&self, first: u32) -> u8 {
        self.tag(first).wrapping_sub(SHARED)
    }

    pub(crate) fn set_owners(&mut self, first: u32, owners: u8) {
        self.set_tag(first, SHARED + owners);
    }

    /// Whether a used block begins at a granule.
    #[inline(always)]
    pub(crate) fn begins_used(&self, first: u32) -> bool {
        first < self.granules() && (USED..SHARED_END).contains(&self.tag(first))
    }

    /// The length of the used block without owners that begins at a granule, or none if none does.
    pub(crate) fn unshared_len(&self, first: u32) -> Option<u32> {
        self.used_len(first).filter(|_| self.tag(first) < SHARED)
    }

    /// The length of the used block that begins at a granule, or none if no used block does.
    pub(crate) fn used_len(&self, first: u32) -> Option<u32> {
        if !self.begins_used(first) {
            return None;
        }
        let short = match self.tag(first) {
            SHARED.. if first + 1 < self.granules() && self.tag(first + 1) < 32 => self.tag(first + 1),
            SHARED.. => 1,
            tag => tag & 0x1F,
        };
        if short != 0 {
            return Some(u32::from(short));
        }
        let [low, middle, high] = self.bytes(first as usize + 2).map(u32::from);
        Some((low | middle << 6 | high << 12) + 1)
    }

    /// The length of the free block that begins at a granule, or none if no free block does.
    #[inline(always)]
    pub(crate) fn free_len(&self, first: u32) -> Option<u32> {
        let tag = self.tag(first);
        if tag >= FREE_SHORT {
            return Some(u32::from(tag & 0x0F));
        }
        match tag & 0xE0 {
            FREE => Some(u32::from(tag & 0x1F)),
            FREE_LONG => {
                let bytes = u32::from_le_bytes(self.bytes(first as usize));
                Some(gather(u64::from(bytes >> 8)) as u32)
            }
            _ => None,
        }
    }

    /// The length of the free block that ends with a granule, or none if no free block does.
    #[inline(always)]
    pub(crate) fn free_len_below(&self, last: u32) -> Option<u32> {
        let tag = self.tag(last);
        if tag & 0x60 != 0x60 {
            None
        } else if tag & 0x10 != 0 {
            Some(u32::from(tag & 0x0F))
        } else {
            Some(self.node_len(last, self.node(last)))
        }
    }
}

/// A [`Table`] at rest.
pub(crate) struct RawTable {
    tags: NonNull<u8>,
    units: NonNull<u32>,
    spans: NonNull<[u8; WORD]>,
    granules: u32,
}

// SAFETY: a `RawTable` owns the records that it points to (see `new`), and these are plain numbers.
unsafe impl Send for RawTable {}

impl RawTable {
    /// A table without granules.
    pub(crate) const EMPTY: Self = Self {
        tags: NonNull::dangling(),
        units: NonNull::dangling(),
        spans: NonNull::dangling(),
        granules: 0,
    };

    /// # Safety
    /// As long as the value is used, the pointers must point to as many initialised records as [`tags`],
    /// [`units`] and [`spans`] say, that nothing else reads or writes.
    pub(crate) const unsafe fn new(
        tags: NonNull<u8>,
        units: NonNull<u32>,
        spans: NonNull<[u8; WORD]>,
        granules: u32,
    ) -> Self {
        Self { tags, units, spans, granules }
    }

    pub(crate) fn granules(&self) -> u32 {
        self.granules
    }

    #[inline(always)]
    pub(crate) fn view(&mut self) -> Table<'_> {
        Table { raw: self }
    }
}

/// How many tags a table of so many granules has.
pub(crate) const fn tags(granules: usize) -> usize {
    granules.saturating_add(GROUP - 1) & !(GROUP - 1)
}

/// How many words of units it has.
pub(crate) const fn units(granules: usize) -> usize {
    granules.div_ceil(UNIT)
}

/// How many words of spans it has.
pub(crate) const fn spans(granules: usize) -> usize {
    let units = granules.div_ceil(UNIT);
    let bits = usize::BITS as usize;
    if units > bits { units.div_ceil(bits) * SHORT as usize } else { 0 }
}
