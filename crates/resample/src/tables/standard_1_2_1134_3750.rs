//! 1 branches of 28 taps, half of them. Generated.

#[rustfmt::skip]
pub(super) static COEFFICIENTS: [i32; 14] = [
7124,-48178,-307304,447669,2848858,-1215689,-13969671,-1258119,46511663,
21701591,-123200953,-108263914,347175425,903313323,
];
