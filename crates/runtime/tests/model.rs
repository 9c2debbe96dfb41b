//! Random verbs against a shadow model of plain maps.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use common::*;
use headroom_module::ModuleError;
use headroom_runtime::{
    ComponentId, Connection, CreatePipeline, Domain, Error, LlPass, ModuleState, PipelineState, Platform,
    PortId, Requested, RingEnd, RingSnapshot, Runtime, Side, TransferFault,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const ROOM: Platform = Platform { modules: 16, edges: 64, common_bytes: 256 << 10, ..SMALL };

/// An edge: source, its queue, sink, its queue.
type Edge = (ComponentId, u8, ComponentId, u8);

#[derive(Clone, Debug)]
enum Op {
    Create(u8),
    Delete(u8),
    Init(ComponentId, u8),
    DeleteModule(ComponentId),
    Bind(Edge),
    Unbind(Edge),
    /// One of those that there are.
    UnbindNth(usize),
    Set(Vec<u8>, Requested),
    Configure(ComponentId),
    Ticks(u64),
    /// Begins a tick and takes this core's pass away.
    Take(u8),
    /// Brings that of this core home, after it was run or not.
    Finish(u8, bool),
}

/// Pipelines 1 and 2 are on core 0, pipeline 3 is on core 1.
fn core_of(pipeline: u8) -> u8 {
    u8::from(pipeline == 3)
}

fn modules() -> Vec<ComponentId> {
    vec![hub(0), hub(1), hub(2), pass(0), pass(1), block(0), block(1)]
}

fn is_dp(id: ComponentId) -> bool {
    id.module() == block(0).module()
}

fn ports(id: ComponentId) -> u8 {
    if id.module() == hub(0).module() { 4 } else { 1 }
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let (pipeline, module) = (|| 1..4_u8, || select(modules()));
    let queue = || prop_oneof![6 => 0..2_u8, 1 => 3..5_u8];
    let edge = move || (module(), queue(), module(), queue());
    let requested = select(vec![Requested::Reset, Requested::Paused, Requested::Running]);
    // Most modules are there from the start, so that there is something to bind.
    let homes = vec(pipeline(), modules().len());
    let made = homes.prop_map(|homes| modules().into_iter().zip(homes).map(|(id, home)| Op::Init(id, home)));
    let begin = made.prop_map(|made| (1..4).map(Op::Create).chain(made).collect::<Vec<_>>());
    let then = vec(
        prop_oneof![
            1 => pipeline().prop_map(Op::Create),
            1 => pipeline().prop_map(Op::Delete),
            2 => (module(), pipeline()).prop_map(|(id, pipeline)| Op::Init(id, pipeline)),
            1 => module().prop_map(Op::DeleteModule),
            8 => edge().prop_map(Op::Bind),
            1 => edge().prop_map(Op::Unbind),
            1 => any::<usize>().prop_map(Op::UnbindNth),
            8 => (vec(1..4_u8, 1..4), requested).prop_map(|(ids, requested)| Op::Set(ids, requested)),
            1 => module().prop_map(Op::Configure),
            3 => (1..4_u64).prop_map(Op::Ticks),
            3 => (0..2_u8).prop_map(Op::Take),
            3 => (0..2_u8, any::<bool>()).prop_map(|(core, run)| Op::Finish(core, run)),
        ],
        1..80,
    );
    (begin, then).prop_map(|(begin, then)| [begin, then].concat())
}

#[derive(Clone, Default)]
struct Model {
    pipelines: BTreeMap<u8, PipelineState>,
    modules: BTreeMap<ComponentId, (u8, ModuleState)>,
    edges: BTreeSet<Edge>,
    /// Modules that are out with a pass, by its core.
    out: BTreeMap<u8, BTreeSet<ComponentId>>,
    /// Modules that a value waits for.
    waiting: BTreeSet<ComponentId>,
}

impl Model {
    fn is_out(&self, id: ComponentId) -> bool {
        self.out.values().flatten().any(|out| *out == id)
    }

    fn at_home(&self, id: ComponentId) -> Result<(), Error> {
        if self.is_out(id) { Err(Error::Busy(id)) } else { Ok(()) }
    }

    /// What runs on a core, where it is not out already, goes out.
    fn take(&mut self, core: u8) {
        let runs = |(id, (home, state)): (&ComponentId, &(u8, ModuleState))| {
            (!is_dp(*id) && core_of(*home) == core && *state == ModuleState::Active).then_some(*id)
        };
        let running: BTreeSet<_> = self.modules.iter().filter_map(runs).collect();
        if !running.is_empty() {
            self.out.entry(core).or_insert(running);
        }
    }

    fn finish(&mut self, core: u8) {
        for id in self.out.remove(&core).unwrap_or_default() {
            self.waiting.remove(&id);
        }
    }

    fn members(&self, pipeline: u8) -> impl Iterator<Item = ComponentId> + '_ {
        self.modules.iter().filter(move |(_, (home, _))| *home == pipeline).map(|(id, _)| *id)
    }

    fn pipeline(&self, id: u8) -> Result<PipelineState, Error> {
        self.pipelines.get(&id).copied().ok_or(Error::NoPipeline(id))
    }

    fn module(&self, id: ComponentId) -> Result<ModuleState, Error> {
        self.modules.get(&id).map(|(_, state)| *state).ok_or(Error::NoModule(id))
    }

    fn deletable(&self, id: ComponentId) -> Result<(), Error> {
        let state = self.module(id)?;
        self.at_home(id)?;
        match state {
            ModuleState::Ready => {}
            state => return Err(Error::ModuleState { component: id, state }),
        }
        let mut bound = self.edges.iter().filter(|edge| [edge.0, edge.2].contains(&id));
        bound.try_for_each(|edge| self.at_home(edge.0).and(self.at_home(edge.2)))
    }

    fn forget(&mut self, id: ComponentId) {
        self.modules.remove(&id);
        self.edges.retain(|edge| edge.0 != id && edge.2 != id);
    }

    fn bind(&mut self, edge: Edge) -> Result<(), Error> {
        let (source, source_queue, sink, sink_queue) = edge;
        self.module(source)?;
        self.module(sink)?;
        let side = |component, side, queue| PortId { component, side, queue };
        let sides = [side(source, Side::Output, source_queue), side(sink, Side::Input, sink_queue)];
        for port in sides {
            let ports = ports(port.component);
            if port.queue >= ports {
                return Err(Error::NoPort { port, ports });
            }
            let writes =
                |edge: &&Edge| port.side == Side::Output && (edge.0, edge.1) == (port.component, port.queue);
            let reads =
                |edge: &&Edge| port.side == Side::Input && (edge.2, edge.3) == (port.component, port.queue);
            if let Some(taken) = self.edges.iter().find(|edge| writes(edge) || reads(edge)) {
                return Err(Error::PortTaken { port, peer: taken.2 });
            }
        }
        if is_dp(source) && is_dp(sink) {
            return Err(Error::DpToDp { source, sink });
        }
        if source == sink {
            return Err(Error::Loop { pipeline: 0, component: source });
        }
        self.at_home(source)?;
        self.at_home(sink)?;
        self.edges.insert(edge);
        Ok(())
    }

    fn unbind(&mut self, edge: Edge) -> Result<(), Error> {
        self.module(edge.0)?;
        self.module(edge.2)?;
        let port = |component, side, queue| PortId { component, side, queue };
        let (source, sink) = (port(edge.0, Side::Output, edge.1), port(edge.2, Side::Input, edge.3));
        if !self.edges.contains(&edge) {
            return Err(Error::NotBound { source, sink });
        }
        self.at_home(edge.0)?;
        self.at_home(edge.2)?;
        self.edges.remove(&edge);
        Ok(())
    }

    /// Takes away modules that nobody of the rest feeds, until none is left, or a circle.
    fn check_order(&self, pipeline: u8) -> Result<(), Error> {
        let mut left: BTreeSet<_> = self.members(pipeline).collect();
        while let Some(component) = left.first().copied() {
            let fed =
                |id: &ComponentId| self.edges.iter().any(|edge| edge.2 == *id && left.contains(&edge.0));
            let Some(free) = left.iter().find(|id| !fed(id)).copied() else {
                return Err(Error::Loop { pipeline, component });
            };
            left.remove(&free);
        }
        Ok(())
    }

    /// Where a pipeline is after the first pass of a request.
    fn first_pass(&self, id: u8, requested: Requested) -> Result<PipelineState, Error> {
        use PipelineState::{Active, Init, Paused, Prepared, Ready};
        let state = self.pipeline(id)?;
        let next = match (requested, state) {
            (Requested::Running, Init | Prepared) => {
                return Err(Error::PipelineState { pipeline: id, state, requested });
            }
            (Requested::Running, Ready) => Prepared,
            (_, Init) => Ready,
            (_, Ready | Prepared | Paused | Active) => state,
        };
        if next == Prepared && self.members(id).next().is_none() {
            return Err(Error::EmptyPipeline(id));
        }
        if next != state {
            self.check_order(id)?;
        }
        if requested == Requested::Reset && matches!(state, Active | Paused) {
            self.members(id).try_for_each(|member| self.at_home(member))?;
        }
        Ok(next)
    }

    /// To prepare a pipeline all that it feeds must be told what comes.
    fn announce(&self, id: u8) -> Result<(), Error> {
        let home = |id: &ComponentId| self.modules.get(id).map(|(home, _)| *home);
        let fed = self.edges.iter().filter(|edge| home(&edge.0) == Some(id));
        fed.map(|edge| edge.2).try_for_each(|sink| self.at_home(sink))
    }

    fn move_to(&mut self, id: u8, requested: Requested) {
        use PipelineState::{Active, Init, Paused, Prepared, Ready};
        let (state, all, members) = match (requested, self.pipelines[&id]) {
            (Requested::Running, Prepared) => (Active, true, ModuleState::Active),
            (Requested::Running, Paused) => (Active, false, ModuleState::Active),
            (Requested::Paused, Active) => (Paused, false, ModuleState::Paused),
            (Requested::Reset, Active | Paused) => (Ready, true, ModuleState::Ready),
            (_, Init | Ready | Prepared | Paused | Active) => return,
        };
        self.pipelines.insert(id, state);
        for (home, module) in self.modules.values_mut() {
            if *home == id && (all || *module != ModuleState::Ready) {
                *module = members;
            }
        }
    }

    fn set(&mut self, ids: &[u8], requested: Requested) -> Result<(), Error> {
        ids.iter().try_for_each(|&id| self.pipeline(id).map(drop))?;
        // All are checked as they are, then each moves: one that is named twice is checked again.
        ids.iter().try_for_each(|&id| self.first_pass(id, requested).map(drop))?;
        let made = ids.iter().try_for_each(|&id| {
            let next = self.first_pass(id, requested)?;
            if next == PipelineState::Prepared {
                self.announce(id)?;
            }
            self.pipelines.insert(id, next);
            Ok(())
        });
        if made.is_err() {
            let prepared = self.pipelines.values_mut().filter(|state| **state == PipelineState::Prepared);
            prepared.for_each(|state| *state = PipelineState::Ready);
        } else {
            ids.iter().for_each(|&id| self.move_to(id, requested));
        }
        made
    }

    /// Names the edge that is meant, if there is one.
    fn resolve(&self, op: Op) -> Op {
        match op {
            Op::UnbindNth(n) => {
                let nth = self.edges.iter().nth(n % self.edges.len().max(1));
                nth.map_or(Op::Ticks(1), |&edge| Op::Unbind(edge))
            }
            other => other,
        }
    }

    fn apply(&mut self, op: &Op) -> Result<(), Error> {
        match *op {
            Op::Create(id) if self.pipelines.contains_key(&id) => return Err(Error::PipelineExists(id)),
            Op::Create(id) => drop(self.pipelines.insert(id, PipelineState::Init)),
            Op::Delete(id) => {
                self.pipeline(id)?;
                let members: Vec<_> = self.members(id).collect();
                members.iter().try_for_each(|&member| self.deletable(member))?;
                members.into_iter().for_each(|member| self.forget(member));
                self.pipelines.remove(&id);
            }
            Op::Init(id, _) if self.modules.contains_key(&id) => return Err(Error::ModuleExists(id)),
            Op::Init(id, pipeline) => {
                self.pipeline(pipeline)?;
                self.modules.insert(id, (pipeline, ModuleState::Ready));
            }
            Op::DeleteModule(id) => {
                self.deletable(id)?;
                self.forget(id);
            }
            Op::Bind(edge) => self.bind(edge)?,
            Op::Unbind(edge) => self.unbind(edge)?,
            Op::Set(ref ids, requested) => self.set(ids, requested)?,
            Op::Configure(component) => {
                self.module(component)?;
                if self.is_out(component) {
                    let waits = Error::Transfer { component, fault: TransferFault::Waiting };
                    return if self.waiting.insert(component) { Ok(()) } else { Err(waits) };
                }
                return Err(Error::Module {
                    component,
                    error: ModuleError::UnknownParameter { parameter: 9 },
                });
            }
            Op::Take(core) => self.take(core),
            Op::Finish(core, _) => self.finish(core),
            Op::UnbindNth(_) | Op::Ticks(_) => {}
        }
        Ok(())
    }
}

fn connection((source, source_queue, sink, sink_queue): Edge) -> Connection {
    Connection { source, source_queue, sink, sink_queue }
}

/// The runtime, its time, and passes that are away.
struct Real<'a, 'm> {
    rt: &'a mut Runtime<'m>,
    now: u64,
    away: Vec<LlPass<'m>>,
}

impl Real<'_, '_> {
    fn take(&mut self, core: u8) {
        self.rt.begin_tick(self.now);
        self.now += 1;
        self.away.extend(self.rt.take_pass(core));
    }

    fn finish(&mut self, core: u8, run: bool) {
        let Some(n) = self.away.iter().position(|pass| pass.core() == core) else { return };
        let mut pass = self.away.remove(n);
        while let Some(step) = pass.next().filter(|_| run) {
            step.run();
        }
        self.rt.finish_pass(pass);
    }
}

fn apply(real: &mut Real<'_, '_>, op: &Op) -> Result<(), Error> {
    let rt = &mut *real.rt;
    match *op {
        Op::Create(id) => rt.create_pipeline(&CreatePipeline { core: core_of(id), ..pipeline(id) }),
        Op::Delete(id) => rt.delete_pipeline(id),
        Op::Init(id, pipeline) if is_dp(id) => dp(pipeline, id).blocks(48, 48).memory(128 << 10, 0).init(rt),
        Op::Init(id, pipeline) => ll(pipeline, id).core(core_of(pipeline)).init(rt),
        Op::DeleteModule(id) => rt.delete_module(id),
        Op::Bind(edge) => rt.bind(&connection(edge)),
        Op::Unbind(edge) => rt.unbind(&connection(edge)),
        Op::Set(ref ids, requested) => set(rt, ids, requested).map_err(|(_, error)| error),
        Op::Configure(id) => rt.configure(id, 9, &[]),
        Op::UnbindNth(_) => Ok(()),
        Op::Ticks(ticks) => {
            play(rt, real.now..real.now + ticks);
            real.now += ticks;
            Ok(())
        }
        Op::Take(core) => {
            real.take(core);
            Ok(())
        }
        Op::Finish(core, run) => {
            real.finish(core, run);
            Ok(())
        }
    }
}

fn assert_same(rt: &Runtime<'_>, model: &Model, op: &Op) {
    let pipelines: BTreeMap<_, _> = rt.pipelines().map(|pipeline| (pipeline.id, pipeline.state)).collect();
    assert_eq!(pipelines, model.pipelines, "after {op:?}");
    let modules: BTreeMap<_, _> =
        rt.modules().map(|module| (module.id, (module.pipeline, module.state))).collect();
    assert_eq!(modules, model.modules, "after {op:?}");
    assert!(rt.modules().all(|module| (module.domain == Domain::Dp) == is_dp(module.id)));
    assert!(rt.modules().all(|module| module.out == model.is_out(module.id)), "after {op:?}");
    let ends = |ring: RingSnapshot| match (ring.source, ring.sink) {
        (RingEnd::Port(source), RingEnd::Port(sink)) => {
            Some((source.component, source.queue, sink.component, sink.queue))
        }
        _ => None,
    };
    let rings: BTreeSet<_> = rt.rings().map(|ring| ends(ring).unwrap()).collect();
    assert_eq!(rings, model.edges, "after {op:?}");
}

fn delete_all(rt: &mut Runtime<'_>) {
    let ids: Vec<_> = rt.pipelines().map(|pipeline| pipeline.id).collect();
    for id in ids {
        if pipeline_of(rt, id).state != PipelineState::Init {
            set(rt, &[id], Requested::Reset).unwrap();
        }
        rt.delete_pipeline(id).unwrap();
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn any_sequence_of_verbs_does_what_the_model_says_and_leaves_nothing(ops in ops()) {
        with_runtime(ROOM, |rt, _| {
            let mut model = Model::default();
            let empty = (see(rt), rt.common_region().interim_used);
            let mut real = Real { rt, now: 0, away: Vec::new() };
            for op in ops {
                let op = &model.resolve(op);
                let before = see(real.rt);
                let (expected, got) = (model.apply(op), apply(&mut real, op));
                let rt = &mut *real.rt;
                let kind = |outcome: &Result<(), Error>| outcome.as_ref().map_err(discriminant).copied();
                // Of several modules that keep a pipeline the one in the first seat is told.
                let one_of_many = matches!(op, Op::Delete(_)) && got.is_err() && expected.is_err();
                let same = one_of_many || kind(&got) == kind(&expected);
                assert!(same, "{op:?}: {got:?}, but the model says {expected:?}");
                assert_same(rt, &model, op);
                // To prepare seals the regions of modules that were made since; all else is all or nothing.
                let prepares = matches!(op, Op::Set(_, Requested::Running));
                let whole = got.is_ok() || prepares || see(rt) == before;
                assert!(whole, "{op:?} was refused, but not without a trace");
                events(rt);
            }
            [0, 1].iter().for_each(|&core| real.finish(core, true));
            delete_all(real.rt);
            assert_eq!((see(real.rt), real.rt.common_region().interim_used), empty);
        });
    }
}
