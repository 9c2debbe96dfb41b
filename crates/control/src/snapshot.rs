//! A runtime's snapshot as bytes, piece by piece through a mailbox, for a reader on another machine.
//!
//! ```text
//!   piece    0 version (u16) | 2 records n (u16) | 4 number of the first (u32) | 8 tick (u64) | n records
//!            a piece of no records is the end
//!   record   0 kind (u8) | 1 reserved | 2 bytes that follow (u16) | its fields, in the order of their declaration
//!   field    numbers little endian, sizes as u64, truth values and variants as u8; an option is 0, or 1 and the value;
//!            a label its length (u8) and its bytes
//! ```
//!
//! Pieces are taken one after the other. Nothing is kept between them, so the reader compares their ticks: pieces of two
//! ticks are of two snapshots, and it begins anew. Whoever serves the reader sends nothing between two pieces that makes,
//! deletes, binds or unbinds: that changes which record has which number. A reader steps over records of kinds that it doesn't know.

use headroom_runtime::{Record, Runtime};

use crate::fields::{Field, Reader, Writer};
use crate::snapshot_error::SnapshotError;

/// The version of the bytes; another one can't be read.
const VERSION: u16 = 1;

const PIECE_HEADER: usize = 16;
const RECORD_HEADER: usize = 4;

/// What of a snapshot went into a buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Written {
    /// Bytes of the piece, at the front of the buffer.
    pub bytes: usize,
    /// The record that the next piece begins with; `None` after the last.
    pub next: Option<u32>,
}

/// Writes a piece of what `runtime` is now to the front of `buffer`: as many records as fit, from number `first` on.
/// O(records).
///
/// # Errors
/// [`SnapshotError::ShortBuffer`] when not even one record fits; a mailbox holds several.
pub fn write_snapshot(
    runtime: &Runtime<'_>,
    first: u32,
    buffer: &mut [u8],
) -> Result<Written, SnapshotError> {
    let mut tick = 0;
    let mut records = runtime.snapshot().inspect(|record| {
        if let Record::Runtime(runtime) = record {
            tick = runtime.tick;
        }
    });
    let (head, mut rest) = buffer
        .split_at_mut_checked(PIECE_HEADER)
        .ok_or(SnapshotError::ShortBuffer { needed: PIECE_HEADER })?;
    let (mut count, mut bytes, mut next) = (0_u16, PIECE_HEADER, None);
    for record in records.by_ref().skip(first as usize) {
        let Some(length) = write_record(&record, rest) else {
            next = Some(first + u32::from(count));
            break;
        };
        (count, bytes, rest) = (count + 1, bytes + length, &mut rest[length..]);
    }
    drop(records);
    if count == 0 && next.is_some() {
        return Err(SnapshotError::ShortBuffer { needed: PIECE_HEADER + MOST_RECORD });
    }
    let mut writer = Writer { rest: head };
    (VERSION, count).put(&mut writer);
    (first, tick).put(&mut writer);
    Ok(Written { bytes, next })
}

/// A piece of a snapshot, read where it lies.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// The number of its first record.
    pub first: u32,
    /// The tick that it is of.
    pub tick: u64,
    left: u16,
    rest: &'a [u8],
}

impl<'a> Piece<'a> {
    /// The piece at the front of `bytes`, whose records have not been looked at.
    ///
    /// # Errors
    /// [`SnapshotError::Version`], or [`SnapshotError::Cut`] where there are not even the bytes of a header.
    pub fn read(bytes: &'a [u8]) -> Result<Self, SnapshotError> {
        let mut reader = Reader { rest: bytes };
        let (version, left) = Field::take(&mut reader)?;
        if version != VERSION {
            return Err(SnapshotError::Version { got: version });
        }
        let (first, tick) = Field::take(&mut reader)?;
        Ok(Self { first, tick, left, rest: reader.rest })
    }

    fn read_next(&mut self) -> Result<Option<Record>, SnapshotError> {
        let mut reader = Reader { rest: self.rest };
        let ((kind, _), length): ((u8, u8), u16) = Field::take(&mut reader)?;
        let (fields, rest) = reader.rest.split_at_checked(length.into()).ok_or(SnapshotError::Cut)?;
        self.rest = rest;
        let mut reader = Reader { rest: fields };
        let record = match kind {
            0 => Record::Runtime(Field::take(&mut reader)?),
            1 => Record::Pipeline(Field::take(&mut reader)?),
            2 => Record::Module(Field::take(&mut reader)?),
            3 => Record::Ring(Field::take(&mut reader)?),
            _ => return Ok(None),
        };
        if reader.rest.is_empty() { Ok(Some(record)) } else { Err(SnapshotError::Long { kind }) }
    }
}

/// The records, until the first one that can't be read.
impl Iterator for Piece<'_> {
    type Item = Result<Record, SnapshotError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.left > 0 {
            self.left -= 1;
            let read = self.read_next();
            if read.is_err() {
                self.left = 0;
            }
            if let Some(record) = read.transpose() {
                return Some(record);
            }
        }
        None
    }
}

/// Bytes that hold any record: the longest is a module with a region.
const MOST_RECORD: usize = 512;

/// The bytes that a record took at the front of `bytes`; `None` when it doesn't fit.
fn write_record(record: &Record, bytes: &mut [u8]) -> Option<usize> {
    let room = bytes.len();
    let (head, rest) = bytes.split_at_mut_checked(RECORD_HEADER)?;
    let mut writer = Writer { rest };
    let (kind, fits): (u8, _) = match record {
        Record::Runtime(runtime) => (0, runtime.put(&mut writer)),
        Record::Pipeline(pipeline) => (1, pipeline.put(&mut writer)),
        Record::Module(module) => (2, module.put(&mut writer)),
        Record::Ring(ring) => (3, ring.put(&mut writer)),
    };
    fits?;
    let length = room - writer.rest.len();
    let fields = u16::try_from(length - RECORD_HEADER).ok()?;
    ((kind, 0_u8), fields).put(&mut Writer { rest: head })?;
    Some(length)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use headroom_module::instance::ComponentId;
    use headroom_module::schedule::Domain;
    use headroom_runtime::{
        Asker, Counters, DpFigures, Label, ModuleSnapshot, ModuleState, Owner, PipelineSnapshot,
        PipelineState, PoolUsage, PortId, Refused, RegionSnapshot, RingEnd, RingLevel, RingSnapshot,
        RuntimeSnapshot, Side, SizeFrom,
    };
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Records of any numbers.
    struct Any(std::vec::IntoIter<u64>);

    impl Any {
        fn number(&mut self) -> u64 {
            self.0.next().unwrap_or(u64::MAX)
        }

        fn size(&mut self) -> usize {
            self.number() as usize
        }

        fn word(&mut self) -> u32 {
            self.number() as u32
        }

        fn truth(&mut self) -> bool {
            self.number().is_multiple_of(2)
        }

        fn id(&mut self) -> ComponentId {
            ComponentId::new(self.number() as u16, self.number() as u8)
        }

        fn label(&mut self) -> Label {
            let text = ["", "src", "módulo", "a name of more bytes than a label has"];
            Label::new(text[(self.number() % 4) as usize])
        }

        fn asker(&mut self) -> Asker {
            Asker { owner: self.word(), what: self.label() }
        }

        fn region(&mut self) -> RegionSnapshot {
            RegionSnapshot {
                owner: self.word(),
                capacity: self.size(),
                requested: self.size(),
                lifetime_bytes: self.size(),
                lifetime_padding: self.size(),
                lifetime_blocks: self.word(),
                lifetime_frees: self.word(),
                sealed: self.truth(),
                seal_padding: self.size(),
                interim_capacity: self.size(),
                interim_used: self.size(),
                interim_peak: self.size(),
                interim_padding: self.size(),
                interim_peak_padding: self.size(),
                interim_blocks: self.word(),
                largest_free: self.size(),
                most_fragmented: self.size(),
                late_requests: self.word(),
                first_late: self.truth().then(|| self.asker()),
                refused: self.word(),
                last_refused: self.truth().then(|| Refused { asker: self.asker(), bytes: self.size() }),
                spare: self.size(),
            }
        }

        fn runtime(&mut self) -> RuntimeSnapshot {
            RuntimeSnapshot {
                tick: self.number(),
                tick_us: self.word(),
                common_bytes: self.size(),
                common: self.region(),
                pool: PoolUsage {
                    page_bytes: self.size(),
                    line_bytes: self.size(),
                    pages: self.size(),
                    free_pages: self.size(),
                    largest_run: self.size(),
                    regions: self.size(),
                    peak_pages: self.size(),
                },
                events_lost: self.number(),
            }
        }

        fn pipeline(&mut self) -> PipelineSnapshot {
            use PipelineState::{Active, Init, Paused, Prepared, Ready};
            PipelineSnapshot {
                id: self.word() as u8,
                priority: self.word() as u8,
                core: self.word() as u8,
                state: [Init, Ready, Prepared, Paused, Active][self.size() % 5],
                declared_bytes: self.size(),
                declared_stack: self.word(),
                region: self.truth().then(|| self.region()),
                stopped_by: self.truth().then(|| self.id()),
            }
        }

        fn module(&mut self) -> ModuleSnapshot {
            use ModuleState::{Active, Paused, Prepared, Ready};
            ModuleSnapshot {
                id: self.id(),
                name: self.label(),
                stand_in: self.truth(),
                pipeline: self.word() as u8,
                domain: if self.truth() { Domain::Ll } else { Domain::Dp },
                core: self.word() as u8,
                state: [Ready, Prepared, Paused, Active][self.size() % 4],
                out: self.truth(),
                owner: [Owner::Common, Owner::Pipeline(self.word() as u8), Owner::Module(self.id())]
                    [self.size() % 3],
                declared_bytes: self.size(),
                size_from: if self.truth() { SizeFrom::Message } else { SizeFrom::Platform },
                stack_bytes: self.word(),
                taken_bytes: self.size(),
                region: self.truth().then(|| self.region()),
                frames_in: self.number(),
                frames_out: self.number(),
                counters: Counters {
                    runs: self.number(),
                    underruns: self.word(),
                    underrun_frames: self.number(),
                    faults: self.word(),
                },
                delay_frames: self.word(),
                dp: self.truth().then(|| DpFigures {
                    period_us: self.word(),
                    started: self.truth(),
                    late_runs: self.number(),
                    margin_us: self.truth().then(|| self.number() as i64),
                }),
            }
        }

        fn ring(&mut self) -> RingSnapshot {
            let mut end = || {
                let side = if self.truth() { Side::Input } else { Side::Output };
                let port = PortId { component: self.id(), side, queue: self.word() as u8 };
                if self.truth() { RingEnd::Port(port) } else { RingEnd::Gateway(self.word()) }
            };
            let (source, sink) = (end(), end());
            let level = RingLevel { capacity: self.size(), fill: self.size(), peak: self.size() };
            RingSnapshot { source, sink, level, frame_bytes: self.size() }
        }

        fn record(&mut self) -> Record {
            match self.number() % 4 {
                0 => Record::Runtime(self.runtime()),
                1 => Record::Pipeline(self.pipeline()),
                2 => Record::Module(self.module()),
                _ => Record::Ring(self.ring()),
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_record_survives_and_fits_what_is_said_to_be_enough(numbers in vec(any::<u64>(), 80)) {
            let record = Any(numbers.into_iter()).record();
            let mut bytes = [0xA5; MOST_RECORD];
            let length = write_record(&record, &mut bytes);
            let length = length.ok_or_else(|| TestCaseError::fail("it does not fit"))?;
            let mut piece = Piece { first: 0, tick: 0, left: 1, rest: &bytes[..length] };
            prop_assert_eq!(piece.next(), Some(Ok(record)));
            prop_assert!(piece.rest.is_empty());
            for room in 0..length {
                prop_assert_eq!(write_record(&record, &mut bytes[..room]), None);
            }
        }
    }
}
