//! Controls as parameters: what is sent for each when a stream is set up, and when somebody sets it.
//!
//! Source: Linux' `sound/soc/sof/ipc4-control.c`. Volumes start at 0 dB, switches on, enumerations with their first item, bytes
//! with what the file holds.
//!
//! | put operation | parameter | payload |
//! |---|---|---|
//! | 256 volume | 0 | one [`VolumeSetting`] for all channels, or one per channel |
//! | 259 switch, 257 enumeration | 200, 201 | kcontrol and count (two u16), 16 reserved bytes, then channel and value for each |
//! | bytes | type of the ABI header | the bytes behind that header |

use headroom_modules::kit::control::{Control as Payload, ControlEntry};
use headroom_modules::{Curve, VolumeSetting};
use headroom_topology::{Preset, Value};
use headroom_tplg::{Control, ControlKind, Token, Widget};

/// Put operations of kcontrols.
const VOLUME: u32 = 256;
const ENUMERATION: u32 = 257;
const SWITCH: u32 = 259;

/// One value for a parameter of a widget's module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Setting {
    /// The control that it is for.
    pub(crate) control: String,
    /// As the file has it; messages count to 255.
    pub(crate) parameter: u32,
    pub(crate) data: Vec<u8>,
}

/// The values of a control: as many as it has channels, or bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Values {
    Numbers(Vec<u32>),
    Bytes(Vec<u8>),
}

/// What users call a control of `widget`.
pub(crate) fn name(widget: &Widget<'_>, control: &Control<'_>) -> String {
    match widget.word(Token::COMP_NO_WNAME_IN_KCONTROL_NAME) {
        Some(set) if set != 0 => control.name().to_owned(),
        _ => format!("{} {}", widget.name(), control.name()),
    }
}

/// What `widget`, whose stream has so many channels, is sent when it is set up.
pub(crate) fn defaults(widget: &Widget<'_>, channels: u32) -> Vec<Setting> {
    let setting = |(n, control): (usize, Control<'_>)| {
        let values = match (control.kind(), control.header().put) {
            (ControlKind::Bytes, _) => {
                Values::Bytes(control.parameter().filter(|(_, data)| !data.is_empty())?.1.to_vec())
            }
            (_, VOLUME) => return Some(vec![unity(widget, &control)]),
            (_, SWITCH) => Values::Numbers(vec![1; count(&control, channels)]),
            (_, ENUMERATION) => Values::Numbers(vec![0; count(&control, channels)]),
            _ => return None,
        };
        Some(settings(widget, n, &control, &values))
    };
    widget.controls().enumerate().filter_map(setting).flatten().collect()
}

/// What sets a control of `widget`, whose stream has so many channels, to what a text says it starts with.
pub(crate) fn preset(widget: &Widget<'_>, channels: u32, preset: Preset) -> Vec<Setting> {
    let Some(control) = widget.controls().nth(preset.control) else { return Vec::new() };
    match preset.value {
        Value::Number(value) => {
            let values = Values::Numbers(vec![value; count(&control, channels)]);
            settings(widget, preset.control, &control, &values)
        }
        Value::Gain { target, curve, duration } => {
            let data = VolumeSetting { channel: None, target, curve, duration }.encode().to_vec();
            vec![Setting { control: name(widget, &control), parameter: VolumeSetting::PARAMETER, data }]
        }
    }
}

/// Channels of a control that a stream of so many has.
fn count(control: &Control<'_>, channels: u32) -> usize {
    let own = match control.kind() {
        ControlKind::Mixer => control.mixer().map(|mixer| mixer.num_channels),
        ControlKind::Enum => control.enumerated().map(|enumerated| enumerated.num_channels),
        ControlKind::Bytes => None,
    };
    own.unwrap_or(1).min(channels).max(1) as usize
}

/// What is sent to set the `n`th control of `widget`.
pub(crate) fn settings(
    widget: &Widget<'_>,
    n: usize,
    control: &Control<'_>,
    values: &Values,
) -> Vec<Setting> {
    let setting = |parameter, data| Setting { control: name(widget, control), parameter, data };
    match (values, control.header().put) {
        (Values::Bytes(bytes), _) => {
            let parameter = control.parameter().map_or(0, |(parameter, _)| parameter);
            vec![setting(parameter, bytes.clone())]
        }
        (Values::Numbers(values), VOLUME) => volumes(widget, control, values),
        (Values::Numbers(values), ENUMERATION) => vec![setting(Payload::ENUMERATION, entries(n, values))],
        (Values::Numbers(values), _) => vec![setting(Payload::SWITCH, entries(n, values))],
    }
}

fn entries(control: usize, values: &[u32]) -> Vec<u8> {
    let entry = |(channel, &value): (usize, &u32)| ControlEntry { channel: channel as u32, value };
    let mut data = vec![0; Payload::bytes(values.len())];
    // There is room for all of them, so this fails for none.
    let written =
        Payload::encode(&mut data, control as u16, values.iter().enumerate().map(entry)).unwrap_or(0);
    data.truncate(written);
    data
}

/// The volume that the init message and a control of `widget` set, on the way that the widget names.
pub(crate) fn volume(widget: &Widget<'_>, channel: Option<u32>, target: u32) -> VolumeSetting {
    // By number as in messages; one that there is not is as none.
    let curve = match widget.word(Token::GAIN_RAMP_TYPE).unwrap_or(0) {
        1 => Curve::WindowsFade,
        2 => Curve::Linear,
        3 => Curve::Log,
        4 => Curve::LinearZeroCross,
        5 => Curve::LogZeroCross,
        _ => Curve::None,
    };
    let duration = widget.word(Token::GAIN_RAMP_DURATION).unwrap_or(0).into();
    VolumeSetting { channel, target: target.min(VolumeSetting::UNITY), curve, duration }
}

fn unity(widget: &Widget<'_>, control: &Control<'_>) -> Setting {
    let data = volume(widget, None, VolumeSetting::UNITY).encode().to_vec();
    Setting { control: name(widget, control), parameter: VolumeSetting::PARAMETER, data }
}

fn volumes(widget: &Widget<'_>, control: &Control<'_>, values: &[u32]) -> Vec<Setting> {
    let alike = values.windows(2).all(|pair| pair[0] == pair[1]);
    let each = values.iter().enumerate().take(if alike { 1 } else { values.len() });
    let setting = |(channel, &value): (usize, &u32)| {
        let channel = (!alike).then_some(channel as u32);
        let data = volume(widget, channel, gain(control, value)).encode().to_vec();
        Setting { control: name(widget, control), parameter: VolumeSetting::PARAMETER, data }
    };
    each.map(setting).collect()
}

/// The gain of a volume control's value, Q1.31: decibels by the control's scale, through Linux' 16 fractional bits.
fn gain(control: &Control<'_>, value: u32) -> u32 {
    match control.db_scale() {
        Some(scale) => scale.millibels(value).map_or(0, |millibels| q31(millibels as f64 / 100.0)),
        // Without a scale values are as loud as they are high.
        None => {
            let max = control.mixer().map_or(1, |mixer| mixer.max.max(1)) as u64;
            (u64::from(VolumeSetting::UNITY) * u64::from(value).min(max) / max) as u32
        }
    }
}

fn q31(db: f64) -> u32 {
    // Above full scale it saturates, as in Linux.
    let linear = (10_f64.powf(db / 20.0) * 65_536.0).round().min(65_536.0) as u32;
    (linear << 15).min(VolumeSetting::UNITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_become_gains() {
        let cases =
            [(0.0, 0x7FFF_FFFF), (-6.0, 32_846 << 15), (-90.0, 2 << 15), (-200.0, 0), (6.0, 0x7FFF_FFFF)];
        for (db, gain) in cases {
            assert_eq!(q31(db), gain, "{db} dB");
        }
    }

    #[test]
    fn switches_and_enumerations_have_an_entry_per_channel() {
        let data = entries(3, &[1, 0]);
        assert_eq!(
            (data.len(), &data[..4], &data[20..]),
            (36, &[3, 0, 2, 0][..], &[0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0][..])
        );
    }
}
