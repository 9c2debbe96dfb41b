//! What authors of modules need again and again, as the modules here use it themselves.
//!
//! | part | for |
//! |---|---|
//! | [`samples`] | loops over samples of any format |
//! | [`stream`] | the way of frames from ring to ring |
//! | [`parameter`] | values that are words and records |
//! | [`control`] | switches and enumerations of a mixer |
//! | [`blob`] | large values, checked whole and swapped between two runs |
//! | [`pins`] | formats that a host lists for each queue |
//! | [`channel_map`] | where the channels of an output come from |
//! | [`uuid()`] | the UUID of a [`ModuleEntry`](headroom_module::ModuleEntry) |
//!
//! What a module tells its host unasked is a [`Notice`](headroom_module::notice::Notice), through
//! [`Process::tell`](headroom_module::Process::tell).
//!
//! # A whole module
//!
//! Gains for each channel come as a blob of Q1.31 words, and a switch turns them off and on:
//!
//! ```
//! use headroom_module::{Configure, Format, InitContext, Module, ModuleBox, ModuleEntry, ModuleError, Pins, Prepare, Process};
//! use headroom_modules::by_samples;
//! use headroom_modules::kit::blob::Blob;
//! use headroom_modules::kit::control::{Control, ControlEntry};
//! use headroom_modules::kit::samples::Encoding;
//! use headroom_modules::kit::stream::{self, Widths};
//! use headroom_modules::kit::uuid;
//!
//! struct Balance<'m> {
//!     format: Format,
//!     blob: Blob<'m>,
//!     on: bool,
//!     gains: [i32; 8],
//! }
//!
//! const UNITY: [i32; 8] = [i32::MAX; 8];
//!
//! fn init<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
//!     cx.place(Balance { format: cx.format(), blob: Blob::new("balance"), on: true, gains: UNITY })
//! }
//!
//! fn gains(blob: &[u8]) -> [i32; 8] {
//!     let mut gains = UNITY;
//!     for (gain, word) in gains.iter_mut().zip(blob.as_chunks().0) {
//!         *gain = i32::from_le_bytes(*word);
//!     }
//!     gains
//! }
//!
//! /// One word for each channel: what is wrong with others is told with the numbers.
//! fn check(blob: &[u8], channels: usize) -> Result<(), ModuleError> {
//!     let (got, all) = (blob.len() as u32, 4 * channels as u32);
//!     if got == all { Ok(()) } else { Err(ModuleError::BadValue { what: "bytes of gains", got, min: all, max: all }) }
//! }
//!
//! impl Balance<'_> {
//!     fn run<E: Encoding>(&self, cx: &mut Process<'_, '_>) -> Result<(), ModuleError> {
//!         let Some((input, output)) = stream::ports(cx) else { return Ok(()) };
//!         let (frames, channels) = (stream::movable(input, output), self.format.channels());
//!         let (from, to) = (input.samples::<E::Word>(frames)?, output.samples_mut::<E::Word>(frames)?);
//!         let gains = if self.on { &self.gains } else { &UNITY };
//!         stream::each_run(from, to, Widths::same(channels), |from, to| {
//!             let gains = gains[..channels].iter().cycle();
//!             to.iter_mut().zip(from).zip(gains).for_each(|((to, from), gain)| *to = E::scale(*from, *gain));
//!         });
//!         input.release(frames)?;
//!         output.commit(frames)
//!     }
//! }
//!
//! impl<'m> Module<'m> for Balance<'m> {
//!     fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
//!         self.gains = self.blob.prepare().map_or(UNITY, gains);
//!         let stream = stream::expect(cx, self.format)?;
//!         stream::announce(cx, stream)
//!     }
//!
//!     fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
//!         if let Some(new) = self.blob.take_new() {
//!             self.gains = gains(new);
//!         }
//!         by_samples!(self.format.samples(), E => self.run::<E>(cx))
//!     }
//!
//!     fn reset(&mut self) {
//!         self.blob.reset();
//!     }
//!
//!     fn configure(&mut self, cx: &mut Configure<'_, 'm>, parameter: u32, data: &[u8]) -> Result<(), ModuleError> {
//!         match parameter {
//!             Control::SWITCH => self.on = Control::decode(data)?.only(1, u32::MAX)? != 0,
//!             _ => self.blob.set(cx, data, |blob| check(blob, self.format.channels()))?,
//!         }
//!         Ok(())
//!     }
//!
//!     fn configuration(&self, parameter: u32, reply: &mut [u8]) -> Result<usize, ModuleError> {
//!         match parameter {
//!             Control::SWITCH => {
//!                 let entry = ControlEntry { channel: 0, value: self.on.into() };
//!                 Control::encode(reply, 0, [entry].into_iter())
//!             }
//!             _ => self.blob.reply(reply),
//!         }
//!     }
//! }
//!
//! pub const BALANCE: ModuleEntry = ModuleEntry {
//!     name: "balance",
//!     uuid: uuid((0x1d1d_0a5e, 0x0000, 0x4000), [0x80, 0, 0, 0, 0, 0, 0, 1]),
//!     module: 0x200,
//!     pins: Pins { inputs: 1, outputs: 1 },
//!     init,
//! };
//! ```

pub mod blob;
pub mod channel_map;
pub mod control;
pub mod parameter;
pub mod pins;
pub mod samples;
pub mod stream;
mod uuid;

pub use uuid::uuid;
