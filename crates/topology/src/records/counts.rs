//! The counts of a manifest: how many elements of each kind there are.

use headroom_tplg::records::Manifest;
use headroom_tplg::{Element, Topology};

/// A manifest that counts what `topology` has.
pub(super) fn in_file(topology: &Topology<'_>) -> Manifest {
    let mut counts = Manifest::default();
    for element in topology.elements() {
        match element {
            Element::Widget(widget) => {
                counts.widget_elems += 1;
                counts.control_elems += widget.controls().count() as u32;
            }
            Element::Control(_) => counts.control_elems += 1,
            Element::Route(_) => counts.graph_elems += 1,
            Element::Pcm(_) => counts.pcm_elems += 1,
            Element::Link(_) => counts.dai_link_elems += 1,
            Element::Dai(_) => counts.dai_elems += 1,
            _ => {}
        }
    }
    counts
}
