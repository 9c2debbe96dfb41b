//! Bytes as a topology file: what is read is written back, and what is patched is different there only.

use headroom_tplg::patch::set_word;
use headroom_tplg::{Element, Error, Token, TokenEra, Topology};

/// Parses `bytes`, and reads all there is to read.
pub fn tplg_parse(bytes: &[u8]) {
    let topology = match Topology::parse(bytes) {
        Ok(topology) => topology,
        Err(error) => return says_what_and_where(bytes, error),
    };
    let mut written = vec![0; bytes.len()];
    assert_eq!(topology.write(&mut written), Ok(bytes.len()));
    assert!(written == bytes, "what is read is written back");
    if let Err(error) = topology.check() {
        says_what_and_where(bytes, error);
    }
    topology.elements().for_each(|element| read(&element));
    let stack = Token::COMP_STACK_BYTES_REQUIREMENT;
    if let Some(widget) = topology.widgets().next()
        && let Some(old) = widget.word(stack)
    {
        patch(bytes, widget.name(), stack, old);
    }
}

fn says_what_and_where(bytes: &[u8], error: Error) {
    assert!(error.offset <= bytes.len(), "{error:?}");
    assert!(error.to_string().contains("; "), "{error}");
}

/// Calls whatever takes more than a word out of the bytes.
fn read(element: &Element<'_>) {
    match element {
        Element::Manifest(manifest) => {
            let items: usize = manifest.items().map(|(_, item)| item.len()).sum();
            assert!(items <= manifest.private().len());
        }
        Element::Widget(widget) => {
            let tuples = widget.tuples();
            assert!(12 * tuples.arrays().count() <= tuples.bytes().len());
            let formats = widget.input_formats().chain(widget.output_formats());
            assert!(formats.count() <= 2 * tuples.arrays().count());
            let memory = widget.memory(TokenEra::Guess);
            assert!([TokenEra::Heap, TokenEra::Phases].iter().any(|era| widget.memory(*era) == memory));
            assert!(memory.plus(memory).heap.bytes() >= memory.heap.bytes());
            assert!(widget.name().len() < 44 && widget.tokens().all(|tuple| tuple.offset > widget.offset()));
            assert_eq!(widget.controls().count(), widget.record().num_kcontrols as usize);
        }
        Element::Pcm(pcm) => assert!(pcm.playback().is_none() || pcm.record().playback != 0),
        Element::Link(link) => assert_eq!(link.hw_configs().count(), link.record().num_hw_configs as usize),
        _ => {}
    }
}

/// Gives a token another value and back.
fn patch(bytes: &[u8], widget: &str, token: Token, old: u32) {
    let mut file = bytes.to_vec();
    // What fits into every type is 0 or 1.
    let new = u32::from(old == 0);
    assert_eq!(set_word(&mut file, widget, token, new), Ok(old));
    let different = file.iter().zip(bytes).filter(|(new, old)| new != old).count();
    assert!((1..=4).contains(&different));
    let patched = Topology::parse(&file).expect("a number changes no length");
    assert_eq!(patched.widget(widget).and_then(|widget| widget.word(token)), Some(new));
}
