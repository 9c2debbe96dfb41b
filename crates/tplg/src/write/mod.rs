//! From elements to a file: what counts and sizes something is written when that something is.
//!
//! ```text
//!  block(Widget, 1)   | header: payload_size, count |
//!  widget(…)          |   record: priv_size, num_kcontrols |      count + 1
//!  words(…)           |     vendor array |                        priv_size + 12 + 8 n
//!  mixer(…)           |     control: priv_size |                  num_kcontrols + 1
//! ```
//!
//! Every byte also adds to `payload_size` of its block, and every element to the counts of the manifest.

mod copy;
mod error;

use core::mem::offset_of;

use crate::kinds::BlockKind;
use crate::layout::Field;
use crate::name::Name;
use crate::records::{self, BlockHeader};
use crate::tokens::{Token, TupleType};
use crate::tuples::{ARRAY_HEADER, Uuid};

pub use error::WriteError;

/// A word of the file that grows while the file is written.
#[derive(Clone, Copy)]
struct Counter {
    at: usize,
    value: u32,
}

/// Which count of the manifest an element adds to.
#[derive(Clone, Copy)]
enum Total {
    Controls,
    Widgets,
    Routes,
    Pcms,
    Links,
    Dais,
}

impl Total {
    const COUNT: usize = 6;

    fn offset(self) -> usize {
        match self {
            Self::Controls => offset_of!(records::Manifest, control_elems),
            Self::Widgets => offset_of!(records::Manifest, widget_elems),
            Self::Routes => offset_of!(records::Manifest, graph_elems),
            Self::Pcms => offset_of!(records::Manifest, pcm_elems),
            Self::Links => offset_of!(records::Manifest, dai_link_elems),
            Self::Dais => offset_of!(records::Manifest, dai_elems),
        }
    }
}

/// A block that is being written.
#[derive(Clone, Copy)]
struct Open {
    kind: BlockKind,
    payload: Counter,
    count: Counter,
    /// What the header of an opaque block says instead.
    opaque_count: u32,
}

/// Writes a file from its front, element by element, into a buffer.
///
/// `alsatplg`'s order is: manifest, a block of widgets per pipeline, PCMs, links, routes. Readers take any.
///
/// Calls don't fail: the first fault is kept, and [`finish`](Self::finish) has it. Nor do they need space: with
/// an empty buffer `finish` says how many bytes there would be.
///
/// ```
/// use headroom_tplg::records::{Name, Widget};
/// use headroom_tplg::{BlockKind, Token, Topology, WidgetKind};
/// use headroom_tplg::write::Writer;
///
/// let name = Name::new("gain.1.1").unwrap_or_default();
/// let mut file = [0; 1024];
/// let mut writer = Writer::new(&mut file);
/// writer.manifest(&[3, 0, 29, 0, 1, 0]);
/// writer.block(BlockKind::Widget, 1);
/// writer.widget(&Widget { id: WidgetKind::Pga.raw(), name, reg: -1, ..Default::default() });
/// writer.words(&[(Token::COMP_CORE_ID, 2)]);
/// let len = writer.finish()?;
///
/// let topology = Topology::parse(&file[..len])?;
/// assert_eq!(topology.widget("gain.1.1").and_then(|gain| gain.core()), Some(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Writer<'b> {
    out: &'b mut [u8],
    len: usize,
    manifest: Option<usize>,
    totals: [u32; Total::COUNT],
    block: Option<Open>,
    controls: Option<Counter>,
    private: Option<Counter>,
    error: Option<WriteError>,
}

impl<'b> Writer<'b> {
    /// An empty file in `out`.
    pub fn new(out: &'b mut [u8]) -> Self {
        let totals = [0; Total::COUNT];
        Self { out, len: 0, manifest: None, totals, block: None, controls: None, private: None, error: None }
    }

    /// Bytes so far: where in the file the next thing starts.
    pub fn written(&self) -> usize {
        self.len
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// The first fault; without one, that the buffer is too small.
    pub fn finish(self) -> Result<usize, WriteError> {
        let (needed, got) = (self.len, self.out.len());
        match self.error {
            Some(error) => Err(error),
            None if needed > got => Err(WriteError::Space { needed, got }),
            None => Ok(needed),
        }
    }

    /// Starts the block of the manifest, whose counts will be those of the file. `private` starts with the ABI of
    /// SOF: three 16-bit numbers if the firmware speaks IPC4.
    pub fn manifest(&mut self, private: &[u8]) {
        self.block(BlockKind::Manifest, 0);
        self.manifest = Some(self.len);
        self.manifest_with(&records::Manifest::default());
        self.private(private);
    }

    /// Starts a block. `index` is the pipeline of widgets.
    pub fn block(&mut self, kind: BlockKind, index: u32) {
        self.block_with(&BlockHeader { kind: kind.raw(), index, count: 1, ..Default::default() });
    }

    /// Starts a block with all fields of its header, but for the payload's size and the count of elements, which
    /// are those of what comes. A count stays where the elements are opaque: what is counted there only a
    /// vendor knows.
    pub fn block_with(&mut self, header: &BlockHeader) {
        let counter = |at| Counter { at, value: 0 };
        self.block = Some(Open {
            kind: BlockKind::from_raw(header.kind),
            payload: counter(self.len + offset_of!(BlockHeader, payload_size)),
            count: counter(self.len + offset_of!(BlockHeader, count)),
            opaque_count: header.count,
        });
        (self.private, self.controls) = (None, None);
        BlockHeader { payload_size: 0, count: 0, ..*header }.write(&mut |bytes| self.raw(bytes));
    }

    /// Adds a manifest with the counts that `manifest` has, right or wrong. Its private data follow.
    pub fn manifest_with(&mut self, manifest: &records::Manifest) {
        self.begin(|kind| kind == BlockKind::Manifest, None);
        self.record(manifest);
    }

    /// Adds a widget. Its tuples follow, and then its controls.
    pub fn widget(&mut self, widget: &records::Widget) {
        self.begin(|kind| kind == BlockKind::Widget, Some(Total::Widgets));
        let at = self.len + offset_of!(records::Widget, num_kcontrols);
        self.record(&records::Widget { num_kcontrols: 0, ..*widget });
        self.controls = Some(Counter { at, value: 0 });
    }

    /// Adds a route.
    pub fn route(&mut self, route: &records::Route) {
        self.begin(|kind| kind == BlockKind::Graph, Some(Total::Routes));
        route.write(&mut |bytes| self.put(bytes));
    }

    /// Adds a PCM. Its tuples follow.
    pub fn pcm(&mut self, pcm: &records::Pcm) {
        self.begin(|kind| kind == BlockKind::Pcm, Some(Total::Pcms));
        self.record(pcm);
    }

    /// Adds a link. Its tuples follow.
    pub fn link(&mut self, link: &records::Link) {
        self.begin(BlockKind::is_link, Some(Total::Links));
        self.record(link);
    }

    /// Adds a DAI. Its private data follow.
    pub fn dai(&mut self, dai: &records::Dai) {
        self.begin(|kind| kind == BlockKind::Dai, Some(Total::Dais));
        self.record(dai);
    }

    /// Adds a mixer control to the widget, or to a block of controls. Its tuples follow.
    pub fn mixer(&mut self, control: &records::Mixer) {
        self.control(control);
    }

    /// Adds a bytes control to the widget, or to a block of controls. What it holds follows.
    pub fn bytes(&mut self, control: &records::Bytes) {
        self.control(control);
    }

    /// Adds an enumerated control to the widget, or to a block of controls.
    pub fn enumerated(&mut self, control: &records::Enum) {
        self.control(control);
    }

    /// Adds the payload of a block without a known layout, which counts as one element, or as many as
    /// [`block_with`](Self::block_with) was told.
    pub fn opaque(&mut self, bytes: &[u8]) {
        self.begin(BlockKind::is_opaque, None);
        self.put(bytes);
        if let Some(open) = self.block {
            self.set(open.count.at, open.opaque_count);
        }
    }

    /// Adds an array of numbers to the element's private data. `kind` is none of [`TupleType::Uuid`] and
    /// [`TupleType::String`].
    pub fn numbers(&mut self, kind: TupleType, tuples: &[(Token, u32)]) {
        if !kind.is_number() {
            return self.fail(WriteError::NotANumber { offset: self.len, kind });
        }
        self.array_header(kind, tuples.len(), 0);
        for (token, number) in tuples {
            self.private(&token.0.to_le_bytes());
            self.private(&number.to_le_bytes());
        }
    }

    /// Adds an array of words to the element's private data.
    pub fn words(&mut self, tuples: &[(Token, u32)]) {
        self.numbers(TupleType::Word, tuples);
    }

    /// Adds an array of UUIDs to the element's private data.
    pub fn uuids(&mut self, tuples: &[(Token, Uuid)]) {
        self.array_header(TupleType::Uuid, tuples.len(), 0);
        for (token, uuid) in tuples {
            self.private(&token.0.to_le_bytes());
            self.private(&uuid.0);
        }
    }

    /// Adds an array of texts to the element's private data.
    pub fn texts(&mut self, tuples: &[(Token, Name)]) {
        self.array_header(TupleType::String, tuples.len(), 0);
        for (token, text) in tuples {
            self.private(&token.0.to_le_bytes());
            self.private(&text.0);
        }
    }

    /// Adds bytes to the element's private data: those of a bytes control, for example.
    pub fn private(&mut self, bytes: &[u8]) {
        let Some(counter) = self.private else {
            return self.fail(WriteError::NoElement { offset: self.len });
        };
        self.private = Some(self.grown(counter, bytes.len()));
        self.put(bytes);
    }
}

/// Bytes, and the counters that they move.
impl Writer<'_> {
    fn fail(&mut self, error: WriteError) {
        self.error.get_or_insert(error);
    }

    fn set(&mut self, at: usize, word: u32) {
        if let Some(bytes) = self.out.get_mut(at..at + 4) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
    }

    /// Writes bytes, which only count where there is no space left.
    fn raw(&mut self, bytes: &[u8]) {
        let end = self.len.saturating_add(bytes.len());
        if let Some(space) = self.out.get_mut(self.len..end) {
            space.copy_from_slice(bytes);
        }
        self.len = end;
    }

    /// Writes bytes of the block's payload.
    fn put(&mut self, bytes: &[u8]) {
        if let Some(open) = self.block {
            self.block = Some(Open { payload: self.grown(open.payload, bytes.len()), ..open });
        }
        self.raw(bytes);
    }

    /// Adds to a counter, and writes it.
    fn grown(&mut self, counter: Counter, by: usize) -> Counter {
        let Some(value) = u32::try_from(by).ok().and_then(|by| counter.value.checked_add(by)) else {
            self.fail(WriteError::TooLong { offset: self.len });
            return counter;
        };
        self.set(counter.at, value);
        Counter { value, ..counter }
    }

    /// Counts an element, in a block of its kind.
    fn begin(&mut self, belongs: impl Fn(BlockKind) -> bool, total: Option<Total>) {
        (self.private, self.controls) = (None, None);
        let block = self.block.map(|open| open.kind);
        let Some(open) = self.block.filter(|open| belongs(open.kind)) else {
            return self.fail(WriteError::Misplaced { offset: self.len, block });
        };
        self.block = Some(Open { count: self.grown(open.count, 1), ..open });
        if let Some(total) = total {
            self.total(total);
        }
    }

    fn total(&mut self, total: Total) {
        let Some(count) = self.totals.get_mut(total as usize) else { return };
        *count = count.saturating_add(1);
        let count = *count;
        if let Some(manifest) = self.manifest {
            self.set(manifest + total.offset(), count);
        }
    }

    /// Writes a record whose last word is the size of its private data: none so far.
    fn record<R: Field>(&mut self, record: &R) {
        record.write(&mut |bytes| self.put(bytes));
        let at = self.len - 4;
        self.set(at, 0);
        self.private = Some(Counter { at, value: 0 });
    }

    fn control<R: Field>(&mut self, control: &R) {
        match self.controls {
            Some(controls) => {
                self.controls = Some(self.grown(controls, 1));
                self.total(Total::Controls);
            }
            None => self.begin(BlockKind::is_controls, Some(Total::Controls)),
        }
        self.record(control);
    }

    fn array_header(&mut self, kind: TupleType, count: usize, slack: usize) {
        let size = ARRAY_HEADER + count * kind.element_len() + slack;
        let (Ok(size), Ok(count)) = (u32::try_from(size), u32::try_from(count)) else {
            return self.fail(WriteError::TooLong { offset: self.len });
        };
        [size, kind.raw(), count].iter().for_each(|word| self.private(&word.to_le_bytes()));
    }
}
