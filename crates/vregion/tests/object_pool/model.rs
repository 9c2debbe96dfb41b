//! Random operations on a pool against a shadow model: what lives where, who owns it, and what is dropped.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use proptest::collection::vec;
use proptest::prelude::*;
use vregion::Placement::Interim;
use vregion::{Block, Pool, Pooled, Region};

use super::support::cases;
use super::{Counted, address, with_region};

#[derive(Clone, Debug)]
enum Op {
    Insert,
    CloneObject(usize),
    Drop(usize),
    Iterate,
    FindAndKeep(usize),
    ClonePool,
    DropPool,
    Occupy(usize),
    Seal,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        10 => Just(Op::Insert),
        2 => any::<usize>().prop_map(Op::CloneObject),
        8 => any::<usize>().prop_map(Op::Drop),
        1 => Just(Op::Iterate),
        1 => any::<usize>().prop_map(Op::FindAndKeep),
        1 => Just(Op::ClonePool),
        1 => Just(Op::DropPool),
        1 => (1_usize..600).prop_map(Op::Occupy),
        1 => Just(Op::Seal),
    ]
}

/// What a pool must look like: which numbers are alive at which places, and who owns them.
struct Model<'m> {
    region: Region<'m>,
    pools: Vec<Pool<'m, Counted>>,
    handles: Vec<Pooled<'m, Counted>>,
    live: BTreeMap<usize, (u32, usize)>,
    places: usize,
    peak: usize,
    made: u32,
    drops: Arc<AtomicUsize>,
    in_the_way: Vec<Block<'m, [u8]>>,
}

impl<'m> Model<'m> {
    fn insert(&mut self) {
        self.made += 1;
        let before = (self.pools[0].usage(), self.region.statistics());
        let Ok(object) = self.pools[0].insert(Counted(self.made, self.drops.clone())) else {
            assert_eq!(self.places, self.live.len(), "refused beside a vacant slot");
            assert_eq!(self.pools[0].usage(), before.0);
            assert_eq!(self.region.statistics().spare, before.1.spare);
            return;
        };
        let new = self.live.insert(address(&object), (self.made, 1));
        assert_eq!(new, None, "a slot in use was handed out");
        if self.live.len() > self.places {
            self.places += [2, 4, 8, 16].get(before.0.chunks).copied().unwrap_or(32);
        }
        self.peak = self.peak.max(self.live.len());
        self.handles.push(object);
    }

    fn own(&mut self, handle: Pooled<'m, Counted>) {
        let (number, owners) = self.live.get_mut(&address(&handle)).unwrap();
        *owners += 1;
        assert_eq!(*number, handle.0);
        self.handles.push(handle);
    }

    fn let_go(&mut self, index: usize) {
        let handle = self.handles.swap_remove(index);
        let place = address(&handle);
        let (_, owners) = self.live.get_mut(&place).unwrap();
        *owners -= 1;
        if *owners == 0 {
            self.live.remove(&place);
        }
        drop(handle);
    }

    fn run(&mut self, op: Op) {
        match op {
            Op::Insert => self.insert(),
            Op::CloneObject(which) if !self.handles.is_empty() => {
                let handle = self.handles[which % self.handles.len()].clone();
                self.own(handle);
            }
            Op::Drop(which) if !self.handles.is_empty() => self.let_go(which % self.handles.len()),
            Op::Iterate => {
                let mut seen: Vec<_> =
                    self.pools[0].iter().map(|object| (address(&object), object.0)).collect();
                seen.sort_unstable();
                assert!(seen.iter().copied().eq(self.live.iter().map(|(&place, live)| (place, live.0))));
            }
            Op::FindAndKeep(which) if !self.live.is_empty() => {
                let found = self.pools[0].iter().nth(which % self.live.len()).unwrap();
                self.own(found);
            }
            Op::ClonePool => self.pools.push(self.pools[0].clone()),
            Op::DropPool if self.pools.len() > 1 => drop(self.pools.swap_remove(0)),
            Op::Occupy(bytes) => {
                self.in_the_way.extend(self.region.slice(Interim, bytes, 0xEE_u8, "in the way"));
                self.in_the_way.truncate(4);
            }
            Op::Seal => self.region.seal(),
            _ => {}
        }
        let usage = self.pools[0].usage();
        assert_eq!((usage.live, usage.capacity, usage.peak), (self.live.len(), self.places, self.peak));
        assert_eq!(self.drops.load(Relaxed), self.made as usize - self.live.len());
        assert!(self.handles.iter().all(|handle| self.live[&address(handle)].0 == handle.0));
        assert_eq!(self.region.validate(), Ok(()));
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_pool_does_what_its_model_does(ops in vec(op(), 0..if cfg!(miri) { 30 } else { 400 })) {
        with_region(1, |pages, region| {
            let pools = vec![Pool::new(&region, "counted").unwrap()];
            let (drops, live) = (Arc::default(), BTreeMap::new());
            let (handles, in_the_way) = (Vec::new(), Vec::new());
            let (places, peak, made) = (0, 0, 0);
            let mut model =
                Model { region, pools, handles, live, places, peak, made, drops, in_the_way };
            ops.into_iter().for_each(|op| model.run(op));
            let (made, drops) = (model.made, model.drops.clone());
            drop(model);
            assert_eq!((drops.load(Relaxed), pages.usage().regions), (made as usize, 0));
        });
    }
}
