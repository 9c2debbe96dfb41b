//! The modules that a firmware has: read from its manifest, as Linux does to find the id of a UUID.
//!
//! ```text
//!   … | $AM1 | header length | … | entries n | … |  n times: $AME | name | UUID | type | … |  code …
//!       0      4                   36                        0      4      12     28
//! ```
//!
//! An image has its manifest somewhere behind signatures; it is found by its magic and taken if all of its entries have theirs.
//! Source: SOF's `src/include/rimage/sof/user/manifest.h`; held against the 30 IPC4 images that Debian ships.

use std::collections::HashMap;

use headroom_module::ModuleEntry;
use headroom_tplg::tuples::Uuid;

use crate::error::Error;

const HEADER_MAGIC: &[u8; 4] = b"$AM1";
const ENTRY_MAGIC: &[u8; 4] = b"$AME";
const COUNT_AT: usize = 36;
const ENTRY_BYTES: usize = 116;

/// The bit of an entry's type that makes its module a DP one where a topology leaves it open.
const DP: u32 = 1 << 6;

/// Modules of a library count from its number times this.
const LIBRARY: u16 = 1 << 12;
/// The most libraries that ids have room for.
const MOST_LIBRARIES: usize = 15;

/// The bytes of an image of firmware or of a library, and what they are called in errors.
#[derive(Clone, Debug)]
pub struct Image {
    /// The file that they came from.
    pub name: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// The modules of a firmware and of the libraries that are loaded with it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Manifest {
    modules: Vec<ManifestEntry>,
}

/// One module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ManifestEntry {
    /// Its id in messages: its index in the manifest, and its library above it.
    pub id: u16,
    /// Its UUID, in the byte order of files.
    pub uuid: Uuid,
    /// Whether it is DP where the topology does not say.
    pub is_dp: bool,
}

impl Manifest {
    /// Reads an image, and those of libraries in the order in which they are loaded.
    ///
    /// # Errors
    /// [`Error::Image`]: one has no manifest, or there are more than 15 libraries.
    pub fn of(images: &[Image]) -> Result<Self, Error> {
        let mut modules = Vec::new();
        for (library, image) in images.iter().enumerate() {
            let fault = |why, help| Error::Image { name: image.name.clone(), why, help };
            if library > MOST_LIBRARIES {
                return Err(fault("there are more than 15 libraries", "name fewer"));
            }
            let entries = entries(&image.bytes).ok_or_else(|| {
                fault(
                    "it has no manifest of modules",
                    "name an IPC4 image of SOF: a `.ri` file, then libraries",
                )
            })?;
            let first = library as u16 * LIBRARY;
            // The last id of the last library is the last number.
            modules.extend(entries.iter().zip(first..=u16::MAX).map(|(entry, id)| self::entry(entry, id)));
        }
        Ok(Self { modules })
    }

    /// Those of `modules` that the firmware has, with its ids.
    pub fn rows(&self, modules: &[ModuleEntry]) -> Vec<ModuleEntry> {
        let row = |entry: &ModuleEntry| {
            let listed = self.find(Uuid(entry.uuid))?;
            Some(ModuleEntry { module: listed.id, ..*entry })
        };
        modules.iter().filter_map(row).collect()
    }

    /// The module of this UUID.
    pub fn find(&self, uuid: Uuid) -> Option<ManifestEntry> {
        self.modules.iter().find(|entry| entry.uuid == uuid).copied()
    }
}

fn entry(bytes: &[u8; ENTRY_BYTES], id: u16) -> ManifestEntry {
    let mut uuid = [0; 16];
    uuid.copy_from_slice(&bytes[12..28]);
    let kind = u32::from_le_bytes([bytes[28], bytes[29], bytes[30], bytes[31]]);
    ManifestEntry { id, uuid: Uuid(uuid), is_dp: kind & DP != 0 }
}

/// The entries of the manifest of an image; at most as many as a library's ids have room for. Linear in the image, whatever is in
/// it: entries that follow each other are counted once, from behind.
fn entries(image: &[u8]) -> Option<&[[u8; ENTRY_BYTES]]> {
    let starts = |magic: &'static [u8; 4]| {
        image.windows(4).enumerate().filter(move |(_, window)| window == magic).map(|(at, _)| at)
    };
    // By where an entry starts, how many whole ones follow each other from there.
    let mut runs: HashMap<usize, usize> = HashMap::new();
    for at in starts(ENTRY_MAGIC).rev().filter(|at| at + ENTRY_BYTES <= image.len()) {
        let behind = runs.get(&(at + ENTRY_BYTES)).copied().unwrap_or(0);
        runs.insert(at, behind + 1);
    }
    let manifest = |at: usize| {
        let word = |at: usize| image.get(at..)?.first_chunk().map(|word| u32::from_le_bytes(*word) as usize);
        let (first, count) = (at.checked_add(word(at + 4)?)?, word(at + COUNT_AT)?);
        let are_whole =
            count > 0 && count <= LIBRARY.into() && runs.get(&first).is_some_and(|&run| run >= count);
        let (entries, _) = image.get(first..)?.as_chunks();
        entries.get(..count).filter(|_| are_whole)
    };
    starts(HEADER_MAGIC).find_map(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(modules: &[(u8, u32)]) -> Vec<u8> {
        let mut bytes = vec![0xEE; 300];
        // Something that only begins as a manifest does.
        bytes.extend(b"$AM1");
        bytes.extend([0xEE; 64]);
        let at = bytes.len();
        bytes.extend([0; 52]);
        bytes[at..at + 4].copy_from_slice(HEADER_MAGIC);
        bytes[at + 4] = 52;
        bytes[at + COUNT_AT] = modules.len() as u8;
        for (uuid, kind) in modules {
            let mut entry = [0; ENTRY_BYTES];
            entry[..4].copy_from_slice(ENTRY_MAGIC);
            entry[12..28].fill(*uuid);
            entry[28..32].copy_from_slice(&kind.to_le_bytes());
            bytes.extend(entry);
        }
        bytes
    }

    fn named(name: &str, bytes: Vec<u8>) -> Image {
        Image { name: name.to_owned(), bytes }
    }

    #[test]
    fn modules_count_by_their_place_and_their_library() {
        let images =
            [named("base.ri", image(&[(1, 0x21), (2, 0x41)])), named("library.ri", image(&[(3, 0x61)]))];
        let manifest = Manifest::of(&images).unwrap();
        let entry = |byte, id, is_dp| Some(ManifestEntry { id, uuid: Uuid([byte; 16]), is_dp });
        assert_eq!(manifest.find(Uuid([1; 16])), entry(1, 0, false));
        assert_eq!(manifest.find(Uuid([2; 16])), entry(2, 1, true));
        assert_eq!(manifest.find(Uuid([3; 16])), entry(3, 0x1000, true));
        assert_eq!(manifest.find(Uuid([4; 16])), None);
    }

    #[test]
    fn files_without_a_whole_manifest_are_refused() {
        let whole = image(&[(1, 0x21), (2, 0x41)]);
        assert!(entries(&whole).is_some());
        for end in 0..whole.len() {
            assert!(entries(&whole[..end]).is_none(), "{end}");
        }
        assert!(entries(&image(&[])).is_none());
        let error = Manifest::of(&[named("none.ri", b"no image".to_vec())]).unwrap_err();
        assert!(error.to_string().contains("none.ri: it has no manifest of modules"), "{error}");
        let many = vec![named("lib.ri", image(&[(1, 0)])); 17];
        assert!(Manifest::of(&many).unwrap_err().to_string().contains("more than 15 libraries"));
    }

    /// The last library has ids up to 65,535, and none behind.
    #[test]
    fn ids_end_with_the_last_library() {
        let full: Vec<_> = (0..4096).map(|n| (n as u8, 0x21)).collect();
        let mut last = image(&full);
        let at = last.windows(4).rposition(|window| window == HEADER_MAGIC).unwrap();
        last[at + COUNT_AT..at + COUNT_AT + 4].copy_from_slice(&4096_u32.to_le_bytes());
        let mut images = vec![named("lib.ri", image(&[(1, 0)])); 15];
        images.push(named("last.ri", last));
        let manifest = Manifest::of(&images).unwrap();
        assert_eq!(manifest.modules.last().map(|entry| entry.id), Some(u16::MAX));
    }

    /// Each header leads to the same long list, whose entries are counted once; for each of them anew, this would not end.
    #[test]
    fn many_headers_of_one_list_are_read() {
        let entry = || b"$AME".iter().copied().chain([0; ENTRY_BYTES - 4]);
        const HEADERS: usize = 100_000;
        let mut bytes = Vec::new();
        for n in 0..HEADERS {
            let mut header = [0; COUNT_AT + 4];
            header[..4].copy_from_slice(HEADER_MAGIC);
            header[4..8].copy_from_slice(&(((HEADERS - n) * (COUNT_AT + 4)) as u32).to_le_bytes());
            // One more than there are.
            header[COUNT_AT..].copy_from_slice(&4096_u32.to_le_bytes());
            bytes.extend(header);
        }
        (0..4095).for_each(|_| bytes.extend(entry()));
        assert!(entries(&bytes).is_none());
        bytes.extend(entry());
        assert_eq!(entries(&bytes).map(<[_]>::len), Some(4096));
    }
}
