//! The fixed parts of blocks and elements, field by field: what a reader finds and what a builder fills in.
//!
//! Each is the structure of the same size in `sound/asoc.h` of the Linux UAPI, whose names the fields have.
//! `..Default::default()` gives what `alsatplg` writes into fields that nobody sets: sizes, and zero elsewhere.
//! Counts and sizes of what follows a record (`num_kcontrols`, `priv_size`) are the [`Writer`](crate::write::Writer)'s.

pub use crate::fields::{FieldMut, Path, Record, Visit};
pub use crate::name::{NAME_LEN, Name};

use crate::layout::record;

/// Entries of a control's table of channels, and of tables of streams and of hardware configurations.
pub const TABLE_LEN: usize = 8;
/// Texts of an enumerated control.
pub const TEXTS: usize = 16;
/// The first word of each block.
pub const MAGIC: u32 = 0x4153_6f43;

record! {
    /// What each block starts with.
    BlockHeader: 36 {
        /// [`MAGIC`].
        magic: u32 = MAGIC,
        /// 5, or 4 in old files.
        abi: u32 = 5,
        /// A vendor's version.
        version: u32,
        /// What the elements are; see [`BlockKind`](crate::BlockKind).
        kind: u32,
        /// Bytes of this header.
        size: u32 = 36,
        /// A vendor's type.
        vendor_type: u32,
        /// Bytes that follow this header.
        payload_size: u32,
        /// The pipeline of widgets; nothing to rely on in other blocks.
        index: u32,
        /// Elements in the payload.
        count: u32,
    }
}

record! {
    /// How many elements of each kind a file has.
    Manifest: 112 {
        /// Bytes of this record.
        size: u32 = 112,
        /// Controls, those of widgets included.
        control_elems: u32,
        /// Widgets.
        widget_elems: u32,
        /// Routes.
        graph_elems: u32,
        /// PCMs.
        pcm_elems: u32,
        /// Links of all kinds.
        dai_link_elems: u32,
        /// DAIs.
        dai_elems: u32,
        /// Nothing yet.
        reserved: [u32; 20],
        /// Bytes of private data behind this record.
        priv_size: u32,
    }
}

record! {
    /// How the values of a control become decibels.
    Tlv: 136 {
        /// Bytes of this record, or 0 for none.
        size: u32,
        /// 1: the first three words are lowest value and step in 1/100 dB and whether the lowest is silence.
        kind: u32,
        /// What the kind says.
        data: [u32; 32],
    }
}

record! {
    /// A channel of a control.
    Channel: 16 {
        /// Bytes of this record, or 0 for none.
        size: u32,
        /// Register.
        reg: i32,
        /// Shift within the register.
        shift: i32,
        /// Place of the loudspeaker: 3 front left, 4 front right, as ALSA numbers them.
        id: u32,
    }
}

record! {
    /// What controls of all kinds start with.
    ControlHeader: 204 {
        /// Bytes of this record.
        size: u32 = 204,
        /// 1 mixer, 2 bytes, 3 enumerated.
        kind: u32,
        /// Name.
        name: Name,
        /// Bits of `SNDRV_CTL_ELEM_ACCESS`: 1 read, 2 write, 0x10 has decibels.
        access: u32,
        /// Who reads it.
        get: u32,
        /// Who writes it.
        put: u32,
        /// Who describes it. Says which structure this is the header of.
        info: u32,
        /// Decibels.
        tlv: Tlv,
    }
}

record! {
    /// A control of numbers: a volume or a switch.
    Mixer: 360 {
        /// What all controls have.
        header: ControlHeader = ControlHeader { kind: 1, info: 1, ..<ControlHeader as crate::layout::Field>::DEFAULT },
        /// Bytes of this record.
        size: u32 = 360,
        /// Lowest value.
        min: i32,
        /// Highest value.
        max: i32,
        /// Highest value that the platform allows.
        platform_max: i32,
        /// Whether the highest value is the lowest.
        invert: u32,
        /// Entries of `channels` in use.
        num_channels: u32,
        /// Channels.
        channels: [Channel; TABLE_LEN],
        /// Bytes of private data behind this record.
        priv_size: u32,
    }
}

record! {
    /// A control of any bytes.
    Bytes: 240 {
        /// What all controls have.
        header: ControlHeader = ControlHeader { kind: 2, info: 5, ..<ControlHeader as crate::layout::Field>::DEFAULT },
        /// Bytes of this record.
        size: u32 = 240,
        /// Most bytes.
        max: u32,
        /// Mask.
        mask: u32,
        /// First register.
        base: u32,
        /// Registers.
        num_regs: u32,
        /// Who reads it as TLV.
        ext_get: u32,
        /// Who writes it as TLV.
        ext_put: u32,
        /// Who describes it as TLV.
        ext_info: u32,
        /// Bytes of private data behind this record: what the control holds at first.
        priv_size: u32,
    }
}

record! {
    /// A control of one text out of several.
    Enum: 1764 {
        /// What all controls have.
        header: ControlHeader = ControlHeader { kind: 3, info: 4, ..<ControlHeader as crate::layout::Field>::DEFAULT },
        /// Bytes of this record.
        size: u32 = 1764,
        /// Entries of `channels` in use.
        num_channels: u32,
        /// Channels.
        channels: [Channel; TABLE_LEN],
        /// Entries of `texts` in use.
        items: u32,
        /// Mask.
        mask: u32,
        /// Entries of `values` in use.
        count: u32,
        /// Texts.
        texts: [Name; TEXTS],
        /// A value for each text.
        values: [u32; 176],
        /// Bytes of private data behind this record.
        priv_size: u32,
    }
}

record! {
    /// A route from one widget to another. The end comes first.
    Route: 132 {
        /// Name of the widget that it ends at.
        sink: Name,
        /// Name of a control that opens it, or nothing.
        control: Name,
        /// Name of the widget that it starts at.
        source: Name,
    }
}

record! {
    /// A node of the audio graph.
    Widget: 132 {
        /// Bytes of this record.
        size: u32 = 132,
        /// What it is; see [`WidgetKind`](crate::WidgetKind).
        id: u32,
        /// Name, by which routes find it.
        name: Name,
        /// Name of the stream, by which PCMs and links find it.
        sname: Name,
        /// Power register, or -1 for none.
        reg: i32,
        /// Shift within it.
        shift: i32,
        /// Mask.
        mask: u32,
        /// Order of power.
        subseq: u32,
        /// Whether the power bit is inverted.
        invert: u32,
        /// Whether it stays on in suspend.
        ignore_suspend: u32,
        /// When the driver is told.
        event_flags: u16,
        /// Which of its handlers is told.
        event_type: u16,
        /// Controls behind the private data.
        num_kcontrols: u32,
        /// Bytes of private data behind this record.
        priv_size: u32,
    }
}

record! {
    /// What a stream can do.
    StreamCaps: 104 {
        /// Bytes of this record, or 0 for none.
        size: u32,
        /// Name of the stream, that of its first widget.
        name: Name,
        /// A bit per sample format, low word first.
        formats: [u32; 2],
        /// A bit per rate.
        rates: u32,
        /// Lowest rate.
        rate_min: u32,
        /// Highest rate.
        rate_max: u32,
        /// Least channels.
        channels_min: u32,
        /// Most channels.
        channels_max: u32,
        /// Least periods.
        periods_min: u32,
        /// Most periods.
        periods_max: u32,
        /// Least bytes of a period.
        period_size_min: u32,
        /// Most bytes of a period.
        period_size_max: u32,
        /// Least bytes of the buffer.
        buffer_size_min: u32,
        /// Most bytes of the buffer.
        buffer_size_max: u32,
        /// Bits of a sample that say something.
        sig_bits: u32,
    }
}

record! {
    /// A configuration of a stream.
    Stream: 72 {
        /// Bytes of this record, or 0 for none.
        size: u32,
        /// Name.
        name: Name,
        /// Sample format, low word first.
        format: [u32; 2],
        /// Frames per second.
        rate: u32,
        /// Bytes of a period.
        period_bytes: u32,
        /// Bytes of the buffer.
        buffer_bytes: u32,
        /// Channels.
        channels: u32,
    }
}

record! {
    /// A PCM device.
    Pcm: 912 {
        /// Bytes of this record.
        size: u32 = 912,
        /// Name.
        pcm_name: Name,
        /// Name of its DAI.
        dai_name: Name,
        /// Its number.
        pcm_id: u32,
        /// Number of its DAI.
        dai_id: u32,
        /// Whether it plays.
        playback: u32,
        /// Whether it records.
        capture: u32,
        /// Whether its data are compressed.
        compress: u32,
        /// Configurations.
        stream: [Stream; TABLE_LEN],
        /// Entries of `stream` in use.
        num_streams: u32,
        /// What it can do: playing, recording.
        caps: [StreamCaps; 2],
        /// Flags that `flags` says something about.
        flag_mask: u32,
        /// Flags.
        flags: u32,
        /// Bytes of private data behind this record.
        priv_size: u32,
    }
}

record! {
    /// Clocks and slots of a serial interface.
    HwConfig: 120 {
        /// Bytes of this record, or 0 for none.
        size: u32,
        /// Its number.
        id: u32,
        /// `SND_SOC_DAI_FORMAT`.
        fmt: u32,
        /// Whether the bit clock stops.
        clock_gated: u8,
        /// Whether the bit clock is inverted.
        invert_bclk: u8,
        /// Whether the frame clock is inverted.
        invert_fsync: u8,
        /// Who makes the bit clock.
        bclk_provider: u8,
        /// Who makes the frame clock.
        fsync_provider: u8,
        /// Where the master clock goes.
        mclk_direction: u8,
        /// Nothing yet.
        reserved: u16,
        /// Master clock in Hz.
        mclk_rate: u32,
        /// Bit clock in Hz.
        bclk_rate: u32,
        /// Frame clock in Hz.
        fsync_rate: u32,
        /// Slots of a frame.
        tdm_slots: u32,
        /// Bits of a slot.
        tdm_slot_width: u32,
        /// Slots that are sent.
        tx_slots: u32,
        /// Slots that are received.
        rx_slots: u32,
        /// Channels that are sent.
        tx_channels: u32,
        /// A place for each.
        tx_chanmap: [u32; TABLE_LEN],
        /// Channels that are received.
        rx_channels: u32,
        /// A place for each.
        rx_chanmap: [u32; TABLE_LEN],
    }
}

record! {
    /// A link to what is behind the DSP.
    Link: 1656 {
        /// Bytes of this record.
        size: u32 = 1656,
        /// Its number.
        id: u32,
        /// Name.
        name: Name,
        /// Name of the stream.
        stream_name: Name,
        /// Configurations.
        stream: [Stream; TABLE_LEN],
        /// Entries of `stream` in use.
        num_streams: u32,
        /// Clocks and slots.
        hw_config: [HwConfig; TABLE_LEN],
        /// Entries of `hw_config` in use.
        num_hw_configs: u32,
        /// Number of the one to take first.
        default_hw_config_id: u32,
        /// Flags that `flags` says something about.
        flag_mask: u32,
        /// Flags.
        flags: u32,
        /// Bytes of private data behind this record.
        priv_size: u32,
    }
}

record! {
    /// A digital audio interface.
    Dai: 280 {
        /// Bytes of this record.
        size: u32 = 280,
        /// Name.
        dai_name: Name,
        /// Its number.
        dai_id: u32,
        /// Whether it plays.
        playback: u32,
        /// Whether it records.
        capture: u32,
        /// What it can do: playing, recording.
        caps: [StreamCaps; 2],
        /// Flags that `flags` says something about.
        flag_mask: u32,
        /// Flags.
        flags: u32,
        /// Bytes of private data behind this record.
        priv_size: u32,
    }
}

impl StreamCaps {
    /// A bit per sample format: bit *n* is `SNDRV_PCM_FORMAT` *n*, as 2 for S16_LE and 10 for S32_LE.
    pub fn format_bits(&self) -> u64 {
        let [low, high] = self.formats.map(u64::from);
        low | high << 32
    }
}
