//! `rlsf`: two-level segregated fit with 32 second levels, and as many first levels as the region needs.

use std::mem::MaybeUninit;
use std::ptr::NonNull;

use rlsf::Tlsf;

use crate::Outcome;
use crate::heap::{Heap, Job, LINE, Raw, request};

/// One pool holds up to 32 << `FIRST` bytes on a 64-bit host.
pub(super) struct Rlsf<'m, const FIRST: usize>(Tlsf<'m, u32, u32, FIRST, 32>);

pub(super) fn with<J: Job>(region: &mut [MaybeUninit<u8>], job: J) -> Outcome<J::Out> {
    match region.len().div_ceil(32).next_power_of_two().trailing_zeros() {
        ..=10 => sized::<10, _>(region, job),
        11 => sized::<11, _>(region, job),
        12 => sized::<12, _>(region, job),
        13 => sized::<13, _>(region, job),
        14 => sized::<14, _>(region, job),
        15 => sized::<15, _>(region, job),
        16..=19 => sized::<19, _>(region, job),
        _ => Err("rlsf: no first level is this large".into()),
    }
}

fn sized<const FIRST: usize, J: Job>(region: &mut [MaybeUninit<u8>], job: J) -> Outcome<J::Out> {
    Ok(job.run(&mut Rlsf::<FIRST>::new(region)))
}

impl<'m, const FIRST: usize> Rlsf<'m, FIRST> {
    pub(super) fn new(region: &'m mut [MaybeUninit<u8>]) -> Self {
        let mut tlsf = Tlsf::new();
        tlsf.insert_free_block(region);
        Self(tlsf)
    }
}

impl<const FIRST: usize> Heap for Rlsf<'_, FIRST> {
    type Handle = Raw;

    fn alloc(&mut self, size: usize) -> Option<Raw> {
        let start: NonNull<u8> = self.0.allocate(request(size)?)?;
        Some(Raw { start, size })
    }

    fn free(&mut self, handle: Raw) {
        // SAFETY: a handle is a block of this heap, asked for with this alignment, and freed once.
        unsafe { self.0.deallocate(handle.start, LINE) };
    }

    fn bytes(handle: &mut Raw) -> &mut [MaybeUninit<u8>] {
        handle.bytes()
    }
}
