//! Where each channel of an output comes from, in one word, as SOF writes it for copiers and mixers.

use headroom_module::ModuleError;

/// Nibble `i` is the input's channel that goes to the output's channel `i`; 0xF is silence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChannelMap(pub u32);

const SILENT: u32 = 0xF;

impl ChannelMap {
    /// Every channel from that of its own number.
    pub const STRAIGHT: Self = Self(0x7654_3210);

    /// The input's channel for an output's one, at most 7; `None` for silence.
    pub fn source(self, channel: usize) -> Option<usize> {
        match self.nibble(channel) {
            SILENT => None,
            source => Some(source as usize),
        }
    }

    /// Whether it names, for the first `outputs` channels, only such as a stream of `inputs` channels has.
    ///
    /// # Errors
    /// [`ModuleError::BadValue`], about `what`, with the first that it does not have.
    pub fn check(self, outputs: usize, inputs: usize, what: &'static str) -> Result<(), ModuleError> {
        let beyond = |source: &u32| *source != SILENT && *source as usize >= inputs;
        match (0..outputs).map(|channel| self.nibble(channel)).find(beyond) {
            Some(got) => {
                Err(ModuleError::BadValue { what, got, min: 0, max: inputs.saturating_sub(1) as u32 })
            }
            None => Ok(()),
        }
    }

    fn nibble(self, channel: usize) -> u32 {
        self.0.checked_shr(4 * channel as u32).map_or(SILENT, |map| map & 0xF)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nibbles_are_channels_and_those_behind_the_last_are_silent() {
        let map = ChannelMap(0x7F6_5432);
        let sources = [0, 1, 2, 3, 4, 5, 6, 7, 8, 99].map(|channel| map.source(channel));
        let first = [Some(2), Some(3), Some(4), Some(5), Some(6), None, Some(7), Some(0)];
        assert_eq!(sources[..8], first);
        assert_eq!(sources[8..], [None, None]);
    }

    #[test]
    fn only_the_channels_that_count_are_checked() {
        let map = ChannelMap(0xFFFF_9F10);
        assert_eq!(map.check(3, 2, "map"), Ok(()));
        let error = ModuleError::BadValue { what: "map", got: 9, min: 0, max: 1 };
        assert_eq!(map.check(4, 2, "map"), Err(error));
        assert_eq!(ChannelMap::STRAIGHT.check(8, 8, "map"), Ok(()));
    }
}
