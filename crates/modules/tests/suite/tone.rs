//! The tone generator against the sine of the standard library.

use headroom_module::schedule::Domain;
use headroom_module::{Format, ModuleError, SampleFormat};
use headroom_modules::ToneSetting;

use crate::support::{Fan, Recipe, arena, format, s32, to_unit};

fn tone(channel: Option<u32>, hz: f64, amplitude: f64) -> ToneSetting {
    let amplitude = (amplitude * 2f64.powi(31)).min(f64::from(i32::MAX)) as u32;
    ToneSetting { channel, frequency: (hz * 65536.0).round() as u32, amplitude }
}

fn payload(settings: &[ToneSetting]) -> Vec<u8> {
    settings.iter().flat_map(ToneSetting::encode).collect()
}

/// `ticks` ticks of what the settings sound like.
fn sound(format: Format, settings: &[ToneSetting], ticks: usize) -> Vec<u8> {
    let mut arena = arena();
    let pool = arena.pool();
    let recipe = Recipe::new("tone", format, payload(settings)).ll();
    let mut fan = Fan::new(&pool, &recipe, (&[], &[Some((format, 200))])).unwrap();
    fan.prepare().unwrap();
    (0..ticks)
        .flat_map(|_| {
            fan.process();
            fan.pull(0)
        })
        .collect()
}

#[test]
fn every_format_and_channel_is_the_sine_to_its_last_place() {
    for (samples, bits) in [
        (SampleFormat::S16, 15),
        (SampleFormat::S24In32, 22),
        (SampleFormat::S32, 22),
        (SampleFormat::F32, 22),
    ] {
        for channels in [1, 2, 8] {
            let stream = format(44100, channels, samples);
            let settings = [tone(None, 997.0, 0.5), tone(Some(0), 10_000.0, 1.0)];
            let sound = to_unit(&sound(stream, &settings, 1000), samples);
            assert_eq!(sound.len(), 44100 * usize::from(channels), "the frames of a second");
            for (frame, values) in sound.chunks_exact(channels.into()).enumerate() {
                for (channel, value) in values.iter().enumerate() {
                    let (hz, level) = if channel == 0 { (10_000.0, 1.0) } else { (997.0, 0.5) };
                    // The step from frame to frame is a whole number of 2^-32 turns.
                    let step = (hz * 2f64.powi(32) / 44100.0).round() / 2f64.powi(32);
                    let real = level * (step * frame as f64 * std::f64::consts::TAU).sin();
                    assert!(
                        (value - real).abs() < 1.01 / 2f64.powi(bits),
                        "{samples} {frame}: {value} {real}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_new_setting_changes_the_tone_without_a_jump_and_a_reset_begins_anew() {
    let mono = format(48000, 1, SampleFormat::S32);
    let mut arena = arena();
    let pool = arena.pool();
    let recipe = Recipe::new("tone", mono, payload(&[tone(None, 100.0, 0.9)])).ll();
    let mut fan = Fan::new(&pool, &recipe, (&[], &[Some((mono, 200))])).unwrap();
    fan.prepare().unwrap();
    let sealed = fan.statistics();
    let tick = |fan: &mut Fan<'_>| {
        fan.process();
        s32(&fan.pull(0))
    };
    let first = tick(&mut fan);
    fan.configure(0, &tone(Some(0), 200.0, 0.9).encode()).unwrap();
    assert_eq!(fan.configuration(0).unwrap(), tone(Some(0), 200.0, 0.9).encode());
    let second = tick(&mut fan);
    let steepest = 0.9 * 2f64.powi(31) * std::f64::consts::TAU * 200.0 / 48000.0 + 1000.0;
    assert!(f64::from(second[0] - first[47]) < steepest);
    assert_eq!(fan.statistics(), sealed);
    fan.module.reset();
    assert_eq!(tick(&mut fan)[0], 0);
}

#[test]
fn as_dp_it_gives_blocks_until_the_ring_is_full() {
    let mono = format(48000, 1, SampleFormat::S16);
    let mut arena = arena();
    let pool = arena.pool();
    let recipe = Recipe { domain: Domain::Dp, ..Recipe::new("tone", mono, payload(&[tone(None, 1.0, 1.0)])) };
    // The bench's blocks are one frame.
    let mut fan = Fan::new(&pool, &recipe, (&[], &[Some((mono, 3))])).unwrap();
    fan.prepare().unwrap();
    (0..5).for_each(|_| assert_eq!(fan.process(), 0));
    assert_eq!(fan.pull(0).len(), 6);
}

/// A topology's generator comes without a setting, and with an input in whose place it plays.
#[test]
fn without_a_setting_it_plays_997_hz_at_minus_20_db_and_does_not_hear_its_input() {
    let mono = format(48000, 1, SampleFormat::S32);
    let mut arena = arena();
    let pool = arena.pool();
    let recipe = Recipe::new("tone", mono, []).ll();
    let mut fan = Fan::new(&pool, &recipe, (&[Some((mono, 96))], &[Some((mono, 96))])).unwrap();
    fan.prepare().unwrap();
    fan.push(0, &[0x55; 4 * 48]);
    fan.process();
    let played = to_unit(&fan.pull(0), SampleFormat::S32);
    assert_eq!((played.len(), fan.waiting(0)), (48, 0));
    for (frame, value) in played.iter().enumerate() {
        let real = 0.1 * (997.0 / 48000.0 * frame as f64 * std::f64::consts::TAU).sin();
        assert!((value - real).abs() < 1e-6, "{frame}: {value} {real}");
    }
}

#[test]
fn wrong_settings_are_refused_by_name() {
    let mut arena = arena();
    let pool = arena.pool();
    let region = pool.region(1, 4096).unwrap();
    let mono = format(48000, 1, SampleFormat::S16);
    let made =
        |format, settings: &[ToneSetting]| Recipe::new("tone", format, payload(settings)).make(&region).err();
    let bad = |what, got, max| Some(ModuleError::BadValue { what, got, min: 0, max });
    assert_eq!(made(mono, &[tone(None, 24_000.0, 1.0)]), bad("tone frequency in Hz", 24_000, 23_999));
    assert_eq!(made(mono, &[tone(None, 23_999.9, 1.0)]), None);
    assert_eq!(made(mono, &[tone(Some(1), 1.0, 1.0)]), bad("tone channel", 1, 0));
    let loud = ToneSetting { amplitude: 1 << 31, ..tone(None, 1.0, 0.0) };
    assert_eq!(made(mono, &[loud]), bad("tone amplitude", 1 << 31, i32::MAX as u32));
    let rateless = ModuleError::BadValue { what: "stream rate", got: 0, min: 1, max: u32::MAX };
    assert_eq!(made(mono.with_rate(0), &[tone(None, 1.0, 1.0)]), Some(rateless));
    for length in 1..12 {
        let cut = Recipe::new("tone", mono, &payload(&[tone(None, 1.0, 1.0)])[..length]);
        let error = cut.make(&region).err().unwrap();
        assert!(matches!(error, ModuleError::ShortPayload { got, .. } if got == length), "{error}");
    }
}
