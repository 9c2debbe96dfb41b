//! Test modules. Frames are numbers: sources count from 1, and whoever hears them can tell what is missing.

use std::cell::RefCell;

use headroom_module::gateway::{Gateway, GatewayDirection};
use headroom_module::notice::Notice;
use headroom_module::{
    Block, Configure, InitContext, Input, Module, ModuleBox, ModuleEntry, ModuleError, Output, Pins, Prepare,
    Process,
};
use headroom_runtime::ComponentId;

const fn driver(
    name: &'static str,
    module: u16,
    pins: (u8, u8),
    init: headroom_module::instance::Init,
) -> ModuleEntry {
    ModuleEntry {
        name,
        uuid: [module as u8; 16],
        module,
        pins: Pins { inputs: pins.0, outputs: pins.1 },
        init,
    }
}

/// Every kind of test module.
pub(crate) const MODULES: &[ModuleEntry] = &[
    driver("pass", 1, (1, 1), init_pass),
    driver("entry", 2, (1, 1), |cx| init_gate(cx, GatewayDirection::In)),
    driver("exit", 3, (1, 1), |cx| init_gate(cx, GatewayDirection::Out)),
    driver("block", 4, (1, 1), init_block),
    driver("faulty", 5, (1, 1), init_faulty),
    driver("hog", 6, (1, 1), init_hog),
    driver("hub", 7, (4, 4), init_pass),
    driver("tee", 8, (1, 4), init_tee),
    driver("keeper", 9, (1, 1), init_keeper),
];

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $module:literal),* $(,)?) => { $(
        $(#[$doc])*
        pub(crate) const fn $name(instance: u8) -> ComponentId {
            ComponentId::new($module, instance)
        }
    )* };
}

ids! {
    /// Copies what it can.
    pass = 1,
    /// A gateway copier where audio comes in.
    entry = 2,
    /// A gateway copier where audio goes out.
    exit = 3,
    /// Takes whole blocks and gives whole blocks: the same frames when both are of a size, else counted ones.
    block = 4,
    /// Passes on until it is told to fail.
    faulty = 5,
    /// Takes lifetime bytes in init (own word 0), and interim bytes in prepare (word 1) until it is reset.
    hog = 6,
    /// Copies each input to the output of the same number.
    hub = 7,
    /// Copies its input to every output whose reader runs.
    tee = 8,
    /// Keeps the module data that it is made with, or what parameter 0 is set to. Tells what parameter 200 is set to in its
    /// next run.
    keeper = 9,
    /// Nobody makes these.
    stranger = 99,
}

thread_local! {
    static RUNS: RefCell<Option<Vec<ComponentId>>> = const { RefCell::new(None) };
}

/// Which modules ran on this thread while `during` did, in order.
pub(crate) fn runs_of(during: impl FnOnce()) -> Vec<ComponentId> {
    RUNS.set(Some(Vec::new()));
    during();
    RUNS.take().unwrap()
}

fn note_run(id: ComponentId) {
    RUNS.with_borrow_mut(|runs| runs.iter_mut().for_each(|runs| runs.push(id)));
}

fn count_into(output: &mut Output<'_>, frames: usize, next: &mut i32) -> Result<usize, ModuleError> {
    let (one, two) = output.samples_mut::<i32>(frames)?;
    let given = one.len() + two.len();
    for frame in one.iter_mut().chain(two) {
        *frame = *next;
        *next = next.wrapping_add(1);
    }
    output.commit(given)?;
    Ok(given)
}

fn copy(input: &mut Input<'_>, output: &mut Output<'_>, most: usize) -> Result<(), ModuleError> {
    let frames = input.available().min(output.free()).min(most);
    let (from, to) = (input.samples::<i32>(frames)?, output.samples_mut::<i32>(frames)?);
    for (to, from) in to.0.iter_mut().chain(to.1).zip(from.0.iter().chain(from.1)) {
        *to = *from;
    }
    input.release(frames)?;
    output.commit(frames)
}

struct Pass {
    id: ComponentId,
    gateway: Option<Gateway>,
}

fn init_pass<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    cx.place(Pass { id: cx.config().id, gateway: None })
}

/// Where audio comes in at `entry(instance)`, unless its own words say otherwise.
pub(crate) const fn source_node(instance: u8) -> u32 {
    0x900 | instance as u32
}

/// Own words: the node id and the bytes of the gateway's buffer; both 0 unless given, the node of an entry that of its
/// instance.
fn init_gate<'m>(
    cx: &mut InitContext<'_, 'm>,
    direction: GatewayDirection,
) -> Result<ModuleBox<'m>, ModuleError> {
    let (component, format, mut own) = (cx.config().id, cx.format(), cx.payload());
    let instance = component.word().to_le_bytes()[2];
    let default = if direction == GatewayDirection::In { source_node(instance) } else { 0 };
    let (node, buffer_bytes) = (own.u32("node").unwrap_or(default), own.u32("buffer").unwrap_or(0));
    let gateway = Gateway { component, node, direction, format, buffer_bytes };
    cx.place(Pass { id: component, gateway: Some(gateway) })
}

impl<'m> Module<'m> for Pass {
    /// Fails when the contract is broken that a port has a format just when it is bound.
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        let inputs = cx.inputs.iter().map(|port| (port.format(), port.block_frames()));
        let outputs = cx.outputs.iter().map(|port| (port.format(), port.block_frames()));
        fail_if(inputs.chain(outputs).any(|(format, block)| format.is_some() != (block > 0)))
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        note_run(self.id);
        let mut pairs = cx.inputs.iter_mut().zip(cx.outputs.iter_mut());
        pairs.try_for_each(|(input, output)| copy(input, output, usize::MAX))
    }

    fn gateway(&self) -> Option<Gateway> {
        self.gateway
    }
}

struct Tee {
    id: ComponentId,
}

fn init_tee<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    cx.place(Tee { id: cx.config().id })
}

impl<'m> Module<'m> for Tee {
    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        note_run(self.id);
        let room = cx.outputs.iter_mut().filter(|output| output.is_open()).map(|output| output.free()).min();
        let frames = cx.inputs[0].available().min(room.unwrap_or(0));
        let (one, two) = cx.inputs[0].samples::<i32>(frames)?;
        for output in cx.outputs.iter_mut().filter(|output| output.is_open()) {
            let to = output.samples_mut::<i32>(frames)?;
            to.0.iter_mut().chain(to.1).zip(one.iter().chain(two)).for_each(|(to, from)| *to = *from);
            output.commit(frames)?;
        }
        cx.inputs[0].release(frames)
    }
}

/// Own word: the rate of the output, the input's unless given.
struct Blocks {
    id: ComponentId,
    output_rate: Option<u32>,
    input_block: usize,
    output_block: usize,
    next: i32,
}

fn init_block<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    let (config, frame_bytes) = (*cx.config(), cx.format().frame_bytes());
    cx.place(Blocks {
        id: config.id,
        output_rate: cx.payload().u32("output rate").ok(),
        input_block: config.input_block as usize / frame_bytes,
        output_block: config.output_block as usize / frame_bytes,
        next: 1,
    })
}

impl<'m> Module<'m> for Blocks {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        if let (Some(rate), Ok(format)) = (self.output_rate, cx.input_format(0)) {
            cx.outputs[0].set_format(format.with_rate(rate));
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        note_run(self.id);
        let (input, output) = (&mut cx.inputs[0], &mut cx.outputs[0]);
        if input.available() < self.input_block || output.free() < self.output_block {
            return Ok(());
        }
        if self.input_block == self.output_block {
            return copy(input, output, self.input_block);
        }
        input.bytes(self.input_block);
        input.release(self.input_block)?;
        count_into(output, self.output_block, &mut self.next).map(drop)
    }

    fn reset(&mut self) {
        self.next = 1;
    }
}

/// Where a faulty module fails.
pub(crate) const IN_INIT: u32 = 1;
pub(crate) const IN_PREPARE: u32 = 2;
pub(crate) const IN_PROCESS: u32 = 3;

/// What it fails with.
pub(crate) const FAILURE: ModuleError = ModuleError::UnsupportedRates { from: 1, to: 2 };

/// Own word, and parameter 0: where it fails.
struct Faulty {
    fails: u32,
}

fn fail_if(fails: bool) -> Result<(), ModuleError> {
    if fails { Err(FAILURE) } else { Ok(()) }
}

fn init_faulty<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    let fails = cx.payload().u32("where").unwrap_or(0);
    let _taken_before_it_fails = cx.memory().slice(100, 0_u8, "scratch")?;
    fail_if(fails == IN_INIT)?;
    cx.place(Faulty { fails })
}

impl<'m> Module<'m> for Faulty {
    fn prepare(&mut self, _: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        fail_if(self.fails == IN_PREPARE)
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        fail_if(self.fails == IN_PROCESS)?;
        copy(&mut cx.inputs[0], &mut cx.outputs[0], usize::MAX)
    }

    fn configure(
        &mut self,
        _: &mut Configure<'_, 'm>,
        parameter: u32,
        data: &[u8],
    ) -> Result<(), ModuleError> {
        if parameter != 0 {
            return Err(ModuleError::UnknownParameter { parameter });
        }
        self.fails = headroom_module::Payload::new(data).u32("where")?;
        Ok(())
    }

    fn configuration(&self, parameter: u32, reply: &mut [u8]) -> Result<usize, ModuleError> {
        if parameter != 0 {
            return Err(ModuleError::UnknownParameter { parameter });
        }
        reply[..4].copy_from_slice(&self.fails.to_le_bytes());
        Ok(4)
    }
}

struct Hog<'m> {
    interim_bytes: usize,
    interim: Option<Block<'m, [u8]>>,
    _lifetime: Option<Block<'m, [u8]>>,
}

fn init_hog<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    let mut own = cx.payload();
    let (lifetime, interim_bytes) = (own.u32("lifetime")? as usize, own.u32("interim").unwrap_or(0) as usize);
    let _lifetime = match lifetime {
        0 => None,
        bytes => Some(cx.memory().slice(bytes, 0, "hoard")?),
    };
    cx.place(Hog { interim_bytes, interim: None, _lifetime })
}

impl<'m> Module<'m> for Hog<'m> {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        if self.interim_bytes > 0 {
            self.interim = Some(cx.memory().slice(self.interim_bytes, 0, "scratch")?);
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        copy(&mut cx.inputs[0], &mut cx.outputs[0], usize::MAX)
    }

    fn reset(&mut self) {
        self.interim = None;
    }
}

struct Keeper<'m> {
    kept: Option<Block<'m, [u8]>>,
    notice: Option<Notice>,
}

fn init_keeper<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    let mut kept = None;
    if let Some(data) = cx.config().module_data.filter(|data| !data.is_empty()) {
        let mut copy = cx.memory().slice(data.len(), 0, "module data")?;
        copy.copy_from_slice(data);
        kept = Some(copy);
    }
    cx.place(Keeper { kept, notice: None })
}

impl<'m> Module<'m> for Keeper<'m> {
    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        self.notice.take().into_iter().for_each(|notice| cx.tell(notice));
        copy(&mut cx.inputs[0], &mut cx.outputs[0], usize::MAX)
    }

    fn configure(
        &mut self,
        cx: &mut Configure<'_, 'm>,
        parameter: u32,
        data: &[u8],
    ) -> Result<(), ModuleError> {
        if parameter == 200 {
            let value = data[0].into();
            self.notice = Some(Notice::ControlChanged { parameter, index: 1, channel: 0, value });
            return Ok(());
        }
        self.kept = None;
        let mut copy = cx.memory().slice(data.len(), 0, "kept value")?;
        copy.copy_from_slice(data);
        self.kept = Some(copy);
        Ok(())
    }

    fn configuration(&self, _: u32, reply: &mut [u8]) -> Result<usize, ModuleError> {
        let kept = self.kept.as_deref().unwrap_or_default();
        reply[..kept.len()].copy_from_slice(kept);
        Ok(kept.len())
    }
}
