//! The fields of a snapshot's records as bytes: how each kind of value is written and read. `snapshot` has the drawing.

use headroom_module::instance::ComponentId;
use headroom_module::schedule::Domain;
use headroom_runtime::{
    Asker, Counters, DpFigures, Label, ModuleSnapshot, ModuleState, Owner, PipelineSnapshot, PipelineState,
    PoolUsage, PortId, Refused, RegionSnapshot, RingEnd, RingLevel, RingSnapshot, RuntimeSnapshot, Side,
    SizeFrom,
};

use crate::snapshot_error::SnapshotError;

/// Room for what has not been written yet.
pub(crate) struct Writer<'a> {
    pub(crate) rest: &'a mut [u8],
}

/// What has not been read yet.
pub(crate) struct Reader<'a> {
    pub(crate) rest: &'a [u8],
}

impl Writer<'_> {
    /// `None` when they don't fit.
    fn bytes(&mut self, bytes: &[u8]) -> Option<()> {
        let (to, rest) = core::mem::take(&mut self.rest).split_at_mut_checked(bytes.len())?;
        to.copy_from_slice(bytes);
        self.rest = rest;
        Some(())
    }
}

impl<'a> Reader<'a> {
    fn bytes(&mut self, length: usize) -> Result<&'a [u8], SnapshotError> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(SnapshotError::Cut)?;
        self.rest = rest;
        Ok(bytes)
    }
}

/// A value that has bytes.
pub(crate) trait Field: Sized {
    /// `None` when there is no room.
    fn put(&self, to: &mut Writer<'_>) -> Option<()>;

    fn take(from: &mut Reader<'_>) -> Result<Self, SnapshotError>;
}

macro_rules! numbers {
    ($($number:ty),*) => { $(
        impl Field for $number {
            fn put(&self, to: &mut Writer<'_>) -> Option<()> {
                to.bytes(&self.to_le_bytes())
            }

            fn take(from: &mut Reader<'_>) -> Result<Self, SnapshotError> {
                let bytes = from.bytes(size_of::<Self>())?;
                bytes.try_into().map(Self::from_le_bytes).map_err(|_| SnapshotError::Cut)
            }
        }
    )* };
}

numbers!(u8, u16, u32, u64, i64);

impl Field for usize {
    fn put(&self, to: &mut Writer<'_>) -> Option<()> {
        (*self as u64).put(to)
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, SnapshotError> {
        let got = u64::take(from)?;
        usize::try_from(got).map_err(|_| SnapshotError::Value { what: "size of this machine", got })
    }
}

impl<A: Field, B: Field> Field for (A, B) {
    fn put(&self, to: &mut Writer<'_>) -> Option<()> {
        self.0.put(to)?;
        self.1.put(to)
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, SnapshotError> {
        Ok((A::take(from)?, B::take(from)?))
    }
}

impl<T: Field> Field for Option<T> {
    fn put(&self, to: &mut Writer<'_>) -> Option<()> {
        self.is_some().put(to)?;
        self.as_ref().map_or(Some(()), |value| value.put(to))
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, SnapshotError> {
        if bool::take(from)? { T::take(from).map(Some) } else { Ok(None) }
    }
}

impl Field for bool {
    fn put(&self, to: &mut Writer<'_>) -> Option<()> {
        u8::from(*self).put(to)
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, SnapshotError> {
        match u8::take(from)? {
            0 => Ok(false),
            1 => Ok(true),
            got => Err(SnapshotError::Value { what: "truth value", got: got.into() }),
        }
    }
}

impl Field for Label {
    fn put(&self, to: &mut Writer<'_>) -> Option<()> {
        // At most 31.
        (self.len() as u8).put(to)?;
        to.bytes(self.as_bytes())
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, SnapshotError> {
        let length = u8::take(from)?;
        let got = u64::from(length);
        let wrong = SnapshotError::Value { what: "length of a label in UTF-8", got };
        let text = str::from_utf8(from.bytes(length.into())?).map_err(|_| wrong)?;
        if text.len() > Self::MOST { Err(wrong) } else { Ok(Self::new(text)) }
    }
}

impl Field for ComponentId {
    fn put(&self, to: &mut Writer<'_>) -> Option<()> {
        self.word().put(to)
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, SnapshotError> {
        let word = u32::take(from)?;
        let [module_low, module_high, instance, rest] = word.to_le_bytes();
        if rest != 0 {
            return Err(SnapshotError::Value { what: "component id", got: word.into() });
        }
        Ok(Self::new(u16::from_le_bytes([module_low, module_high]), instance))
    }
}

/// Variants by number, in this order.
macro_rules! variants {
    ($($type:ty, $what:literal: $($variant:path = $number:literal),*;)*) => { $(
        impl Field for $type {
            fn put(&self, to: &mut Writer<'_>) -> Option<()> {
                let number: u8 = match self { $($variant => $number),* };
                number.put(to)
            }

            fn take(from: &mut Reader<'_>) -> Result<Self, SnapshotError> {
                match u8::take(from)? {
                    $($number => Ok($variant),)*
                    got => Err(SnapshotError::Value { what: $what, got: got.into() }),
                }
            }
        }
    )* };
}

variants! {
    Domain, "domain": Domain::Ll = 0, Domain::Dp = 1;
    Side, "side": Side::Input = 0, Side::Output = 1;
    SizeFrom, "source of a size": SizeFrom::Message = 0, SizeFrom::Platform = 1;
    ModuleState, "module state":
        ModuleState::Ready = 0, ModuleState::Prepared = 1, ModuleState::Paused = 2, ModuleState::Active = 3;
    PipelineState, "pipeline state":
        PipelineState::Init = 0, PipelineState::Ready = 1, PipelineState::Prepared = 2, PipelineState::Paused = 3,
        PipelineState::Active = 4;
}

impl Field for Owner {
    fn put(&self, to: &mut Writer<'_>) -> Option<()> {
        match self {
            Self::Common => 0_u8.put(to),
            Self::Pipeline(id) => (1_u8, *id).put(to),
            Self::Module(id) => (2_u8, *id).put(to),
        }
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, SnapshotError> {
        match u8::take(from)? {
            0 => Ok(Self::Common),
            1 => u8::take(from).map(Self::Pipeline),
            2 => ComponentId::take(from).map(Self::Module),
            got => Err(SnapshotError::Value { what: "owner", got: got.into() }),
        }
    }
}

impl Field for RingEnd {
    fn put(&self, to: &mut Writer<'_>) -> Option<()> {
        match self {
            Self::Port(port) => (0_u8, *port).put(to),
            Self::Gateway(node) => (1_u8, *node).put(to),
        }
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, SnapshotError> {
        match u8::take(from)? {
            0 => PortId::take(from).map(Self::Port),
            1 => u32::take(from).map(Self::Gateway),
            got => Err(SnapshotError::Value { what: "end of a ring", got: got.into() }),
        }
    }
}

/// All fields of each struct, in the order in which they travel.
macro_rules! structs {
    ($($type:ident { $($field:ident),* $(,)? })*) => { $(
        impl Field for $type {
            fn put(&self, to: &mut Writer<'_>) -> Option<()> {
                let Self { $($field),* } = self;
                $($field.put(to)?;)*
                Some(())
            }

            fn take(from: &mut Reader<'_>) -> Result<Self, SnapshotError> {
                $(let $field = Field::take(from)?;)*
                Ok(Self { $($field),* })
            }
        }
    )* };
}

structs! {
    RuntimeSnapshot { tick, tick_us, common_bytes, common, pool, events_lost }
    PipelineSnapshot { id, priority, core, state, declared_bytes, declared_stack, region, stopped_by }
    ModuleSnapshot {
        id, name, stand_in, pipeline, domain, core, state, out, owner, declared_bytes, size_from, stack_bytes,
        taken_bytes, region, frames_in, frames_out, counters, delay_frames, dp,
    }
    RingSnapshot { source, sink, level, frame_bytes }
    RegionSnapshot {
        owner, capacity, requested, lifetime_bytes, lifetime_padding, lifetime_blocks, lifetime_frees, sealed,
        seal_padding, interim_capacity, interim_used, interim_peak, interim_padding, interim_peak_padding,
        interim_blocks, largest_free, most_fragmented, late_requests, first_late, refused, last_refused, spare,
    }
    PoolUsage { page_bytes, line_bytes, pages, free_pages, largest_run, regions, peak_pages }
    Counters { runs, underruns, underrun_frames, faults }
    DpFigures { period_us, started, late_runs, margin_us }
    RingLevel { capacity, fill, peak }
    PortId { component, side, queue }
    Asker { owner, what }
    Refused { asker, bytes }
}
