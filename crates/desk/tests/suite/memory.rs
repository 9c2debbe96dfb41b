//! What a topology declares is what modules get: split memory, defaults, and messages that lead to enough.

use headroom_desk::Error;
use headroom_runtime::{Owner, SizeFrom};
use headroom_testbench::{converter, folder, line};

use crate::support::{play, refusal};

const SINE: &str = "signal = \"sine\", rate = 44100, channels = 2, samples = \"S32\", seconds = 0.05";

fn with_memory(memory: &str) -> String {
    converter(SINE, "S32", 48_000).replace("heap_bytes = 262144", memory)
}

#[test]
fn split_memory_makes_one_region_of_both_parts() {
    let (_folder, path) = folder();
    let seen = play(&with_memory("lifetime_bytes = 16000, interim_bytes = 5000"), &path("out.wav")).unwrap();
    let src = seen.module("src");
    assert_eq!((src.declared_bytes, src.size_from), (21_000, SizeFrom::Message));
    assert_eq!(src.region.unwrap().requested, 21_000);
    assert!(seen.log.iter().any(|line| line == "region of 21000 B for `src`, as the message says"));
}

#[test]
fn without_a_declaration_the_platform_decides() {
    let (_folder, path) = folder();
    let seen = play(&with_memory("block_ms = 1"), &path("out.wav")).unwrap();
    let src = seen.module("src");
    assert_eq!((src.declared_bytes, src.size_from, src.stack_bytes), (20_480, SizeFrom::Platform, 8192));
    // The pipeline declares none either: its LL modules live in the common region.
    assert_eq!(seen.module("host").owner, Owner::Common);
    assert_eq!(seen.pipelines[0].region, None);
}

#[test]
fn small_stacks_are_raised_to_the_floor() {
    let (_folder, path) = folder();
    let seen = play(&with_memory("stack_bytes = 100"), &path("out.wav")).unwrap();
    assert_eq!(seen.module("src").stack_bytes, 2048);
    assert!(seen.log.iter().any(|line| line == "stack of 2048 B for `src`, which asked for 100 B"));
}

#[test]
fn what_a_converter_has_is_lifetime_memory_and_its_own_pipelines_widgets_share_theirs() {
    let (_folder, path) = folder();
    let text = with_memory("heap_bytes = 20480").replace("{ id = 1 }", "{ id = 1, heap_bytes = 8192 }");
    let seen = play(&text, &path("out.wav")).unwrap();
    let own = seen.module("src").region.unwrap();
    let shared = seen.pipelines[0].region.unwrap();
    for figures in [own, shared] {
        assert!(figures.sealed && figures.lifetime_bytes > 1000, "{figures:?}");
        assert_eq!((figures.interim_peak, figures.late_requests, figures.refused), (0, 0, 0));
        let parts = figures.lifetime_bytes + figures.lifetime_padding + figures.seal_padding + figures.spare;
        assert_eq!(parts, figures.capacity);
    }
    assert_eq!(seen.module("host").owner, Owner::Pipeline(1));
}

/// The bytes that a refusal says to declare at least.
fn least(error: &Error) -> u32 {
    let Error::Refused { help, .. } = error else { panic!("{error}") };
    let words = help.split_once("declare at least ").unwrap_or_else(|| panic!("{help}")).1;
    words.split(' ').next().unwrap().parse().unwrap()
}

/// Doing what the message says leads, in few steps, to a topology that runs: a step brings the next request that does not
/// fit, never the same one again.
#[test]
fn declaring_what_the_message_says_leads_to_enough() {
    let (_folder, path) = folder();
    let wide = |memory: &str| with_memory(memory).replace("channels = 2", "channels = 8");
    let dp = wide("heap_bytes = {}");
    let split = wide("lifetime_bytes = {}, interim_bytes = 0");
    let ll = wide("heap_bytes = 65536").replace("{ id = 1 }", "{ id = 1, heap_bytes = {} }");
    for (text, start, most) in [(dp, 4096, 65_536), (split, 340, 65_536), (ll, 100, 16_384)] {
        let mut bytes: u32 = start;
        let mut refusals = Vec::new();
        while let Err(error) = play(&text.replace("{}", &bytes.to_string()), &path("out.wav")) {
            assert!(least(&error) > bytes, "{error}");
            bytes = least(&error);
            assert!(bytes <= most && !refusals.contains(&error.to_string()), "{bytes} B: {error}");
            refusals.push(error.to_string());
        }
        println!("{start} -> {bytes} B in {} steps", refusals.len());
        assert!((1..=8).contains(&refusals.len()));
    }
}

/// The widget, its line and the bytes, of which only the one that must grow is a matter of this build's sizes.
#[test]
fn too_small_a_region_names_the_widget_its_line_and_the_bytes() {
    let error = refusal(&with_memory("heap_bytes = 4000"));
    let Error::Refused { refusal, place, help, .. } = &error else { panic!("{error}") };
    assert_eq!((&**place, &*refusal.message), ("test.toml:8", "init `src`"));
    assert!(help.starts_with("declare at least "), "{help}");
    assert!(help.contains("for `src`: a region of 4000 bytes holds 4096;"), "{help}");
    // Nothing declared: the platform's default is what has to grow.
    let error = refusal_of_default();
    assert!(error.contains("for `src`: a region of 20480 bytes holds 20480;"), "{error}");
}

/// What all of it needs is told at once (16): declaring that is enough, in one step.
#[test]
fn all_regions_that_are_too_small_are_told_at_once() {
    let (_folder, path) = folder();
    let text = with_memory("heap_bytes = 4096").replace("channels = 2", "channels = 8");
    let text = text.replace("{ id = 1 }", "{ id = 1, heap_bytes = 64 }");
    let error = play(&text, &path("out.wav")).err().unwrap();
    let Error::Refused { help, .. } = &error else { panic!("{error}") };
    let needs = help.split_once("the topology needs, in bytes: ").unwrap_or_else(|| panic!("{help}")).1;
    let figure = |whose: &str| {
        let rest = needs.split_once(whose).unwrap_or_else(|| panic!("{needs}")).1;
        rest.trim().split([',', ' ']).next().unwrap().to_owned()
    };
    let (src, pipeline) = (figure("`src`"), figure("pipeline 1"));
    let text = text.replace("heap_bytes = 4096", &format!("heap_bytes = {src}"));
    let text = text.replace("heap_bytes = 64", &format!("heap_bytes = {pipeline}"));
    play(&text, &path("out.wav")).unwrap_or_else(|error| panic!("{src}, {pipeline}: {error}"));
}

fn refusal_of_default() -> String {
    let text = with_memory("block_ms = 100").replace("channels = 2", "channels = 8");
    let Error::Refused { help, .. } = refusal(&text) else { panic!("another error") };
    help
}

/// A region that is too small for its LL widgets is the pipeline's, and the remedy says so.
#[test]
fn a_pipelines_region_is_raised_on_the_pipeline() {
    let ends = SINE.replace("channels = 2", "channels = 8");
    let widgets = [
        ("host", "kind = \"host-copier\", pipeline = 1"),
        ("volume", "kind = \"gain\", pipeline = 1"),
        ("speaker", "kind = \"dai-copier\", pipeline = 1"),
    ];
    let error = refusal(&line(&ends, &["id = 1, heap_bytes = 64"], &widgets));
    let Error::Refused { help, .. } = &error else { panic!("{error}") };
    assert!(help.contains("for pipeline 1: a region of 64 bytes holds 4096;"), "{help}");
}
