//! The list of all rows, for whoever wants every module.

use headroom_module::ModuleEntry;

use crate::{COPIER, GAIN, MIXIN, MIXOUT, PASSTHROUGH, PEAKVOL, SRC, SRC_LITE, TONE};

/// Every module that ships, one row each. An image that needs few of them lists those instead, and links no others.
///
/// UUIDs are SOF's (`uuid-registry.txt`), so topologies written for SOF find their modules. Names and ids are ours: 2, 3,
/// 6 and 7 are those of SOF's testbench, 0x1F is the type that SOF's manifest gives the small converter, the others are
/// free choices beside them.
pub const MODULES: &[ModuleEntry] = &[COPIER, GAIN, PEAKVOL, MIXIN, MIXOUT, SRC, SRC_LITE, PASSTHROUGH, TONE];

#[cfg(test)]
mod tests {
    extern crate std;

    use std::{format, string::String};

    use super::*;

    /// The text form of a UUID in file order.
    fn text(uuid: [u8; 16]) -> String {
        let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
        let hex = order.map(|at| format!("{:02x}", uuid[at])).concat();
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }

    #[test]
    fn names_ids_and_uuids_are_as_documented() {
        let expected = [
            ("copier", 4, "9ba00c83-ca12-4a83-943c-1fa2e82f9dda"),
            ("gain", 6, "61bca9a8-18d0-4a18-8e7b-2639219804b7"),
            ("peakvol", 5, "8a171323-94a3-4e1d-afe9-fe5dbaa4c393"),
            ("mixin", 2, "39656eb2-3b71-4049-8d3f-f92cd5c43c09"),
            ("mixout", 3, "3c56505a-24d7-418f-bddc-c1f5a3ac2ae0"),
            ("src", 7, "e61bb28d-149a-4c1f-b709-46823ef5f5ae"),
            ("src-lite", 0x1F, "33441051-44cd-466a-83a3-178478708aea"),
            ("passthrough", 9, "376b5e44-9c82-4ec2-bc83-10ea101af88f"),
            ("tone", 8, "04e3f894-2c5c-4f2e-8dc1-694eeaab53fa"),
        ];
        assert_eq!(MODULES.len(), expected.len());
        for (row, (name, module, uuid)) in MODULES.iter().zip(expected) {
            assert_eq!((row.name, row.module, text(row.uuid).as_str()), (name, module, uuid));
        }
    }
}
