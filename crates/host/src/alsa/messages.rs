//! A path as messages, in the order in which Linux sends them when its PCM is opened, started and closed.

use headroom_ipc4::{
    Binding, CreatePipeline, Domain, Fragment, InitInstance, LargeConfig, ModuleId, PipelineIds,
    PipelineState, Request, SetPipelineState,
};
use headroom_module::{AudioFormat, BaseConfig, PinConfig, PinConfigs, Pins};
use headroom_modules::{CopierConfig, SinkFormat, VolumeSetting};
use headroom_tplg::{Token, Widget, WidgetKind};

use super::controls::{self, Setting};
use super::file::{AlsaTopology, Direction};
use super::formats::{Chosen, sink_rate};
use super::graph::Graph;
use super::ids;
use super::memory::{self, TokenEra};
use super::path::PcmPath;
use super::queues::Connection;
use crate::driver::{Step, encode};
use crate::error::Error;
use crate::plan::Messages;

/// The parameter of a copier that is the format of one of its outputs.
const SINK_FORMAT: u32 = 2;
/// The most bytes of a value that one message carries: those of a mailbox.
const FRAGMENT_BYTES: usize = headroom_control::MAILBOX_BYTES;
/// The highest priority number, and the highest core.
const MAX_PRIORITY: u8 = 7;
const MAX_CORE: u8 = 15;
/// Pages of a create message.
const MAX_PAGES: u32 = 2047;

/// What all of it is made from.
pub(crate) struct Translation<'t> {
    pub(crate) file: &'t AlsaTopology,
    pub(crate) graph: &'t Graph<'t>,
    pub(crate) path: &'t PcmPath,
    pub(crate) connections: &'t [Connection],
    pub(crate) direction: Direction,
    pub(crate) formats: &'t [Chosen],
    pub(crate) ids: &'t [ModuleId],
    pub(crate) era: TokenEra,
}

impl<'t> Translation<'t> {
    pub(crate) fn messages(&self) -> Result<Messages, Error> {
        let pipelines = self.pipelines()?;
        Ok(Messages {
            set_up: self.set_up()?,
            start: vec![
                self.states(&pipelines, PipelineState::Paused, "complete the pipelines")?,
                self.states(&pipelines, PipelineState::Running, "start the pipelines")?,
            ],
            later: Vec::new(),
            take_down: self.take_down(&pipelines)?,
        })
    }

    /// The widget at a place of the path.
    pub(crate) fn widget(&self, place: usize) -> Widget<'t> {
        self.graph.widgets[self.path.widgets[place]]
    }

    fn widgets(&self) -> impl Iterator<Item = (usize, Widget<'t>)> + '_ {
        self.path.widgets.iter().map(|&widget| self.graph.widgets[widget]).enumerate()
    }

    /// The pipelines of the path in the order in which they are made.
    fn pipelines(&self) -> Result<Vec<u8>, Error> {
        let mut pipelines = Vec::new();
        for (_, widget) in self.widgets() {
            let id = self.pipeline_id(&widget)?;
            if !pipelines.contains(&id) {
                pipelines.push(id);
            }
        }
        Ok(pipelines)
    }

    fn pipeline_id(&self, widget: &Widget<'_>) -> Result<u8, Error> {
        u8::try_from(widget.pipeline()).map_err(|_| {
            let what = format!("its pipeline is number {}, messages count to 255", widget.pipeline());
            self.error(widget, what, "give the pipeline a smaller index")
        })
    }

    fn error(&self, widget: &Widget<'_>, what: String, help: &str) -> Error {
        self.file.error(&format!("widget `{}`", widget.name()), what, help)
    }

    fn set_up(&self) -> Result<Vec<Step>, Error> {
        let mut steps = Vec::new();
        let mut made = Vec::new();
        for (place, widget) in self.widgets() {
            let pipeline = self.pipeline_id(&widget)?;
            if !made.contains(&pipeline) {
                made.push(pipeline);
                steps.push(
                    self.step(format!("create pipeline {pipeline}"), &self.create(pipeline, &widget)?)?,
                );
            }
            let payload = self.payload(place, &widget);
            let request = self.init((place, &widget), pipeline, &payload)?;
            steps.push(self.step(format!("init `{}`", widget.name()), &request)?);
        }
        for (place, widget) in self.widgets() {
            for setting in controls::defaults(&widget, self.formats[place].input.channels) {
                steps.extend(self.set(place, &setting)?);
            }
        }
        for &connection in self.connections {
            self.bind(connection, &mut steps)?;
        }
        Ok(steps)
    }

    fn create(&self, id: u8, first: &Widget<'_>) -> Result<Request<'static>, Error> {
        let Some(scheduler) = self.graph.scheduler(first.pipeline()) else {
            let what = format!("its pipeline {id} has no scheduler widget");
            return Err(self.error(first, what, "add a pipeline widget with this index"));
        };
        let word = |token| scheduler.word(token).unwrap_or(0);
        let priority = self.small(&scheduler, "priority", word(Token::SCHED_PRIORITY), MAX_PRIORITY)?;
        let core = self.small(&scheduler, "core", word(Token::SCHED_CORE), MAX_CORE)?;
        let members = || self.widgets().filter(|(_, widget)| widget.pipeline() == first.pipeline());
        let pages: u32 = members()
            .map(|(place, widget)| memory::pages(&widget, &self.formats[place], self.graph.domain(&widget)))
            .fold(0, u32::saturating_add);
        let ll = members().map(|(_, widget)| widget).filter(|it| self.graph.domain(it) == Domain::Ll);
        let memory = memory::of_pipeline(ll, self.era);
        Ok(Request::CreatePipeline(CreatePipeline {
            priority,
            core,
            // All that the field has room for, as the driver counts for the firmware's information only.
            pages: pages.min(MAX_PAGES) as u16,
            low_power: word(Token::SCHED_LP_MODE) != 0,
            memory: Ok(memory),
            ..CreatePipeline::new(id)
        }))
    }

    fn init<'p>(
        &self,
        (place, widget): (usize, &Widget<'_>),
        pipeline: u8,
        payload: &'p [u8],
    ) -> Result<Request<'p>, Error> {
        let domain = self.graph.domain(widget);
        Ok(Request::InitInstance(InitInstance {
            core: self.small(widget, "core", widget.core().unwrap_or(0), MAX_CORE)?,
            domain,
            memory: (domain == Domain::Dp).then(|| memory::of_dp(widget, self.era)),
            ..InitInstance::new(self.ids[place], pipeline, payload)
        }))
    }

    /// A number that a message has a few bits for.
    fn small(&self, widget: &Widget<'_>, what: &str, number: u32, most: u8) -> Result<u8, Error> {
        u8::try_from(number).ok().filter(|&number| number <= most).ok_or_else(|| {
            let what = format!("its {what} is {number}, messages count to {most}");
            self.error(widget, what, "choose a smaller number")
        })
    }

    /// Base configuration, then what the widget's kind adds.
    fn payload(&self, place: usize, widget: &Widget<'_>) -> Vec<u8> {
        let chosen = &self.formats[place];
        let base = BaseConfig {
            cycles_per_chunk: widget.word(Token::COMP_CPC).unwrap_or(0),
            input_block: chosen.input.block_bytes,
            output_block: chosen.output.block_bytes,
            pages: widget.word(Token::COMP_IS_PAGES).unwrap_or(0),
            format: wire(&chosen.input),
        };
        let mut bytes = base.encode().to_vec();
        match widget.kind() {
            WidgetKind::AifIn
            | WidgetKind::AifOut
            | WidgetKind::DaiIn
            | WidgetKind::DaiOut
            | WidgetKind::Buffer => {
                bytes.extend(self.copier(widget, chosen).encode());
            }
            WidgetKind::Pga => {
                let start = widget.word(Token::GAIN_VAL).unwrap_or(VolumeSetting::UNITY);
                bytes.extend(controls::volume(widget, None, start).encode());
            }
            WidgetKind::Src | WidgetKind::Asrc => bytes.extend(sink_rate(widget, chosen).to_le_bytes()),
            _ if !self.is_ours(widget) => bytes.extend(pins(widget, chosen)),
            _ => {}
        }
        bytes
    }

    /// Whether a driver here has the module. What others make of their input is known from their pins only.
    fn is_ours(&self, widget: &Widget<'_>) -> bool {
        widget.uuid().and_then(ids::driver).is_some()
    }

    /// A copier's own part: its output, and the gateway behind it if it is an end.
    fn copier(&self, widget: &Widget<'_>, chosen: &Chosen) -> CopierConfig {
        let is_end = widget.kind() != WidgetKind::Buffer;
        let index = widget.word(Token::DAI_INDEX).unwrap_or(0) & 0xFF;
        let node_type = widget.word(Token::COPIER_NODE_TYPE).unwrap_or_else(|| match widget.kind() {
            // Where the file has none: the host's, or an I2S interface.
            WidgetKind::AifIn => 0,
            WidgetKind::AifOut => 1,
            WidgetKind::DaiIn => 12,
            _ => 13,
        });
        let outside = match self.direction {
            Direction::Playback => chosen.input.block_bytes,
            Direction::Capture => chosen.output.block_bytes,
        };
        let periods = widget.word(Token::COPIER_DEEP_BUFFER_DMA_MS).unwrap_or(0).max(2);
        CopierConfig {
            output: wire(&chosen.output),
            features: 0,
            node: is_end.then_some((node_type & 0x1F) << 8 | index),
            buffer_bytes: if is_end { outside.saturating_mul(periods) } else { 0 },
            attributes: 0,
        }
    }

    /// Binds a route, after the format of a copier's further output has been set.
    fn bind(&self, connection: Connection, steps: &mut Vec<Step>) -> Result<(), Error> {
        let Connection { from, from_queue, to, .. } = connection;
        let (source, sink) = (self.widget(from), self.widget(to));
        if from_queue > 0 && is_copier(source.kind()) {
            // What the other end takes, as Linux asks for it.
            let (input, output) = (&self.formats[from].input, &self.formats[to].input);
            let format = SinkFormat { output: from_queue.into(), source: wire(input), sink: wire(output) };
            let control = format!("format of output {from_queue}");
            let setting = Setting { control, parameter: SINK_FORMAT, data: format.encode().to_vec() };
            steps.extend(self.set(from, &setting)?);
        }
        let purpose = format!("bind `{}` to `{}`", source.name(), sink.name());
        steps.push(self.step(purpose, &Request::Bind(self.binding(connection)))?);
        Ok(())
    }

    fn binding(&self, connection: Connection) -> Binding {
        let Connection { from, from_queue, to, to_queue } = connection;
        Binding { source: self.ids[from], source_queue: from_queue, sink: self.ids[to], sink_queue: to_queue }
    }

    /// A parameter of the module at a place, in as many parts as its value needs.
    pub(crate) fn set(&self, place: usize, setting: &Setting) -> Result<Vec<Step>, Error> {
        let Setting { control, parameter, data } = setting;
        let parameter = u8::try_from(*parameter).map_err(|_| {
            let what = format!("its control `{control}` sets parameter {parameter}, messages count to 255");
            self.error(&self.widget(place), what, "give the control's data a type from 0 to 255")
        })?;
        let total = data.len() as u32;
        let last = data.len().div_ceil(FRAGMENT_BYTES).max(1) - 1;
        let part = |(n, piece): (usize, &[u8])| {
            let offset = (n * FRAGMENT_BYTES) as u32;
            let fragment = match (n == 0, n == last) {
                (true, true) => Fragment::Single { total },
                (true, false) => Fragment::First { total },
                (false, false) => Fragment::Middle { offset },
                (false, true) => Fragment::Last { offset },
            };
            let id = self.ids[place];
            let config = LargeConfig { id, parameter, fragment, data: piece };
            let purpose = format!("set `{control}` of `{}`", self.widget(place).name());
            self.step(purpose, &Request::LargeConfigSet(config))
        };
        data.chunks(FRAGMENT_BYTES).enumerate().map(part).collect()
    }

    fn take_down(&self, pipelines: &[u8]) -> Result<Vec<Step>, Error> {
        let mut steps = vec![
            self.states(pipelines, PipelineState::Paused, "pause the pipelines")?,
            self.states(pipelines, PipelineState::Reset, "reset the pipelines")?,
        ];
        // What is bound within a pipeline goes with it.
        for &connection in self.connections {
            let [source, sink] = [connection.from, connection.to].map(|place| self.widget(place));
            if source.pipeline() != sink.pipeline() {
                let purpose = format!("unbind `{}` from `{}`", source.name(), sink.name());
                steps.push(self.step(purpose, &Request::Unbind(self.binding(connection)))?);
            }
        }
        for &id in pipelines {
            steps.push(self.step(format!("delete pipeline {id}"), &Request::DeletePipeline { id })?);
        }
        Ok(steps)
    }

    /// One message for all pipelines, those nearest to the sink first: who reads should be there before who writes.
    fn states(&self, pipelines: &[u8], state: PipelineState, purpose: &str) -> Result<Step, Error> {
        let words: Vec<[u8; 4]> = pipelines.iter().rev().map(|&id| u32::from(id).to_le_bytes()).collect();
        let pipelines = PipelineIds::List(&words);
        let request =
            Request::SetPipelineState(SetPipelineState { state, pipelines, sync_stop_start: false });
        self.step(purpose.to_owned(), &request)
    }

    fn step(&self, purpose: String, request: &Request<'_>) -> Result<Step, Error> {
        let bytes = encode(request).map_err(|error| {
            self.file.error(&purpose, format!("no message can say this: {error}"), "choose smaller numbers")
        })?;
        Ok(Step { purpose, span: 0..0, bytes })
    }
}

/// The extension of the base configuration: block and format of each pin. The first is the chosen one, the others have the
/// first format that the file lists for them.
fn pins(widget: &Widget<'_>, chosen: &Chosen) -> Vec<u8> {
    let count = |token| widget.word(token).unwrap_or(1).min(8) as u8;
    let counts =
        Pins { inputs: count(Token::COMP_NUM_INPUT_PINS), outputs: count(Token::COMP_NUM_OUTPUT_PINS) };
    let mut bytes = PinConfigs::header(counts).to_vec();
    let mut side = |count: u8, first: &headroom_tplg::AudioFormat, all: Vec<headroom_tplg::AudioFormat>| {
        for pin in 0..u32::from(count) {
            let listed = all.iter().find(|format| pin > 0 && format.pin == pin).unwrap_or(first);
            let config = PinConfig { block: listed.block_bytes, format: wire(listed) };
            bytes.extend(config.encode(pin));
        }
    };
    side(counts.inputs, &chosen.input, widget.input_formats().collect());
    side(counts.outputs, &chosen.output, widget.output_formats().collect());
    bytes
}

fn is_copier(kind: WidgetKind) -> bool {
    matches!(
        kind,
        WidgetKind::AifIn | WidgetKind::AifOut | WidgetKind::DaiIn | WidgetKind::DaiOut | WidgetKind::Buffer
    )
}

/// A format of a file as messages have it.
pub(crate) fn wire(format: &headroom_tplg::AudioFormat) -> AudioFormat {
    AudioFormat {
        rate: format.rate,
        depth: format.bit_depth,
        channel_map: format.channel_map,
        channel_config: format.channel_config,
        interleaving: format.interleaving,
        channels: format.channels.min(255) as u8,
        valid_bits: format.valid_bit_depth.min(255) as u8,
        sample_type: format.sample_type.min(255) as u8,
    }
}
