//! The numbers that vendor tuples carry, with their names, groups and types.
//!
//! Sources: `tools/topology/topology2/include/common/tokens.conf` of Sound Open Firmware (2026-08) and
//! `include/uapi/sound/sof/tokens.h` of Linux, whose names these are without `SOF_TKN_`.

use core::fmt;

/// The number of a vendor tuple. Any number is one; those of the table have names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u32);

/// What the elements of a vendor array hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TupleType {
    /// 16 bytes.
    Uuid,
    /// 44 bytes of text.
    String,
    /// A word that is 0 or 1.
    Bool,
    /// A word that fits into 8 bits.
    Byte,
    /// A word.
    Word,
    /// A word that fits into 16 bits.
    Short,
}

impl TupleType {
    /// The number in the file.
    pub const fn raw(self) -> u32 {
        self as u32
    }

    pub(crate) fn from_raw(raw: u32) -> Option<Self> {
        [Self::Uuid, Self::String, Self::Bool, Self::Byte, Self::Word, Self::Short].get(raw as usize).copied()
    }

    /// Bytes of an element, its token included.
    pub(crate) fn element_len(self) -> usize {
        match self {
            Self::Uuid => 20,
            Self::String => 48,
            Self::Bool | Self::Byte | Self::Word | Self::Short => 8,
        }
    }

    /// Whether the elements are 32-bit words.
    pub fn is_number(self) -> bool {
        !matches!(self, Self::Uuid | Self::String)
    }
}

struct Row {
    token: u32,
    name: &'static str,
    group: &'static str,
    kind: TupleType,
}

macro_rules! tokens {
    ($($group:literal { $($token:literal $name:ident $kind:ident,)* })*) => {
        impl Token {
            $($(
                #[doc = concat!("Of the group ", $group, ", a `", stringify!($kind), "`.")]
                pub const $name: Self = Self($token);
            )*)*
        }

        const TABLE: &[Row] = &[$($(
            Row {
                token: $token,
                name: concat!("SOF_TKN_", stringify!($name)),
                group: $group,
                kind: TupleType::$kind,
            },
        )*)*];
    };
}

tokens! {
    "buffer" {
        100 BUF_SIZE Word,
        101 BUF_CAPS Word,
        102 BUF_FLAGS Word,
    }
    "dai" {
        153 DAI_DMAC_CONFIG Word,
        154 DAI_TYPE String,
        155 DAI_INDEX Word,
        156 DAI_DIRECTION Word,
    }
    "scheduler" {
        200 SCHED_PERIOD Word,
        201 SCHED_PRIORITY Word,
        202 SCHED_MIPS Word,
        203 SCHED_CORE Word,
        204 SCHED_FRAMES Word,
        205 SCHED_TIME_DOMAIN Word,
        206 SCHED_DYNAMIC_PIPELINE Word,
        207 SCHED_LP_MODE Word,
        208 SCHED_MEM_USAGE Word,
        209 SCHED_USE_CHAIN_DMA Bool,
        210 SCHED_KCPS Word,
        211 SCHED_DIRECTION Word,
        212 SCHED_DIRECTION_VALID Bool,
    }
    "volume" {
        250 VOLUME_RAMP_STEP_TYPE Word,
        251 VOLUME_RAMP_STEP_MS Word,
    }
    "gain" {
        260 GAIN_RAMP_TYPE Word,
        261 GAIN_RAMP_DURATION Word,
        262 GAIN_VAL Word,
    }
    "src" {
        300 SRC_RATE_IN Word,
        301 SRC_RATE_OUT Word,
    }
    "asrc" {
        320 ASRC_RATE_IN Word,
        321 ASRC_RATE_OUT Word,
        322 ASRC_ASYNCHRONOUS_MODE Word,
        323 ASRC_OPERATION_MODE Word,
    }
    "pcm" {
        353 PCM_DMAC_CONFIG Word,
    }
    "comp" {
        400 COMP_PERIOD_SINK_COUNT Word,
        401 COMP_PERIOD_SOURCE_COUNT Word,
        402 COMP_FORMAT String,
        403 COMP_PRELOAD_COUNT Word,
        404 COMP_CORE_ID Word,
        405 COMP_UUID Uuid,
        406 COMP_CPC Word,
        409 COMP_IS_PAGES Word,
        410 COMP_NUM_AUDIO_FORMATS Word,
        411 COMP_NUM_INPUT_PINS Word,
        412 COMP_NUM_OUTPUT_PINS Word,
        413 COMP_INPUT_PIN_BINDING_WNAME String,
        414 COMP_OUTPUT_PIN_BINDING_WNAME String,
        415 COMP_NUM_INPUT_AUDIO_FORMATS Word,
        416 COMP_NUM_OUTPUT_AUDIO_FORMATS Word,
        417 COMP_NO_WNAME_IN_KCONTROL_NAME Bool,
        418 COMP_SCHED_DOMAIN String,
        419 COMP_DOMAIN_ID Word,
        420 COMP_STACK_BYTES_REQUIREMENT Word,
        421 COMP_HEAP_BYTES_REQUIREMENT Word,
        422 COMP_LIFETIME_HEAP_BYTES_REQUIREMENT Word,
        423 COMP_SHARED_BYTES_REQUIREMENT Word,
    }
    "ssp" {
        500 INTEL_SSP_CLKS_CONTROL Word,
        501 INTEL_SSP_MCLK_ID Short,
        502 INTEL_SSP_SAMPLE_BITS Word,
        503 INTEL_SSP_FRAME_PULSE_WIDTH Short,
        504 INTEL_SSP_QUIRKS Word,
        505 INTEL_SSP_TDM_PADDING_PER_SLOT Bool,
        506 INTEL_SSP_BCLK_DELAY Word,
    }
    "dmic" {
        600 INTEL_DMIC_DRIVER_VERSION Word,
        601 INTEL_DMIC_CLK_MIN Word,
        602 INTEL_DMIC_CLK_MAX Word,
        603 INTEL_DMIC_DUTY_MIN Word,
        604 INTEL_DMIC_DUTY_MAX Word,
        605 INTEL_DMIC_NUM_PDM_ACTIVE Word,
        608 INTEL_DMIC_SAMPLE_RATE Word,
        609 INTEL_DMIC_FIFO_WORD_LENGTH Word,
        610 INTEL_DMIC_UNMUTE_RAMP_TIME_MS Word,
    }
    "pdm" {
        700 INTEL_DMIC_PDM_CTRL_ID Short,
        701 INTEL_DMIC_PDM_MIC_A_ENABLE Short,
        702 INTEL_DMIC_PDM_MIC_B_ENABLE Short,
        703 INTEL_DMIC_PDM_POLARITY_A Short,
        704 INTEL_DMIC_PDM_POLARITY_B Short,
        705 INTEL_DMIC_PDM_CLK_EDGE Short,
        706 INTEL_DMIC_PDM_SKEW Short,
    }
    "tone" {
        800 TONE_SAMPLE_RATE Word,
    }
    "process" {
        900 PROCESS_TYPE String,
    }
    "sai" {
        1000 IMX_SAI_MCLK_ID Short,
    }
    "esai" {
        1100 IMX_ESAI_MCLK_ID Short,
    }
    "stream" {
        1200 STREAM_PLAYBACK_COMPATIBLE_D0I3 Bool,
        1201 STREAM_CAPTURE_COMPATIBLE_D0I3 Bool,
        1202 STREAM_PLAYBACK_PAUSE_SUPPORTED Bool,
        1203 STREAM_CAPTURE_PAUSE_SUPPORTED Bool,
    }
    "led" {
        1300 MUTE_LED_USE Word,
        1301 MUTE_LED_DIRECTION Word,
    }
    "alh" {
        1400 INTEL_ALH_RATE Word,
        1401 INTEL_ALH_CH Word,
    }
    "hda" {
        1500 INTEL_HDA_RATE Word,
        1501 INTEL_HDA_CH Word,
    }
    "afe" {
        1600 MEDIATEK_AFE_RATE Word,
        1601 MEDIATEK_AFE_CH Word,
        1602 MEDIATEK_AFE_FORMAT String,
    }
    // In links of AMD machines 1700 is the rate of an I2S interface, and 1701 its channels.
    "mixer" {
        1700 MIXER_TYPE Word,
    }
    "acpi2s" {
        1701 AMD_ACPI2S_CH Word,
        1702 AMD_ACPI2S_TDM_MODE Word,
    }
    "acpdmic" {
        1800 AMD_ACPDMIC_RATE Word,
        1801 AMD_ACPDMIC_CH Word,
    }
    "audio_format" {
        1900 CAVS_AUDIO_FORMAT_IN_RATE Word,
        1901 CAVS_AUDIO_FORMAT_IN_BIT_DEPTH Word,
        1902 CAVS_AUDIO_FORMAT_IN_VALID_BIT_DEPTH Word,
        1903 CAVS_AUDIO_FORMAT_IN_CHANNELS Word,
        1904 CAVS_AUDIO_FORMAT_IN_CH_MAP Word,
        1905 CAVS_AUDIO_FORMAT_IN_CH_CFG Word,
        1906 CAVS_AUDIO_FORMAT_IN_INTERLEAVING_STYLE Word,
        1907 CAVS_AUDIO_FORMAT_IN_FMT_CFG Word,
        1908 CAVS_AUDIO_FORMAT_IN_SAMPLE_TYPE Word,
        1909 CAVS_AUDIO_FORMAT_INPUT_PIN_INDEX Word,
        1930 CAVS_AUDIO_FORMAT_OUT_RATE Word,
        1931 CAVS_AUDIO_FORMAT_OUT_BIT_DEPTH Word,
        1932 CAVS_AUDIO_FORMAT_OUT_VALID_BIT_DEPTH Word,
        1933 CAVS_AUDIO_FORMAT_OUT_CHANNELS Word,
        1934 CAVS_AUDIO_FORMAT_OUT_CH_MAP Word,
        1935 CAVS_AUDIO_FORMAT_OUT_CH_CFG Word,
        1936 CAVS_AUDIO_FORMAT_OUT_INTERLEAVING_STYLE Word,
        1937 CAVS_AUDIO_FORMAT_OUT_FMT_CFG Word,
        1938 CAVS_AUDIO_FORMAT_OUT_SAMPLE_TYPE Word,
        1939 CAVS_AUDIO_FORMAT_OUTPUT_PIN_INDEX Word,
        1970 CAVS_AUDIO_FORMAT_IBS Word,
        1971 CAVS_AUDIO_FORMAT_OBS Word,
        1972 CAVS_AUDIO_FORMAT_DMA_BUFFER_SIZE Word,
    }
    "copier" {
        1980 COPIER_NODE_TYPE Word,
        1981 COPIER_DEEP_BUFFER_DMA_MS Word,
    }
}

// Binary search finds every row.
const _: () = {
    let mut row = 1;
    while row < TABLE.len() {
        assert!(TABLE[row - 1].token < TABLE[row].token, "rows are in the order of their tokens");
        row += 1;
    }
};

impl Token {
    /// All tokens that have a name, in the order of their numbers.
    pub fn known() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| Self(row.token))
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.binary_search_by_key(&self.0, |row| row.token).ok().and_then(|row| TABLE.get(row))
    }

    /// The name in Linux, as `SOF_TKN_COMP_UUID`.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.name)
    }

    /// The group, as `comp`.
    pub fn group(self) -> Option<&'static str> {
        self.row().map(|row| row.group)
    }

    /// The type that values of this token have. In a file the array says which they do have.
    pub fn tuple_type(self) -> Option<TupleType> {
        self.row().map(|row| row.kind)
    }
}

/// The name, or the number of a token that has none.
impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => fmt::Display::fmt(&self.0, f),
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0, self.name().unwrap_or("unknown"))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString;

    use super::*;

    #[test]
    fn tokens_have_names_groups_and_types() {
        assert_eq!(Token::COMP_UUID.0, 405);
        assert_eq!(Token(405).name(), Some("SOF_TKN_COMP_UUID"));
        assert_eq!((Token(421).group(), Token(421).tuple_type()), (Some("comp"), Some(TupleType::Word)));
        assert_eq!(
            (Token(418).tuple_type(), Token(212).tuple_type()),
            (Some(TupleType::String), Some(TupleType::Bool))
        );
        assert_eq!(Token(1981).to_string(), "SOF_TKN_COPIER_DEEP_BUFFER_DMA_MS");
        assert!(Token::known().all(|token| token.name().is_some_and(|name| name.starts_with("SOF_TKN_"))));
    }

    #[test]
    fn a_token_without_a_name_keeps_its_number() {
        for token in [0, 424, 1910, u32::MAX].map(Token) {
            assert_eq!((token.name(), token.group(), token.tuple_type()), (None, None, None));
            assert_eq!(token.to_string(), token.0.to_string());
        }
    }

    #[test]
    fn types_are_those_of_the_file() {
        for raw in 0..6 {
            assert_eq!(TupleType::from_raw(raw).map(TupleType::raw), Some(raw));
        }
        assert_eq!(TupleType::from_raw(6), None);
    }
}
