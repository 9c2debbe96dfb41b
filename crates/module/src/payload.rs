//! Reading a module's own payload, field by field, with errors that name the field.

use crate::audio_format::AudioFormat;
use crate::error::ModuleError;

/// What is left of an init or configuration payload; each read takes its bytes off the front.
///
/// All numbers are little endian, as everything in IPC4.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Payload<'a> {
    bytes: &'a [u8],
    read: usize,
}

impl<'a> Payload<'a> {
    /// A payload that begins at the first of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, read: 0 }
    }

    /// The bytes not yet read.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.read..).unwrap_or(&[])
    }

    /// The next `N` bytes, which are the field `what`.
    ///
    /// # Errors
    /// [`ModuleError::ShortPayload`] when fewer are left; nothing is taken then.
    pub fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], ModuleError> {
        let short = ModuleError::ShortPayload { what, needed: self.read + N, got: self.bytes.len() };
        let (field, _) = self.rest().split_first_chunk::<N>().ok_or(short)?;
        self.read += N;
        Ok(*field)
    }

    /// The next 32-bit word.
    ///
    /// # Errors
    /// As for [`Payload::array`].
    pub fn u32(&mut self, what: &'static str) -> Result<u32, ModuleError> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    /// The next 64-bit number.
    ///
    /// # Errors
    /// As for [`Payload::array`].
    pub fn u64(&mut self, what: &'static str) -> Result<u64, ModuleError> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    /// The next audio format, 24 bytes.
    ///
    /// # Errors
    /// As for [`Payload::array`].
    pub fn format(&mut self, what: &'static str) -> Result<AudioFormat, ModuleError> {
        Ok(AudioFormat::decode(&self.array(what)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_off_the_front_in_order() {
        let mut payload = Payload::new(&[1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 9]);
        assert_eq!(payload.u32("first"), Ok(1));
        assert_eq!(payload.u64("second"), Ok(2));
        assert_eq!(payload.rest(), [9]);
    }

    #[test]
    fn a_short_payload_names_the_field_and_both_sizes() {
        let mut payload = Payload::new(&[1, 0, 0, 0, 2, 0]);
        payload.u32("first").unwrap();
        let error = ModuleError::ShortPayload { what: "second", needed: 8, got: 6 };
        assert_eq!(payload.u32("second"), Err(error));
        assert_eq!(payload.rest(), [2, 0], "a field that is not there takes nothing");
    }
}
