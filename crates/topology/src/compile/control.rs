//! Controls: a volume in decibels, switches, enumerations and bytes. The volume's figures are those of SOF's gain class.

use headroom_tplg::records::{Bytes, Channel, ControlHeader, Enum, Mixer, Name, TABLE_LEN, Tlv};
use headroom_tplg::write::Writer;

use crate::toml::{Blob, ControlKind, Described, ENUM_ITEMS};

/// Steps of a volume: from -90 dB to 0 dB by 2 dB, where the lowest is silence.
const STEPS: i32 = 45;
const LOWEST: i32 = -9000;
const STEP: u32 = 200;

/// Who reads and writes it: `SOF_TPLG_KCTL_VOL_ID` and its like of Linux.
const VOLUME: u32 = 256;
const ENUM: u32 = 257;
const SWITCH: u32 = 259;

/// Who reads and writes bytes as TLV, and their access as SOF's classes have it: TLV read, write and callback.
const BYTES_TLV: u32 = 258;
const BYTES_ACCESS: u32 = 0x1000_0030;

/// Version of the ABI in the header of bytes, 3.29.1 as in the manifest.
const ABI_VERSION: u32 = 3 << 24 | 29 << 12 | 1;
/// What that header begins with: `SOF4`.
const MAGIC: u32 = 0x3446_4F53;

/// Bits of `SNDRV_CTL_ELEM_ACCESS`.
const READ_WRITE: u32 = 3;
const HAS_DECIBELS: u32 = 0x10;

/// Places of up to eight channels, as ALSA numbers them: front, rear, centre, low frequencies, side.
const PLACES: [u32; TABLE_LEN] = [3, 4, 5, 6, 7, 8, 9, 10];

/// Writes a control of a widget with so many channels.
pub(super) fn write(writer: &mut Writer<'_>, control: &Described<'_>, name: Name, channels: usize) {
    match control.kind {
        ControlKind::Volume => writer.mixer(&volume(name, channels)),
        ControlKind::Switch(_) => writer.mixer(&switch(name, channels)),
        ControlKind::Enum(_) => writer.enumerated(&enumeration(name, channels)),
        ControlKind::Blob(blob) => {
            writer.bytes(&bytes(name, blob));
            writer.private(&with_header(blob));
        }
    }
}

fn volume(name: Name, channels: usize) -> Mixer {
    let mut data = [0; 32];
    data[..3].copy_from_slice(&[LOWEST as u32, STEP, 1]);
    let usual = Mixer::default().header;
    let header = ControlHeader {
        name,
        access: READ_WRITE | HAS_DECIBELS,
        get: VOLUME,
        put: VOLUME,
        tlv: Tlv { size: 136, kind: 1, data },
        ..usual
    };
    mixer(header, STEPS, 1, channels)
}

fn switch(name: Name, channels: usize) -> Mixer {
    let usual = Mixer::default().header;
    let header = ControlHeader { name, access: READ_WRITE, get: SWITCH, put: SWITCH, ..usual };
    mixer(header, 1, 2, channels)
}

fn mixer(header: ControlHeader, max: i32, reg: i32, channels: usize) -> Mixer {
    let table = std::array::from_fn(|n| channel(n, channels, reg));
    Mixer { header, max, num_channels: channels as u32, channels: table, ..Mixer::default() }
}

fn channel(n: usize, channels: usize, reg: i32) -> Channel {
    match n < channels {
        true => Channel { size: 16, reg, shift: n as i32, id: PLACES[n] },
        false => Channel { reg: -1, ..Channel::default() },
    }
}

/// Items are called by their numbers.
fn enumeration(name: Name, channels: usize) -> Enum {
    let usual = Enum::default();
    let header = ControlHeader { name, access: READ_WRITE, get: ENUM, put: ENUM, ..usual.header };
    let mut texts = usual.texts;
    for (text, n) in texts.iter_mut().zip(0..ENUM_ITEMS) {
        *text = Name::new(&n.to_string()).unwrap_or_default();
    }
    let table = std::array::from_fn(|n| channel(n, channels, 0));
    Enum { header, num_channels: channels as u32, channels: table, items: ENUM_ITEMS, texts, ..usual }
}

fn bytes(name: Name, blob: &Blob) -> Bytes {
    let usual = Bytes::default();
    let header = ControlHeader { name, access: BYTES_ACCESS, ..usual.header };
    let max = (blob.data.len() as u32).saturating_add(32).next_multiple_of(4);
    Bytes { header, max, ext_get: BYTES_TLV, ext_put: BYTES_TLV, ..usual }
}

/// The bytes of a control with the header of SOF's ABI before them.
fn with_header(blob: &Blob) -> Vec<u8> {
    let head = [MAGIC, blob.parameter, blob.data.len() as u32, ABI_VERSION, 0, 0, 0, 0];
    head.into_iter().flat_map(u32::to_le_bytes).chain(blob.data.iter().copied()).collect()
}
