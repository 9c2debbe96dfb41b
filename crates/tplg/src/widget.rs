//! Widgets: the nodes of the audio graph, with what their tuples say about them.

use crate::control::Control;
use crate::cursor::Cursor;
use crate::error::Error;
use crate::format::{AudioFormat, Pins};
use crate::kinds::WidgetKind;
use crate::layout::{text, word};
use crate::raw::Raw;
use crate::records;
use crate::tokens::Token;
use crate::tuples::{Tuple, Tuples, Uuid};

/// Who calls a module: the token `COMP_SCHED_DOMAIN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain<'a> {
    /// `LL`: in every tick.
    LowLatency,
    /// `DP`: when it has data, on a thread of its own.
    DataProcessing,
    /// `default`: as the firmware's manifest says.
    Default,
    /// Some other text.
    Other(&'a str),
}

/// A node of the graph.
#[derive(Clone, Copy, Debug)]
pub struct Widget<'a> {
    pipeline: u32,
    raw: Raw<'a>,
    controls: Cursor<'a>,
}

impl<'a> Widget<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>, pipeline: u32) -> Result<Self, Error> {
        let raw = Raw::read::<records::Widget>(cursor)?.sized(0, 132)?;
        let start = *cursor;
        for _ in 0..word!(raw.record, records::Widget, num_kcontrols) {
            Control::read(cursor)?;
        }
        let len = cursor.at() - start.at();
        let controls = Cursor::starting_at(start.rest().get(..len).unwrap_or(&[]), start.at());
        Ok(Self { pipeline, raw, controls })
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        self.raw.strings::<records::Widget>()?;
        Tuples::check(self.raw.private)?;
        self.controls().try_for_each(|control| control.check())
    }

    /// Byte of the file at which it starts.
    pub fn offset(&self) -> usize {
        self.raw.offset
    }

    /// All fields.
    pub fn record(&self) -> records::Widget {
        self.raw.fields()
    }

    /// Its name, by which routes find it.
    pub fn name(&self) -> &'a str {
        text!(self.raw.record, records::Widget, name)
    }

    /// Name of its stream, by which PCMs and links find it; mostly empty.
    pub fn stream_name(&self) -> &'a str {
        text!(self.raw.record, records::Widget, sname)
    }

    /// What it is.
    pub fn kind(&self) -> WidgetKind {
        WidgetKind::from_raw(word!(self.raw.record, records::Widget, id))
    }

    /// The pipeline that it is in: the index of its block.
    pub fn pipeline(&self) -> u32 {
        self.pipeline
    }

    /// Its controls, in their order.
    pub fn controls(&self) -> impl Iterator<Item = Control<'a>> + use<'a> {
        let mut cursor = self.controls;
        core::iter::from_fn(move || Control::read(&mut cursor).ok())
    }

    /// Its private data.
    pub fn tuples(&self) -> Tuples<'a> {
        Tuples::new(self.raw.private)
    }

    /// All its tokens with their values, in their order.
    pub fn tokens(&self) -> impl Iterator<Item = Tuple<'a>> + Clone + use<'a> {
        self.tuples().iter()
    }

    /// The number that `token` has. Cost: as [`Tuples`] says.
    pub fn word(&self, token: Token) -> Option<u32> {
        self.tuples().word(token)
    }

    /// The text that `token` has. Cost: as [`Tuples`] says.
    pub fn text(&self, token: Token) -> Option<&'a str> {
        self.tuples().text(token)
    }

    /// The module that it becomes.
    pub fn uuid(&self) -> Option<Uuid> {
        self.tuples().uuid(Token::COMP_UUID)
    }

    /// The core that it runs on: a token of the module, or of the pipeline in the case of its scheduler.
    pub fn core(&self) -> Option<u32> {
        self.word(match self.kind() {
            WidgetKind::Scheduler => Token::SCHED_CORE,
            _ => Token::COMP_CORE_ID,
        })
    }

    /// Who calls it.
    pub fn domain(&self) -> Option<Domain<'a>> {
        Some(match self.text(Token::COMP_SCHED_DOMAIN)? {
            "LL" => Domain::LowLatency,
            "DP" => Domain::DataProcessing,
            "default" => Domain::Default,
            other => Domain::Other(other),
        })
    }

    /// The formats that it takes, in their order: as many as it announces, or all if it doesn't say how many.
    /// Files do have more than that; Linux doesn't look at them.
    pub fn input_formats(&self) -> impl Iterator<Item = AudioFormat> + use<'a> {
        AudioFormat::all(self.tuples(), Pins::Input)
    }

    /// The formats that it gives, in their order, as with [`input_formats`](Self::input_formats).
    pub fn output_formats(&self) -> impl Iterator<Item = AudioFormat> + use<'a> {
        AudioFormat::all(self.tuples(), Pins::Output)
    }

    /// For each input pin the name of the widget that it is for, if pins are bound.
    pub fn input_pin_bindings(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.tuples().texts(Token::COMP_INPUT_PIN_BINDING_WNAME)
    }

    /// For each output pin the name of the widget that it is for, if pins are bound.
    pub fn output_pin_bindings(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.tuples().texts(Token::COMP_OUTPUT_PIN_BINDING_WNAME)
    }
}
