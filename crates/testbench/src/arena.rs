//! Memory for a page pool.

use std::mem::MaybeUninit;

use vregion::{PagePool, Profile};

/// The bytes and the tables behind a page pool.
pub struct Arena {
    profile: Profile,
    bytes: Vec<MaybeUninit<u8>>,
    tables: Vec<MaybeUninit<u8>>,
}

impl Arena {
    /// Memory of so many bytes for a pool with this profile.
    pub fn new(profile: Profile, bytes: usize) -> Self {
        let tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&profile, bytes)];
        Self { profile, bytes: vec![MaybeUninit::uninit(); bytes], tables }
    }

    /// The pool.
    pub fn pool(&mut self) -> PagePool<'_> {
        PagePool::new(self.profile, &mut self.bytes, &mut self.tables).unwrap()
    }
}
