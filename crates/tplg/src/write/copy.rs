//! Elements of other topologies, and whole ones.

use crate::block::Block;
use crate::control::Control;
use crate::element::Element;
use crate::topology::Topology;
use crate::tuples::Tuples;
use crate::write::{WriteError, Writer};

impl Writer<'_> {
    /// Adds an element as it is in another topology. A manifest keeps the counts that it has.
    pub fn element(&mut self, element: &Element<'_>) {
        match element {
            Element::Manifest(manifest) => {
                self.manifest_with(&manifest.record());
                self.private(manifest.private());
            }
            Element::Widget(widget) => {
                self.widget(&widget.record());
                self.arrays(widget.tuples());
                widget.controls().for_each(|control| self.any_control(&control));
            }
            Element::Route(route) => self.route(&route.record()),
            Element::Control(control) => self.any_control(control),
            Element::Pcm(pcm) => {
                self.pcm(&pcm.record());
                self.arrays(pcm.tuples());
            }
            Element::Link(link) => {
                self.link(&link.record());
                self.arrays(link.tuples());
            }
            Element::Dai(dai) => {
                self.dai(&dai.record());
                self.private(dai.private());
            }
            Element::Opaque(bytes) => self.opaque(bytes),
        }
    }

    fn any_control(&mut self, control: &Control<'_>) {
        if let Some(mixer) = control.mixer() {
            self.mixer(&mixer);
            return self.arrays(control.tuples());
        }
        if let Some(enumerated) = control.enumerated() {
            self.enumerated(&enumerated);
        }
        if let Some(bytes) = control.bytes() {
            self.bytes(&bytes);
        }
        self.private(control.private());
    }

    fn arrays(&mut self, tuples: Tuples<'_>) {
        for array in tuples.arrays() {
            let (elements, slack) = array.parts();
            let kind = array.tuple_type();
            self.array_header(kind, elements.len() / kind.element_len(), slack.len());
            self.private(elements);
            self.private(slack);
        }
    }

    /// Adds a block as it is in another topology.
    fn copy(&mut self, block: &Block<'_>) {
        self.block_with(&block.record());
        block.elements().for_each(|element| self.element(&element));
    }
}

impl Topology<'_> {
    /// Writes the topology to the front of `out`, element by element, and says how long it is: the same bytes as
    /// those it was parsed from.
    ///
    /// # Errors
    ///
    /// [`Space`](WriteError::Space), if `out` is smaller than [`bytes`](Self::bytes).
    pub fn write(&self, out: &mut [u8]) -> Result<usize, WriteError> {
        let mut writer = Writer::new(out);
        self.blocks().for_each(|block| writer.copy(&block));
        writer.finish()
    }
}
