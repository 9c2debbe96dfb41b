//! Messages as words, written out by hand: what a driver sends for one stream, and the parts of it.

/// The bytes of words, little endian.
pub(crate) fn bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Two headers and payload parts.
pub(crate) fn message(header: [u32; 2], payload: &[&[u32]]) -> Vec<u8> {
    let mut message = bytes(&header);
    payload.iter().for_each(|part| message.extend(bytes(part)));
    message
}

/// 32 bits in 32, two channels left and right, interleaved, two channels of 32 valid bits, least significant justified.
pub(crate) const STEREO_S32: [u32; 5] = [0x20, 0xffff_ff10, 1, 0, 0x0001_2002];
pub(crate) const HZ_16000: u32 = 0x3e80;
pub(crate) const HZ_48000: u32 = 0xbb80;

/// Base configuration: cycles, input block, output block, pages, format.
pub(crate) fn base(blocks: [u32; 2], rate: u32) -> Vec<u32> {
    [&[0, blocks[0], blocks[1], 0, rate][..], &STEREO_S32].concat()
}

/// A copier's own part: output format, features, node id, buffer bytes, one word of attributes.
pub(crate) fn copier(rate: u32, node: u32) -> Vec<u32> {
    [&[rate][..], &STEREO_S32, &[0, node, 0, 1, 0]].concat()
}

/// The host's side of playback, the link's side of it, and no gateway at all.
pub(crate) const HOST_OUT: u32 = 0;
pub(crate) const LINK_OUT: u32 = 0x800;
pub(crate) const NO_NODE: u32 = 0xffff_ffff;

/// One millisecond of stereo S32 at 16 and at 48 kHz, and five of them.
pub(crate) const MS_16K: u32 = 0x80;
pub(crate) const MS_48K: u32 = 0x180;
pub(crate) const FIVE_MS_16K: u32 = 0x280;
pub(crate) const FIVE_MS_48K: u32 = 0x780;

/// Extended init: flags with an object array, two reserved words.
pub(crate) const EXTENSION: [u32; 3] = [4, 0, 0];
/// `DP_DATA` or `MEM_DATA` with three words: domain, 8 KiB of stack, 24 KiB of heap.
pub(crate) const MEMORY_3: [u32; 4] = [0x0003_0003, 0, 0x2000, 0x6000];
/// The same with five: domain, stack, 4 KiB interim, 20 KiB lifetime, none shared.
pub(crate) const MEMORY_5: [u32; 6] = [0x0005_0003, 0, 0x2000, 0x1000, 0x5000, 0];

/// One setting for all channels: target, no curve, at once.
pub(crate) fn volume(target: u32) -> [u32; 6] {
    [0xffff_ffff, target, 0, 0, 0, 0]
}
pub(crate) const UNITY: u32 = 0x7fff_ffff;
pub(crate) const HALF: u32 = 0x4000_0000;

pub(crate) fn create(id: u32) -> Vec<u8> {
    message([0x1100_0000 | id << 16, 0], &[])
}

pub(crate) fn delete(id: u32) -> Vec<u8> {
    message([0x1200_0000 | id << 16, 0], &[])
}

pub(crate) const RESET: u32 = 2;
pub(crate) const PAUSED: u32 = 3;
pub(crate) const RUNNING: u32 = 4;
pub(crate) const EOS: u32 = 5;

pub(crate) fn set_state(id: u32, state: u32) -> Vec<u8> {
    message([0x1300_0000 | id << 16 | state, 0], &[])
}

pub(crate) fn set_states(ids: &[u32], state: u32) -> Vec<u8> {
    message([0x1300_0000 | state, 1], &[&[ids.len() as u32], ids])
}

/// Binds output 0 of one component to input 0 of another.
pub(crate) fn bind(source: u32, sink: u32) -> Vec<u8> {
    message([0x4500_0000 | source, sink], &[])
}

pub(crate) fn unbind(source: u32, sink: u32) -> Vec<u8> {
    message([0x4600_0000 | source, sink], &[])
}

pub(crate) const HOST: u32 = 0x0_0004;
pub(crate) const SRC: u32 = 0x0_0007;
pub(crate) const GAIN: u32 = 0x0_0006;
pub(crate) const SPEAKER: u32 = 0x1_0004;

pub(crate) fn init_host() -> Vec<u8> {
    message([0x4000_0004, 0x0001_0015], &[&base([MS_16K, MS_16K], HZ_16000), &copier(HZ_16000, HOST_OUT)])
}

/// A DP converter of pipeline `pipeline`, 16 to 48 kHz, with three words of memory.
pub(crate) fn init_src(instance: u32, pipeline: u32) -> Vec<u8> {
    let header = [0x4000_0007 | instance << 16, 0x3000_0012 | pipeline << 16];
    let base = base([FIVE_MS_16K, FIVE_MS_48K], HZ_16000);
    message(header, &[&EXTENSION, &MEMORY_3, &base, &[HZ_48000]])
}

pub(crate) fn init_gain(instance: u32, pipeline: u32) -> Vec<u8> {
    let header = [0x4000_0006 | instance << 16, 0x10 | pipeline << 16];
    message(header, &[&base([MS_48K, MS_48K], HZ_48000), &volume(UNITY)])
}

pub(crate) fn init_speaker() -> Vec<u8> {
    message([0x4001_0004, 0x0001_0015], &[&base([MS_48K, MS_48K], HZ_48000), &copier(HZ_48000, LINK_OUT)])
}

pub(crate) fn set_gain(target: u32) -> Vec<u8> {
    message([0x4400_0006, 0x3000_0018], &[&volume(target)])
}

/// Pipeline 1: host copier, DP converter, gain, speaker copier, bound in this order.
pub(crate) fn stream() -> Vec<Vec<u8>> {
    vec![
        create(1),
        init_host(),
        init_src(0, 1),
        init_gain(0, 1),
        init_speaker(),
        bind(HOST, SRC),
        bind(SRC, GAIN),
        bind(GAIN, SPEAKER),
        set_gain(HALF),
    ]
}
