//! What a run knows of a topology in TOML that its compiled form has no room or no place for.
//!
//! | kind | for example | what becomes of it |
//! |---|---|---|
//! | values | `gain_db` beside a `volume_control`, `controls` | set right after the set-up, as `amixer` would |
//! | names | of more than 43 bytes | hidden ones in the file, the real ones here |
//! | payloads | `config` | sent with the init message of the widget |
//! | order | which widget comes first | for whoever plays |

use std::collections::HashMap;

use headroom_modules::Curve;

use super::widget::volume_target;
use super::{Plan, memory};
use crate::toml::{ControlKind, Widget};

/// What stands beside a compiled topology; nothing where it came as a file.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    widgets: Vec<BesideWidget>,
    by_file_name: HashMap<String, usize>,
    /// What the file says that the text doesn't.
    added: Vec<String>,
}

#[derive(Clone, Debug)]
struct BesideWidget {
    name: String,
    config: Vec<u8>,
    presets: Vec<Preset>,
}

/// A control of a widget that starts with another value than the file says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Preset {
    /// Which of the widget's controls, counted in the order of the file.
    pub control: usize,
    /// What it is set to.
    pub value: Value,
}

/// The value of a control, the same for all channels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Value {
    /// Of a volume: a gain in Q1.31, finer than the steps of the control, and the way there.
    Gain {
        /// Where it goes.
        target: u32,
        /// On which curve.
        curve: Curve,
        /// In how many units of 100 ns.
        duration: u64,
    },
    /// Of a switch or an enumeration.
    Number(u32),
}

impl Beside {
    pub(super) fn new(plan: &Plan<'_>) -> Self {
        let widgets = &plan.topology.widgets;
        let by_file_name = (0..widgets.len()).map(|n| (plan.names.widgets[n].to_string(), n)).collect();
        let widgets = widgets.iter().map(BesideWidget::new).collect();
        Self { widgets, by_file_name, added: memory::notes(plan) }
    }

    fn widget(&self, file_name: &str) -> Option<&BesideWidget> {
        self.by_file_name.get(file_name).map(|&n| &self.widgets[n])
    }

    /// What users call the widget that the file calls `file_name`.
    pub fn name<'n>(&'n self, file_name: &'n str) -> &'n str {
        self.widget(file_name).map_or(file_name, |widget| &widget.name)
    }

    /// Which comes first, among widgets that could: the place of the widget in the text's order.
    pub fn rank(&self, file_name: &str) -> usize {
        self.by_file_name.get(file_name).copied().unwrap_or(0)
    }

    /// The module's own part of the widget's init payload.
    pub fn config(&self, file_name: &str) -> &[u8] {
        self.widget(file_name).map_or(&[], |widget| &widget.config)
    }

    /// Controls of the widget that start with other values.
    pub fn presets(&self, file_name: &str) -> &[Preset] {
        self.widget(file_name).map_or(&[], |widget| &widget.presets)
    }

    /// What a file says differently, a sentence for each widget.
    pub fn notes(&self) -> Vec<String> {
        let values = self.widgets.iter().filter(|widget| !widget.presets.is_empty());
        let note = |widget: &BesideWidget| {
            format!(
                "`{}`: a file has its controls as defaults only; a run sets them as the text says",
                widget.name
            )
        };
        values.map(note).chain(self.added.iter().cloned()).collect()
    }
}

impl BesideWidget {
    fn new(widget: &Widget) -> Self {
        let presets = widget.controls().enumerate().filter_map(|(control, described)| {
            let value = match described.kind {
                ControlKind::Volume => gain(widget)?,
                ControlKind::Switch(value) | ControlKind::Enum(value) => Value::Number(value?),
                ControlKind::Blob(_) => return None,
            };
            Some(Preset { control, value })
        });
        Self { name: widget.name.clone(), config: widget.outside.config.clone(), presets: presets.collect() }
    }
}

/// The gain of a widget with a control for it, where that isn't what a driver starts it with.
fn gain(widget: &Widget) -> Option<Value> {
    let (target, curve, duration) = volume_target(&widget.kind)?;
    (target != headroom_modules::VolumeSetting::UNITY).then_some(Value::Gain { target, curve, duration })
}
