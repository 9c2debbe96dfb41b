//! What one filter of a conversion is asked for.

/// What the filter of one polyphase stage has to do. Frequencies are shares of the stage's input rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Requirement {
    /// L, the number of branches.
    pub interpolation: u16,
    /// M, input frames for every L output frames.
    pub decimation: u16,
    /// End of the pass-band.
    pub pass: f64,
    /// Start of the stop-band.
    pub stop: f64,
    /// How far the gain may be off 0 dB in the pass-band.
    pub ripple_db: f64,
    /// How far down the stop-band is where it starts: 40 to 170 dB. Farther on it is deeper.
    pub attenuation_db: f64,
}
