//! A path as messages, in the order in which Linux sends them when its PCM is opened, started and closed.

use headroom_ipc4::{
    Binding, CreatePipeline, Domain, Fragment, InitInstance, LargeConfig, ModuleId, PipelineIds,
    PipelineState, Request, SetPipelineState,
};
use headroom_module::wire::{AudioFormat, BaseConfig, PinConfig, PinConfigs};
use headroom_module::{ModuleEntry, Pins};
use headroom_modules::{CopierConfig, SinkFormat, VolumeSetting};
use headroom_topology::{Direction, host_end, is_dai, is_host};
use headroom_tplg::{Token, TokenEra, Widget, WidgetKind};

use crate::controls::{self, Setting};
use crate::error::Error;
use crate::formats::{Chosen, sink_rate};
use crate::memory;
use crate::queues::Connection;
use crate::setup::{About, Step, encode};
use crate::way::Way;
use crate::{Manifest, ids};

/// The most bytes of a value that one message carries: those of a mailbox.
const FRAGMENT_BYTES: usize = headroom_ipc4::MAILBOX_BYTES;
/// The highest priority number, and the highest core.
const MAX_PRIORITY: u8 = 7;
const MAX_CORE: u8 = 15;
/// Pages of a create message.
const MAX_PAGES: u32 = 2047;

/// What all of it is made from.
pub(crate) struct Translation<'t> {
    pub(crate) way: &'t Way<'t>,
    pub(crate) connections: &'t [Connection],
    /// By part, as all else that is a list.
    pub(crate) formats: &'t [Chosen],
    pub(crate) ids: &'t [ModuleId],
    pub(crate) modules: &'t [ModuleEntry],
    pub(crate) manifest: Option<&'t Manifest>,
    pub(crate) era: TokenEra,
}

impl<'t> Translation<'t> {
    pub(crate) fn set_up(&self) -> Result<Vec<Step>, Error> {
        let mut steps = Vec::new();
        let mut made = Vec::new();
        for part in self.parts() {
            let pipeline = self.pipeline_id(part)?;
            if !made.contains(&pipeline) {
                made.push(pipeline);
                let about = About::Pipeline(pipeline);
                let purpose = format!("create pipeline {pipeline}");
                steps.push(self.step(purpose, about, &self.create(pipeline, part)?)?);
            }
            let payload = self.payload(part);
            let request = self.init(part, pipeline, &payload)?;
            steps.push(self.step(format!("init `{}`", self.name(part)), self.about(part), &request)?);
        }
        for part in self.parts() {
            let channels = self.formats[part].input.channels;
            for setting in controls::defaults(&self.way.widget(part), channels) {
                steps.extend(self.set(part, &setting)?);
            }
        }
        for &connection in self.connections {
            self.bind(connection, &mut steps)?;
        }
        for part in self.parts() {
            let (widget, channels) = (self.way.widget(part), self.formats[part].input.channels);
            for &preset in self.way.beside.presets(widget.name()) {
                for setting in controls::preset(&widget, channels, preset) {
                    steps.extend(self.set(part, &setting)?);
                }
            }
        }
        Ok(steps)
    }

    pub(crate) fn start(&self) -> Result<Vec<Step>, Error> {
        Ok(vec![
            self.states(PipelineState::Paused, "complete the pipelines")?,
            self.states(PipelineState::Running, "start the pipelines")?,
        ])
    }

    fn parts(&self) -> std::ops::Range<usize> {
        0..self.way.path.widgets.len()
    }

    fn name(&self, part: usize) -> &str {
        self.way.part_name(part)
    }

    fn about(&self, part: usize) -> About {
        About::Widget(self.name(part).to_owned())
    }

    fn domain(&self, part: usize) -> Domain {
        memory::domain(&self.way.widget(part), self.manifest)
    }

    /// The pipelines in the order in which they are made.
    fn pipelines(&self) -> Result<Vec<u8>, Error> {
        let mut pipelines = Vec::new();
        for part in self.parts() {
            let id = self.pipeline_id(part)?;
            if !pipelines.contains(&id) {
                pipelines.push(id);
            }
        }
        Ok(pipelines)
    }

    fn pipeline_id(&self, part: usize) -> Result<u8, Error> {
        let pipeline = self.way.widget(part).pipeline();
        u8::try_from(pipeline).map_err(|_| {
            let what = format!("its pipeline is number {pipeline}, messages count to 255");
            self.way.part_error(part, what, "give the pipeline a smaller index")
        })
    }

    /// The message that makes pipeline `id`, of which `part` is a widget.
    fn create(&self, id: u8, part: usize) -> Result<Request<'static>, Error> {
        let pipeline = self.way.widget(part).pipeline();
        let Some(scheduler) = self.way.graph.scheduler(pipeline) else {
            let what = format!("its pipeline {id} has no scheduler widget");
            return Err(self.way.part_error(part, what, "add a pipeline widget with this index"));
        };
        let word = |token| scheduler.word(token).unwrap_or(0);
        let priority = self.small(
            part,
            "pipeline's priority",
            Small { number: word(Token::SCHED_PRIORITY), most: MAX_PRIORITY },
        )?;
        let core =
            self.small(part, "pipeline's core", Small { number: word(Token::SCHED_CORE), most: MAX_CORE })?;
        let members = || self.parts().filter(|&member| self.way.widget(member).pipeline() == pipeline);
        let pages: u32 = members()
            .map(|part| memory::pages(&self.way.widget(part), &self.formats[part], self.domain(part)))
            .fold(0, u32::saturating_add);
        let ll = members().filter(|&part| self.domain(part) == Domain::Ll).map(|part| self.way.widget(part));
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

    fn init<'p>(&self, part: usize, pipeline: u8, payload: &'p [u8]) -> Result<Request<'p>, Error> {
        let (widget, domain) = (self.way.widget(part), self.domain(part));
        let core = Small { number: widget.core().unwrap_or(0), most: MAX_CORE };
        Ok(Request::InitInstance(InitInstance {
            core: self.small(part, "core", core)?,
            domain,
            memory: (domain == Domain::Dp).then(|| memory::of_dp(&widget, self.era)),
            ..InitInstance::new(self.ids[part], pipeline, payload)
        }))
    }

    fn small(&self, part: usize, what: &str, Small { number, most }: Small) -> Result<u8, Error> {
        u8::try_from(number).ok().filter(|&number| number <= most).ok_or_else(|| {
            let what = format!("its {what} is {number}, messages count to {most}");
            self.way.part_error(part, what, "choose a smaller number")
        })
    }

    /// Base configuration, then what the widget's kind adds, or what the text says.
    fn payload(&self, part: usize) -> Vec<u8> {
        let (widget, chosen) = (self.way.widget(part), &self.formats[part]);
        let base = BaseConfig {
            cycles_per_chunk: widget.word(Token::COMP_CPC).unwrap_or(0),
            input_block: chosen.input.block_bytes,
            output_block: chosen.output.block_bytes,
            pages: widget.word(Token::COMP_IS_PAGES).unwrap_or(0),
            format: wire(&chosen.input),
        };
        let mut bytes = base.encode().to_vec();
        match widget.kind() {
            kind if is_copier(kind) => bytes.extend(self.copier(part).encode()),
            WidgetKind::Pga => {
                let start = widget.word(Token::GAIN_VAL).unwrap_or(VolumeSetting::UNITY);
                bytes.extend(controls::volume(&widget, None, start).encode());
            }
            WidgetKind::Src | WidgetKind::Asrc => bytes.extend(sink_rate(&widget, chosen).to_le_bytes()),
            _ if !self.is_ours(&widget) => bytes.extend(pins(&widget, chosen)),
            _ => {}
        }
        bytes.extend(self.way.beside.config(widget.name()));
        bytes
    }

    /// Whether the module is here. What others make of their input is known from their pins only.
    fn is_ours(&self, widget: &Widget<'_>) -> bool {
        widget.uuid().is_some_and(|uuid| ids::entry(self.modules, uuid).is_some())
    }

    /// A copier's own part: its output, and the gateway behind it if it is an end.
    fn copier(&self, part: usize) -> CopierConfig {
        let (widget, chosen) = (self.way.widget(part), &self.formats[part]);
        let node = self.node(part);
        // The block on the side of the gateway.
        let outside = match widget.kind() {
            WidgetKind::AifIn | WidgetKind::DaiOut => chosen.input.block_bytes,
            _ => chosen.output.block_bytes,
        };
        let periods = widget.word(Token::COPIER_DEEP_BUFFER_DMA_MS).unwrap_or(0).max(2);
        CopierConfig {
            output: wire(&chosen.output),
            features: 0,
            node,
            buffer_bytes: node.map_or(0, |_| outside.saturating_mul(periods)),
            attributes: 0,
        }
    }

    /// The id of the gateway behind a widget, if it is an end. Host ends of one type count from 0, as a driver gives them DMA
    /// channels; interfaces have the index that the file says.
    pub(crate) fn node(&self, part: usize) -> Option<u32> {
        let widget = self.way.widget(part);
        let kind = widget.kind();
        if !is_host(kind) && !is_dai(kind) {
            return None;
        }
        let index = match is_host(kind) {
            true => (0..part).filter(|&before| self.way.widget(before).kind() == kind).count() as u32,
            false => widget.word(Token::DAI_INDEX).unwrap_or(0),
        };
        Some((node_type(&widget) & 0x1F) << 8 | index & 0xFF)
    }

    /// Binds a route, after the format of a copier's further output has been set.
    fn bind(&self, connection: Connection, steps: &mut Vec<Step>) -> Result<(), Error> {
        let Connection { from, from_queue, to, .. } = connection;
        if from_queue > 0 && is_copier(self.way.widget(from).kind()) {
            // What the other end takes, as Linux asks for it.
            let (input, output) = (&self.formats[from].input, &self.formats[to].input);
            let format = SinkFormat { output: from_queue.into(), source: wire(input), sink: wire(output) };
            let control = format!("format of output {from_queue}");
            let setting =
                Setting { control, parameter: SinkFormat::PARAMETER, data: format.encode().to_vec() };
            let about = self.route(connection);
            steps.extend(
                self.set(from, &setting)?.into_iter().map(|step| Step { about: about.clone(), ..step }),
            );
        }
        let purpose = format!("bind `{}` to `{}`", self.name(from), self.name(to));
        let bind = Request::Bind(self.binding(connection));
        steps.push(self.step(purpose, self.route(connection), &bind)?);
        Ok(())
    }

    fn route(&self, connection: Connection) -> About {
        About::Route(self.name(connection.from).to_owned(), self.name(connection.to).to_owned())
    }

    fn binding(&self, connection: Connection) -> Binding {
        let Connection { from, from_queue, to, to_queue } = connection;
        Binding { source: self.ids[from], source_queue: from_queue, sink: self.ids[to], sink_queue: to_queue }
    }

    /// A parameter of the module of a part, in as many pieces as its value needs.
    pub(crate) fn set(&self, part: usize, setting: &Setting) -> Result<Vec<Step>, Error> {
        let Setting { control, parameter, data } = setting;
        let parameter = u8::try_from(*parameter).map_err(|_| {
            let what = format!("its control `{control}` sets parameter {parameter}, messages count to 255");
            self.way.part_error(part, what, "give the control's data a type from 0 to 255")
        })?;
        let total = data.len() as u32;
        let last = data.len().div_ceil(FRAGMENT_BYTES).max(1) - 1;
        let step = |(n, piece): (usize, &[u8])| {
            let offset = (n * FRAGMENT_BYTES) as u32;
            let fragment = match (n == 0, n == last) {
                (true, true) => Fragment::Single { total },
                (true, false) => Fragment::First { total },
                (false, false) => Fragment::Middle { offset },
                (false, true) => Fragment::Last { offset },
            };
            let config = LargeConfig { id: self.ids[part], parameter, fragment, data: piece };
            let purpose = format!("set `{control}` of `{}`", self.name(part));
            self.step(purpose, self.about(part), &Request::LargeConfigSet(config))
        };
        data.chunks(FRAGMENT_BYTES).enumerate().map(step).collect()
    }

    pub(crate) fn take_down(&self) -> Result<Vec<Step>, Error> {
        let mut steps = vec![
            self.states(PipelineState::Paused, "pause the pipelines")?,
            self.states(PipelineState::Reset, "reset the pipelines")?,
        ];
        // What is bound within a pipeline goes with it.
        let pipeline = |part: usize| self.way.widget(part).pipeline();
        for &connection in self.connections.iter().filter(|it| pipeline(it.from) != pipeline(it.to)) {
            let (from, to) = (self.name(connection.from), self.name(connection.to));
            let unbind = Request::Unbind(self.binding(connection));
            steps.push(self.step(format!("unbind `{from}` from `{to}`"), self.route(connection), &unbind)?);
        }
        for id in self.pipelines()? {
            let delete = Request::DeletePipeline { id };
            steps.push(self.step(format!("delete pipeline {id}"), About::Pipeline(id), &delete)?);
        }
        Ok(steps)
    }

    /// One message for all pipelines, those nearest to the sink first: who reads should be there before who writes.
    fn states(&self, state: PipelineState, purpose: &str) -> Result<Step, Error> {
        let words: Vec<[u8; 4]> =
            self.pipelines()?.into_iter().rev().map(|id| u32::from(id).to_le_bytes()).collect();
        let pipelines = PipelineIds::List(&words);
        let request =
            Request::SetPipelineState(SetPipelineState { state, pipelines, sync_stop_start: false });
        self.step(purpose.to_owned(), About::Everything, &request)
    }

    fn step(&self, purpose: String, about: About, request: &Request<'_>) -> Result<Step, Error> {
        let bytes = encode(request).map_err(|error| {
            let widget = match &about {
                About::Widget(name) => Some(name.clone()),
                _ => None,
            };
            let place = format!("{}: {purpose}", self.way.compiled.path().display());
            let what = format!("no message can say this: {error}");
            Error::Translation { place, widget, what, help: "choose smaller numbers".to_owned() }
        })?;
        Ok(Step { purpose, about, bytes })
    }
}

/// A number that a message has a few bits for.
struct Small {
    number: u32,
    most: u8,
}

/// The type of the gateway node of an end: where the file has none the host's, or an I2S interface.
fn node_type(widget: &Widget<'_>) -> u32 {
    widget.word(Token::COPIER_NODE_TYPE).unwrap_or_else(|| match (host_end(widget.kind()), widget.kind()) {
        (Some(Direction::Playback), _) => 0,
        (Some(Direction::Capture), _) => 1,
        (None, WidgetKind::DaiIn) => 12,
        (None, _) => 13,
    })
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
