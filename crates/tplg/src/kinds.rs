//! The kinds of blocks and of widgets: their numbers in a file and their names.

use core::fmt;

/// From a table of numbers and names to an enum with both.
macro_rules! kinds {
    (
        $(#[$doc:meta])* enum $kinds:ident;
        spelled $(#[$spelled:meta])*;
        $($(#[$each:meta])* $raw:literal $kind:ident $name:literal,)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $kinds {
            $($(#[$each])* $kind,)*
            /// A number that has no name.
            Other(u32),
        }

        impl $kinds {
            /// The kind that has the number `raw` in a file.
            pub fn from_raw(raw: u32) -> Self {
                match raw {
                    $($raw => Self::$kind,)*
                    other => Self::Other(other),
                }
            }

            /// The number in a file.
            pub fn raw(self) -> u32 {
                match self {
                    $(Self::$kind => $raw,)*
                    Self::Other(raw) => raw,
                }
            }
        }

        $(#[$spelled])*
        impl fmt::Display for $kinds {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$kind => f.pad($name),)*
                    Self::Other(raw) => write!(f, "type {raw}"),
                }
            }
        }
    };
}

kinds! {
    /// What the elements of a block are.
    enum BlockKind;
    spelled
    /// As in `sound/asoc.h`, without `SND_SOC_TPLG_TYPE_`.
    ;
    /// Controls of numbers that no widget owns.
    1 Mixer "MIXER",
    /// Controls of bytes that no widget owns.
    2 Bytes "BYTES",
    /// Enumerated controls that no widget owns.
    3 Enum "ENUM",
    /// Routes.
    4 Graph "DAPM_GRAPH",
    /// Widgets.
    5 Widget "DAPM_WIDGET",
    /// DAI links.
    6 DaiLink "DAI_LINK",
    /// PCMs.
    7 Pcm "PCM",
    /// How many elements of each kind there are, and what is said about the file as a whole.
    8 Manifest "MANIFEST",
    /// Links to codecs.
    9 CodecLink "CODEC_LINK",
    /// Links to back ends.
    10 BackendLink "BACKEND_LINK",
    /// Private data of the file.
    11 Data "PDATA",
    /// DAIs.
    12 Dai "DAI",
    /// A vendor's firmware.
    1000 VendorFirmware "VENDOR_FW",
    /// A vendor's configuration.
    1001 VendorConfig "VENDOR_CONFIG",
    /// A vendor's coefficients.
    1002 VendorCoefficients "VENDOR_COEFF",
    /// A vendor's codec.
    1003 VendorCodec "VENDOR_CODEC",
}

impl BlockKind {
    /// Whether these are bytes whose layout isn't known here.
    pub(crate) fn is_opaque(self) -> bool {
        use BlockKind::{Data, Other, VendorCodec, VendorCoefficients, VendorConfig, VendorFirmware};
        matches!(self, Data | VendorFirmware | VendorConfig | VendorCoefficients | VendorCodec | Other(_))
    }

    pub(crate) fn is_controls(self) -> bool {
        matches!(self, Self::Mixer | Self::Bytes | Self::Enum)
    }

    pub(crate) fn is_link(self) -> bool {
        matches!(self, Self::DaiLink | Self::CodecLink | Self::BackendLink)
    }
}

kinds! {
    /// What a widget is, to the driver. Which module it becomes is in its UUID.
    enum WidgetKind;
    spelled
    /// As `alsatplg` spells it.
    ;
    /// `input`, number 0.
    0 Input "input",
    /// `output`, number 1.
    1 Output "output",
    /// `mux`, number 2.
    2 Mux "mux",
    /// `mixer`, number 3.
    3 Mixer "mixer",
    /// `pga`, number 4.
    4 Pga "pga",
    /// `out_drv`, number 5.
    5 OutDrv "out_drv",
    /// `adc`, number 6.
    6 Adc "adc",
    /// `dac`, number 7.
    7 Dac "dac",
    /// `switch`, number 8.
    8 Switch "switch",
    /// `pre`, number 9.
    9 Pre "pre",
    /// `post`, number 10.
    10 Post "post",
    /// `aif_in`, number 11.
    11 AifIn "aif_in",
    /// `aif_out`, number 12.
    12 AifOut "aif_out",
    /// `dai_in`, number 13.
    13 DaiIn "dai_in",
    /// `dai_out`, number 14.
    14 DaiOut "dai_out",
    /// `dai_link`, number 15.
    15 DaiLink "dai_link",
    /// `buffer`, number 16.
    16 Buffer "buffer",
    /// `scheduler`, number 17.
    17 Scheduler "scheduler",
    /// `effect`, number 18.
    18 Effect "effect",
    /// `siggen`, number 19.
    19 Siggen "siggen",
    /// `src`, number 20.
    20 Src "src",
    /// `asrc`, number 21.
    21 Asrc "asrc",
    /// `encoder`, number 22.
    22 Encoder "encoder",
    /// `decoder`, number 23.
    23 Decoder "decoder",
}

impl WidgetKind {
    /// Whether Linux makes a module of it, when the firmware speaks IPC4.
    pub fn is_module(self) -> bool {
        use WidgetKind as W;
        let ends = matches!(self, W::AifIn | W::AifOut | W::DaiIn | W::DaiOut | W::Buffer);
        let effects = matches!(self, W::Effect | W::Siggen | W::Encoder | W::Decoder);
        ends || effects || matches!(self, W::Pga | W::Mixer | W::Src | W::Asrc)
    }
}
