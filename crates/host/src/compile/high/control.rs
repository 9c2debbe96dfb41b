//! Controls of gains: a volume in decibels, and a switch. Their figures are those of SOF's gain class.

use headroom_tplg::records::{Channel, ControlHeader, Mixer, Name, TABLE_LEN, Tlv};

/// Steps of a volume: from -90 dB to 0 dB by 2 dB, where the lowest is silence.
const STEPS: i32 = 45;
const LOWEST: i32 = -9000;
const STEP: u32 = 200;

/// Who reads and writes it: `SOF_TPLG_KCTL_VOL_ID` and `SOF_TPLG_KCTL_SWITCH_ID` of Linux.
const VOLUME: u32 = 256;
const SWITCH: u32 = 259;

/// Bits of `SNDRV_CTL_ELEM_ACCESS`.
const READ_WRITE: u32 = 3;
const HAS_DECIBELS: u32 = 0x10;

/// Places of up to eight channels, as ALSA numbers them: front, rear, centre, low frequencies, side.
const PLACES: [u32; TABLE_LEN] = [3, 4, 5, 6, 7, 8, 9, 10];

pub(super) fn volume(name: Name, channels: usize) -> Mixer {
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
    mixer(header, STEPS, (1, channels))
}

pub(super) fn switch(name: Name, channels: usize) -> Mixer {
    let usual = Mixer::default().header;
    let header = ControlHeader { name, access: READ_WRITE, get: SWITCH, put: SWITCH, ..usual };
    mixer(header, 1, (2, channels))
}

fn mixer(header: ControlHeader, max: i32, (reg, channels): (i32, usize)) -> Mixer {
    let channel = |n: usize| match n < channels {
        true => Channel { size: 16, reg, shift: n as i32, id: PLACES[n] },
        false => Channel { reg: -1, ..Channel::default() },
    };
    let table = std::array::from_fn(channel);
    Mixer { header, max, num_channels: channels as u32, channels: table, ..Mixer::default() }
}
