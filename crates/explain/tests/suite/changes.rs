//! What `diff` tells: alike changes once, all of them on demand, and numbers.

use headroom_explain::{Changes, Detail, diff};
use headroom_testbench::sketch::{Sketch, small};
use headroom_tplg::{Token, Topology};

/// What changed from the small topology to what `change` makes of it.
fn changes(change: fn(&mut Sketch)) -> Changes {
    let mut sketch = small();
    let old = sketch.file();
    change(&mut sketch);
    diff(&Topology::parse(&old).unwrap(), &Topology::parse(&sketch.file()).unwrap())
}

/// More heap everywhere, and a control's name in one widget.
fn more_heap(sketch: &mut Sketch) {
    let words = sketch.nodes.iter_mut().flat_map(|node| &mut node.words);
    words
        .filter(|(token, _)| *token == Token::COMP_HEAP_BYTES_REQUIREMENT)
        .for_each(|(_, bytes)| *bytes = 16_384);
    sketch.node("gain.3.1").controls = vec!["Loudness Volume".into()];
}

/// What changed alike in many widgets is told once, and what changed beside it where it did.
#[test]
fn changes_that_are_alike_are_told_once() {
    let changes = changes(more_heap);
    let summed = changes.text(Detail::Summed);
    assert_eq!(
        summed,
        "widgets\n  ~ dai-copier.SSP.NoCodec-0.capture (dai_in, pipeline 4), and 7 more alike (--all lists them)\n      \
         COMP_HEAP_BYTES_REQUIREMENT: 12288 -> 16384\n  ~ gain.3.1 (pga, pipeline 3)\n      \
         - control Master Volume\n      + control Loudness Volume\n"
    );
    let all = changes.text(Detail::All);
    assert_eq!(all.matches("12288 -> 16384").count(), 8, "{all}");
}

/// Numbers, and the same as data.
#[test]
fn changes_are_counted_and_told_as_data() {
    let changes = changes(|sketch| {
        more_heap(sketch);
        sketch.routes.pop();
    });
    assert_eq!(changes.stat(), "widgets: 8 changed\nroutes: 1 removed\n");
    let json = serde_json::to_value(&changes).unwrap();
    assert_eq!((&json["schema_version"], &json["only_bytes"]), (&1.into(), &false.into()));
    let last = json["changes"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["section"], &last["change"]), (&"routes".into(), &"removed".into()));
    assert!(changes_of_nothing().is_empty());
}

fn changes_of_nothing() -> Changes {
    changes(|_| {})
}
