//! Random topologies: what is described is what is read, and what is read is written back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod model;

use headroom_tplg::Topology;
use headroom_tplg::write::{WriteError, Writer};
use model::{described, write};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_is_described_is_read_and_written_back(seed in any::<u64>(), size in 1usize..12) {
        let described = described(seed, size);
        let mut needed = 0;
        match write(&described, &mut []) {
            Err(WriteError::Space { needed: bytes, got: 0 }) => needed = bytes,
            other => prop_assert!(false, "{other:?}"),
        }
        let mut file = vec![0xa5; needed];
        prop_assert_eq!(write(&described, &mut file), Ok(needed));
        let topology = Topology::parse(&file).unwrap();
        prop_assert_eq!(model::read(&topology), described.clone());
        model::manifest_counts(&topology, &described);
        let mut written = vec![0x5a; needed];
        prop_assert_eq!(topology.write(&mut written), Ok(needed));
        prop_assert!(written == file);
        // One byte less is not enough.
        prop_assert_eq!(
            topology.write(&mut written[1..]),
            Err(WriteError::Space { needed, got: needed - 1 })
        );
    }
}

#[test]
fn what_has_no_place_is_refused() {
    use headroom_tplg::records::{Mixer, Route, Widget};
    use headroom_tplg::tuples::TupleType;
    use headroom_tplg::{BlockKind, Token};

    let written = |build: fn(&mut Writer<'_>)| {
        let mut file = [0; 4096];
        let mut writer = Writer::new(&mut file);
        build(&mut writer);
        writer.finish()
    };
    assert_eq!(
        written(|writer| writer.widget(&Widget::default())),
        Err(WriteError::Misplaced { offset: 0, block: None })
    );
    assert_eq!(
        written(|writer| {
            writer.block(BlockKind::Widget, 1);
            writer.route(&Route::default());
        }),
        Err(WriteError::Misplaced { offset: 36, block: Some(BlockKind::Widget) })
    );
    assert_eq!(
        written(|writer| {
            writer.block(BlockKind::Widget, 1);
            writer.mixer(&Mixer::default());
        }),
        Err(WriteError::Misplaced { offset: 36, block: Some(BlockKind::Widget) })
    );
    assert_eq!(
        written(|writer| {
            writer.block(BlockKind::Graph, 0);
            writer.route(&Route::default());
            writer.words(&[(Token::SCHED_CORE, 1)]);
        }),
        Err(WriteError::NoElement { offset: 168 })
    );
    assert_eq!(
        written(|writer| {
            writer.block(BlockKind::Widget, 0);
            writer.widget(&Widget::default());
            writer.numbers(TupleType::String, &[]);
        }),
        Err(WriteError::NotANumber { offset: 168, kind: TupleType::String })
    );
    assert_eq!(written(|_| ()), Ok(0));
}
