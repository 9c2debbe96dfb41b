//! Random verbs against a shadow model of plain maps, and random graphs against the order that their edges demand.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use common::*;
use headroom_module::ModuleError;
use headroom_runtime::{
    ComponentId, Connection, Domain, Error, ModuleState, PipelineState, Platform, PortId, Requested, RingEnd,
    Runtime, Side,
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
}

impl Model {
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
        match self.module(id)? {
            ModuleState::Ready => Ok(()),
            state => Err(Error::ModuleState { component: id, state }),
        }
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
        self.edges.insert(edge);
        Ok(())
    }

    fn unbind(&mut self, edge: Edge) -> Result<(), Error> {
        self.module(edge.0)?;
        self.module(edge.2)?;
        let port = |component, side, queue| PortId { component, side, queue };
        let (source, sink) = (port(edge.0, Side::Output, edge.1), port(edge.2, Side::Input, edge.3));
        if self.edges.remove(&edge) { Ok(()) } else { Err(Error::NotBound { source, sink }) }
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
        Ok(next)
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
                return Err(Error::Module {
                    component,
                    error: ModuleError::UnknownParameter { parameter: 9 },
                });
            }
            Op::UnbindNth(_) | Op::Ticks(_) => {}
        }
        Ok(())
    }
}

fn connection((source, source_queue, sink, sink_queue): Edge) -> Connection {
    Connection { source, source_queue, sink, sink_queue }
}

fn apply(rt: &mut Runtime<'_>, op: &Op, now: &mut u64) -> Result<(), Error> {
    match *op {
        Op::Create(id) => rt.create_pipeline(&pipeline(id)),
        Op::Delete(id) => rt.delete_pipeline(id),
        Op::Init(id, pipeline) if is_dp(id) => dp(pipeline, id).blocks(48, 48).memory(128 << 10, 0).init(rt),
        Op::Init(id, pipeline) => ll(pipeline, id).init(rt),
        Op::DeleteModule(id) => rt.delete_module(id),
        Op::Bind(edge) => rt.bind(&connection(edge)),
        Op::Unbind(edge) => rt.unbind(&connection(edge)),
        Op::Set(ref ids, requested) => set(rt, ids, requested).map_err(|(_, error)| error),
        Op::Configure(id) => rt.configure(id, 9, &[]),
        Op::UnbindNth(_) => Ok(()),
        Op::Ticks(ticks) => {
            play(rt, *now..*now + ticks);
            *now += ticks;
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
    let rings: BTreeSet<_> = rt
        .rings()
        .map(|ring| {
            let (RingEnd::Port(source), RingEnd::Port(sink)) = (ring.source, ring.sink) else {
                panic!("{ring:?}")
            };
            (source.component, source.queue, sink.component, sink.queue)
        })
        .collect();
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
            let (mut model, mut now) = (Model::default(), 0);
            let empty = (see(rt), rt.common_region().interim_used);
            for op in ops {
                let op = &model.resolve(op);
                let before = see(rt);
                let (expected, got) = (model.apply(op), apply(rt, op, &mut now));
                let kind = |outcome: &Result<(), Error>| outcome.as_ref().map_err(discriminant).copied();
                assert_eq!(kind(&got), kind(&expected), "{op:?}: {got:?}, but the model says {expected:?}");
                assert_same(rt, &model, op);
                // To prepare seals the regions of modules that were made since; all else is all or nothing.
                let prepares = matches!(op, Op::Set(_, Requested::Running));
                let whole = got.is_ok() || prepares || see(rt) == before;
                assert!(whole, "{op:?} was refused, but not without a trace");
                events(rt);
            }
            delete_all(rt);
            assert_eq!((see(rt), rt.common_region().interim_used), empty);
        });
    }
}

/// Which modules of `0..n` can be reached from each, along the edges.
fn reach(n: usize, edges: &[(usize, usize)]) -> Vec<Vec<bool>> {
    let mut reach = vec![vec![false; n]; n];
    edges.iter().for_each(|&(from, to)| reach[from][to] = true);
    for via in 0..n {
        for from in 0..n {
            for to in 0..n {
                reach[from][to] |= reach[from][via] && reach[via][to];
            }
        }
    }
    reach
}

/// Binds hubs along the edges, each time at the next free queue; edges that find none are left out.
fn bind_hubs(rt: &mut Runtime<'_>, n: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let (mut outputs, mut inputs) = (vec![0; n], vec![0; n]);
    let mut bound = Vec::new();
    for &(from, to) in edges {
        if outputs[from] < 4 && inputs[to] < 4 {
            rt.bind(&connection((hub(from as u8), outputs[from], hub(to as u8), inputs[to]))).unwrap();
            (outputs[from], inputs[to]) = (outputs[from] + 1, inputs[to] + 1);
            bound.push((from, to));
        }
    }
    bound
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn the_run_order_respects_every_edge_and_circles_are_refused_by_a_module_on_them(
        made in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
        edges in vec((0..8_usize, 0..8_usize), 0..20),
        forward_only: bool,
    ) {
        // Half of the graphs are free of circles by construction.
        let edges: Vec<_> = edges
            .into_iter()
            .filter(|(from, to)| if forward_only { from < to } else { from != to })
            .collect();
        with_runtime(ROOM, |rt, _| {
            rt.create_pipeline(&pipeline(1)).unwrap();
            made.iter().for_each(|&n| ll(1, hub(n as u8)).init(rt).unwrap());
            let bound = bind_hubs(rt, 8, &edges);
            let reach = reach(8, &bound);
            let on_circle: Vec<_> = (0..8).filter(|&n| reach[n][n]).map(|n| hub(n as u8)).collect();
            match set(rt, &[1], Requested::Paused) {
                Ok(()) => {
                    assert!(on_circle.is_empty());
                    set(rt, &[1], Requested::Running).unwrap();
                    let order = runs_of(|| rt.tick(0));
                    assert_eq!(order.len(), 8, "every module once");
                    let place = |n: usize| order.iter().position(|&id| id == hub(n as u8)).unwrap();
                    assert!(bound.iter().all(|&(from, to)| place(from) < place(to)));
                }
                Err((_, Error::Loop { component, .. })) => {
                    assert!(on_circle.contains(&component), "{component} is on none of {on_circle:?}");
                }
                Err((_, error)) => panic!("{error}"),
            }
        });
    }
}
