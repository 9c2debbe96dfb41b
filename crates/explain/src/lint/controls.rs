//! Rules about controls: their names as the sound card has them, and their scales.

use std::collections::HashMap;

use headroom_tplg::{Control, ControlKind, Token};

use super::{Findings, codes};
use headroom_topology::Graph;

/// Bytes of a control's name that the sound card keeps.
const KEPT: usize = 43;

/// Bits of `SNDRV_CTL_ELEM_ACCESS`: it has a scale; who has the scale is asked for it, and the file's isn't read.
const TLV_ACCESS: u32 = 0x30;
const TLV_CALLBACK: u32 = 0x1000_0000;
/// The kind of an even scale, and the bytes of its record.
const DB_SCALE: u32 = 1;
const TLV_BYTES: u32 = 136;
/// Who reads and writes volumes: `SOF_TPLG_KCTL_VOL_ID`.
const VOLUME: u32 = 256;

pub(super) fn check(graph: &Graph<'_>, findings: &mut Findings) {
    names(graph, findings);
    let of_widgets = graph.widgets.iter().flat_map(|widget| {
        widget.controls().map(|control| (format!("{}, `{}`", widget.name(), control.name()), control))
    });
    let of_nobody = graph.topology.controls().map(|control| (format!("`{}`", control.name()), control));
    for (place, control) in of_widgets.chain(of_nobody) {
        if let Some(fault) = scale(&control) {
            findings.add(&codes::HR072, place, fault);
        }
    }
}

/// Names as the sound card has them: with the widget's name in front, if token 417 doesn't say otherwise.
fn names(graph: &Graph<'_>, findings: &mut Findings) {
    let (mut whole, mut kept) = (HashMap::new(), HashMap::new());
    for widget in &graph.widgets {
        let plain = widget.word(Token::COMP_NO_WNAME_IN_KCONTROL_NAME).is_some_and(|plain| plain != 0);
        for control in widget.controls() {
            let prefix = if plain { String::new() } else { format!("{} ", widget.name()) };
            let name = prefix + control.name();
            let cut = name.as_bytes().get(..KEPT).unwrap_or(name.as_bytes()).to_vec();
            if name.len() > KEPT {
                let left = String::from_utf8_lossy(&cut);
                let what = format!("`{name}` has {} bytes, of which `{left}` is left", name.len());
                findings.add(&codes::HR070, widget.name(), what);
            }
            let first = whole.insert(name.clone(), widget.name());
            let first_cut = kept.insert(cut, (widget.name(), name.clone()));
            match (first, first_cut) {
                (Some(first), _) => {
                    findings.add(
                        &codes::HR008,
                        widget.name(),
                        format!("`{name}` is also a control of {first}"),
                    );
                }
                (None, Some((first, other))) => {
                    let what = format!("`{name}` is cut to what is left of `{other}`, a control of {first}");
                    findings.add(&codes::HR071, widget.name(), what);
                }
                (None, None) => {}
            }
        }
    }
}

/// What is wrong with the scale of a control of numbers, where the file's is what a driver reads.
fn scale(control: &Control<'_>) -> Option<String> {
    let (header, max) = (control.header(), control.mixer().map(|mixer| mixer.max)?);
    if control.kind() != ControlKind::Mixer || header.access & TLV_CALLBACK != 0 {
        return None;
    }
    let (announced, is_volume) = (header.access & TLV_ACCESS != 0, header.get == VOLUME && max > 1);
    let (size, kind) = (header.tlv.size, header.tlv.kind);
    if !announced && !is_volume {
        return None;
    }
    match (size, kind) {
        (0, 0) => Some("it is to have a scale, and has none".to_owned()),
        (_, kind) if kind != DB_SCALE => Some(format!("its scale is of kind {kind}")),
        (size, _) if size != TLV_BYTES => Some(format!("its scale has {size} bytes")),
        _ => None,
    }
}
