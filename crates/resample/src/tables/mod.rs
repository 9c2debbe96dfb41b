//! Every pair and its stages. Generated: `cargo run -p headroom-resample --example generate-tables`.

mod lite_1_2_2268_2500;
mod lite_1_3_1512_1667;
mod lite_32_63_1645_3265;
mod lite_3_2_4535_5000;
mod lite_40_49_3401_6250;
mod lite_4_3_4535_5000;
mod lite_5_7_3239_3571;
mod standard_1_2_1134_3750;
mod standard_1_2_2268_2500;
mod standard_1_3_0756_2500;
mod standard_1_3_1512_1667;
mod standard_2_1_2268_7500;
mod standard_2_1_4535_5000;
mod standard_2_3_3023_3333;
mod standard_3_1_2268_7500;
mod standard_3_1_4535_5000;
mod standard_3_2_4535_5000;
mod standard_3_4_3401_3750;
mod standard_40_49_3401_6250;
mod standard_49_40_4167_7656;
mod standard_4_3_4535_5000;

use crate::plan::Pair;
use crate::stage::Stage;

#[rustfmt::skip]
pub(crate) static LITE: &[Pair] = &[
    Pair { from: 32000, to: 16000, stages: &[
        Stage { interpolation: 1, decimation: 2, taps: 220, shift: 30, coefficients: &lite_1_2_2268_2500::COEFFICIENTS },
    ] },
    Pair { from: 32000, to: 48000, stages: &[
        Stage { interpolation: 3, decimation: 2, taps: 112, shift: 30, coefficients: &lite_3_2_4535_5000::COEFFICIENTS },
    ] },
    Pair { from: 44100, to: 16000, stages: &[
        Stage { interpolation: 32, decimation: 63, taps: 32, shift: 32, coefficients: &lite_32_63_1645_3265::COEFFICIENTS },
        Stage { interpolation: 5, decimation: 7, taps: 156, shift: 29, coefficients: &lite_5_7_3239_3571::COEFFICIENTS },
    ] },
    Pair { from: 44100, to: 48000, stages: &[
        Stage { interpolation: 4, decimation: 3, taps: 112, shift: 32, coefficients: &lite_4_3_4535_5000::COEFFICIENTS },
        Stage { interpolation: 40, decimation: 49, taps: 20, shift: 29, coefficients: &lite_40_49_3401_6250::COEFFICIENTS },
    ] },
    Pair { from: 48000, to: 16000, stages: &[
        Stage { interpolation: 1, decimation: 3, taps: 332, shift: 30, coefficients: &lite_1_3_1512_1667::COEFFICIENTS },
    ] },
];

#[rustfmt::skip]
pub(crate) static STANDARD: &[Pair] = &[
    Pair { from: 8000, to: 48000, stages: &[
        Stage { interpolation: 2, decimation: 1, taps: 136, shift: 32, coefficients: &standard_2_1_4535_5000::COEFFICIENTS },
        Stage { interpolation: 3, decimation: 1, taps: 16, shift: 29, coefficients: &standard_3_1_2268_7500::COEFFICIENTS },
    ] },
    Pair { from: 16000, to: 48000, stages: &[
        Stage { interpolation: 3, decimation: 1, taps: 136, shift: 30, coefficients: &standard_3_1_4535_5000::COEFFICIENTS },
    ] },
    Pair { from: 24000, to: 48000, stages: &[
        Stage { interpolation: 2, decimation: 1, taps: 136, shift: 30, coefficients: &standard_2_1_4535_5000::COEFFICIENTS },
    ] },
    Pair { from: 32000, to: 48000, stages: &[
        Stage { interpolation: 3, decimation: 2, taps: 136, shift: 30, coefficients: &standard_3_2_4535_5000::COEFFICIENTS },
    ] },
    Pair { from: 44100, to: 48000, stages: &[
        Stage { interpolation: 4, decimation: 3, taps: 136, shift: 32, coefficients: &standard_4_3_4535_5000::COEFFICIENTS },
        Stage { interpolation: 40, decimation: 49, taps: 24, shift: 29, coefficients: &standard_40_49_3401_6250::COEFFICIENTS },
    ] },
    Pair { from: 48000, to: 8000, stages: &[
        Stage { interpolation: 1, decimation: 3, taps: 40, shift: 32, coefficients: &standard_1_3_0756_2500::COEFFICIENTS },
        Stage { interpolation: 1, decimation: 2, taps: 272, shift: 29, coefficients: &standard_1_2_2268_2500::COEFFICIENTS },
    ] },
    Pair { from: 48000, to: 16000, stages: &[
        Stage { interpolation: 1, decimation: 3, taps: 408, shift: 30, coefficients: &standard_1_3_1512_1667::COEFFICIENTS },
    ] },
    Pair { from: 48000, to: 24000, stages: &[
        Stage { interpolation: 1, decimation: 2, taps: 272, shift: 30, coefficients: &standard_1_2_2268_2500::COEFFICIENTS },
    ] },
    Pair { from: 48000, to: 32000, stages: &[
        Stage { interpolation: 2, decimation: 3, taps: 204, shift: 30, coefficients: &standard_2_3_3023_3333::COEFFICIENTS },
    ] },
    Pair { from: 48000, to: 44100, stages: &[
        Stage { interpolation: 49, decimation: 40, taps: 20, shift: 32, coefficients: &standard_49_40_4167_7656::COEFFICIENTS },
        Stage { interpolation: 3, decimation: 4, taps: 184, shift: 28, coefficients: &standard_3_4_3401_3750::COEFFICIENTS },
    ] },
    Pair { from: 48000, to: 96000, stages: &[
        Stage { interpolation: 2, decimation: 1, taps: 136, shift: 30, coefficients: &standard_2_1_4535_5000::COEFFICIENTS },
    ] },
    Pair { from: 48000, to: 192000, stages: &[
        Stage { interpolation: 2, decimation: 1, taps: 136, shift: 32, coefficients: &standard_2_1_4535_5000::COEFFICIENTS },
        Stage { interpolation: 2, decimation: 1, taps: 16, shift: 29, coefficients: &standard_2_1_2268_7500::COEFFICIENTS },
    ] },
    Pair { from: 96000, to: 48000, stages: &[
        Stage { interpolation: 1, decimation: 2, taps: 272, shift: 30, coefficients: &standard_1_2_2268_2500::COEFFICIENTS },
    ] },
    Pair { from: 192000, to: 48000, stages: &[
        Stage { interpolation: 1, decimation: 2, taps: 28, shift: 32, coefficients: &standard_1_2_1134_3750::COEFFICIENTS },
        Stage { interpolation: 1, decimation: 2, taps: 272, shift: 29, coefficients: &standard_1_2_2268_2500::COEFFICIENTS },
    ] },
];
