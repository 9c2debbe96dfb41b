//! Widgets: the nodes of the audio graph, with what their tuples say about them.

use core::fmt;

use crate::control::Control;
use crate::cursor::Cursor;
use crate::element::Raw;
use crate::error::Error;
use crate::format::{AudioFormat, Pins};
use crate::layout::{text, word};
use crate::records;
use crate::tokens::Token;
use crate::tuples::{Tuple, Tuples, Uuid};

macro_rules! kinds {
    ($($raw:literal $kind:ident $name:literal,)*) => {
        /// What a widget is, to the driver. Which module it becomes is in its UUID.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum WidgetKind {
            $(#[doc = concat!("`", $name, "`, number ", stringify!($raw), ".")] $kind,)*
            /// A number that has no name.
            Other(u32),
        }

        impl WidgetKind {
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

        /// As `alsatplg` spells it.
        impl fmt::Display for WidgetKind {
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
    0 Input "input",
    1 Output "output",
    2 Mux "mux",
    3 Mixer "mixer",
    4 Pga "pga",
    5 OutDrv "out_drv",
    6 Adc "adc",
    7 Dac "dac",
    8 Switch "switch",
    9 Pre "pre",
    10 Post "post",
    11 AifIn "aif_in",
    12 AifOut "aif_out",
    13 DaiIn "dai_in",
    14 DaiOut "dai_out",
    15 DaiLink "dai_link",
    16 Buffer "buffer",
    17 Scheduler "scheduler",
    18 Effect "effect",
    19 Siggen "siggen",
    20 Src "src",
    21 Asrc "asrc",
    22 Encoder "encoder",
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

/// The memory that a module asks for, in bytes.
///
/// Two meanings have been in force for the token 421. Files that have 422 or 423 as well are of the time (June
/// 2026 and before) when it was the interim heap; in all others it is the heap. Linux 6.19 to 7.2 took 420 for
/// the heap and 421 for the stack; files don't show that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Of the thread.
    pub stack: Option<u32>,
    /// For everything that is allocated.
    pub heap: Option<u32>,
    /// For what is allocated after init.
    pub interim: Option<u32>,
    /// For what is allocated in init, and stays.
    pub lifetime: Option<u32>,
    /// For what other components see too.
    pub shared: Option<u32>,
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

    /// The memory that it asks for.
    pub fn memory(&self) -> Memory {
        let tuples = self.tuples();
        let lifetime = tuples.word(Token::COMP_LIFETIME_HEAP_BYTES_REQUIREMENT);
        let shared = tuples.word(Token::COMP_SHARED_BYTES_REQUIREMENT);
        let heap = tuples.word(Token::COMP_HEAP_BYTES_REQUIREMENT);
        let phases = lifetime.is_some() || shared.is_some();
        Memory {
            stack: tuples.word(Token::COMP_STACK_BYTES_REQUIREMENT),
            heap: heap.filter(|_| !phases),
            interim: heap.filter(|_| phases),
            lifetime,
            shared,
        }
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
