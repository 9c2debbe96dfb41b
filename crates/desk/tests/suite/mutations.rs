//! Topologies nobody would think of: right ones play, the same on threads, and wrong ones are refused with a reason.

use headroom_desk::Error;
use headroom_desk::Execution::{Threads, VirtualTime};
use headroom_testbench::audio::Audio;
use headroom_testbench::folder;
use headroom_testbench::mutation::{mutated, topology, widgets};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::support::play_with;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_values_play_or_are_refused_with_a_reason(
        exchanges in prop::collection::vec((any::<Index>(), any::<Index>()), 1..4),
        threads: bool,
    ) {
        let text = mutated(&exchanges);
        let (_folder, path) = folder();
        let execution = if threads { Threads } else { VirtualTime };
        match play_with(&text, None, &path("out.wav"), execution) {
            Ok(seen) => prop_assert_eq!(seen.figures.frames_in, seen.figures.input.rate() as u64 / 10),
            Err(error) => {
                let known = matches!(error, Error::Topology(_) | Error::Driver(_) | Error::Refused { .. });
                prop_assert!(known, "{}\n{}", error, text);
                if let Error::Refused { help, .. } = &error {
                    prop_assert!(!help.contains("fault of Headroom"), "{}\n{}", error, text);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_line_of_widgets_plays_all_frames_the_same_everywhere(
        (rate, (middle, end)) in select(&[8000u32, 16_000, 44_100, 48_000, 96_000][..])
            .prop_flat_map(|rate| (Just(rate), widgets(rate))),
        first: Index,
        channels in 1u8..=8,
    ) {
        let input = format!(
            "signal = \"chirp\", rate = {rate}, channels = {channels}, samples = \"S24_4\", seconds = 0.05"
        );
        let text = topology(&input, &middle, 1 + first.index(middle.len() + 1));
        let (_folder, path) = folder();
        let out = path("out.wav");
        let play = |execution| {
            let seen = play_with(&text, None, &out, execution);
            let seen = seen.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
            Ok::<_, TestCaseError>((seen, std::fs::read(&out)?))
        };
        let (seen, bytes) = play(VirtualTime)?;
        prop_assert_eq!(seen.underruns(), 0, "{}", text);
        prop_assert_eq!(Audio::read(&out).frames() as u32, end / 20, "{}", text);
        prop_assert!(bytes == play(Threads)?.1, "threads differ: {}", text);
    }
}
