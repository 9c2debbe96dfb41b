//! Blobs of the kit, in real region memory: when one counts, when another is refused, and what they take.

use headroom_module::{ModuleError, wiring};
use headroom_modules::kit::blob::Blob;
use proptest::prelude::*;
use vregion::{Region, Statistics};

use crate::support::arena;

/// A blob in a region of its own.
struct Held<'m> {
    region: Region<'m>,
    blob: Blob<'m>,
}

impl<'m> Held<'m> {
    fn set(&mut self, data: &[u8]) -> Result<(), ModuleError> {
        self.set_checked(data, |_| Ok(()))
    }

    fn set_checked(
        &mut self,
        data: &[u8],
        check: impl FnOnce(&[u8]) -> Result<(), ModuleError>,
    ) -> Result<(), ModuleError> {
        let memory = wiring::indifferent(self.region.clone());
        self.blob.set(&wiring::configure(&memory), data, check)
    }

    fn told(&self) -> Vec<u8> {
        let mut reply = [0xEE; 256];
        let bytes = self.blob.reply(&mut reply).unwrap();
        reply[..bytes].to_vec()
    }

    fn statistics(&self) -> Statistics {
        self.region.statistics()
    }
}

fn with_blob(during: impl FnOnce(Held<'_>)) {
    let mut arena = arena();
    let pool = arena.pool();
    let region = pool.region(1, 16 * 1024).unwrap();
    during(Held { region, blob: Blob::new("blob") });
}

const WAITING: Result<(), ModuleError> = Err(ModuleError::Waiting { what: "blob" });

#[test]
fn at_rest_a_blob_is_replaced_at_once_and_counts_from_the_next_prepare_on() {
    with_blob(|mut held| {
        assert_eq!(held.blob.prepare(), None);
        assert_eq!((held.blob.size(), held.blob.crc()), (0, 0));
        held.blob.reset();
        for data in [&b"first"[..], b"second one"] {
            held.set(data).unwrap();
            assert_eq!(held.blob.current(), Some(data));
            assert_eq!(held.blob.take_new(), None);
            assert_eq!(held.told(), data);
        }
        assert_eq!(held.blob.prepare(), Some(&b"second one"[..]));
        held.blob.reset();
        assert_eq!(held.blob.prepare(), Some(&b"second one"[..]), "blobs survive a reset");
    });
}

#[test]
fn in_a_stream_the_next_blob_waits_for_a_run_and_another_one_is_refused() {
    with_blob(|mut held| {
        held.set(b"123456789").unwrap();
        held.blob.prepare();
        held.set(b"next").unwrap();
        assert_eq!(held.blob.current(), Some(&b"123456789"[..]));
        assert_eq!((held.blob.size(), held.blob.crc()), (9, 0xCBF4_3926));
        assert_eq!(held.told(), b"next", "what was set last is told");
        assert_eq!(held.set(b"another"), WAITING);
        assert_eq!(held.set(b""), Ok(()), "nothing changes nothing");
        assert_eq!(held.blob.take_new(), Some(&b"next"[..]));
        assert_eq!(held.blob.take_new(), None);
        assert_eq!(held.blob.size(), 4);
        held.set(b"another").unwrap();
        // Paused, reset and started anew: the prepare takes what no run took.
        held.blob.reset();
        assert_eq!(held.set(b"one more"), WAITING);
        assert_eq!(held.blob.prepare(), Some(&b"another"[..]));
    });
}

#[test]
fn a_first_blob_that_comes_in_a_stream_counts_from_the_next_prepare_on() {
    with_blob(|mut held| {
        assert_eq!(held.blob.prepare(), None);
        held.set(b"late").unwrap();
        assert_eq!(held.blob.take_new(), None);
        assert_eq!(held.told(), b"late");
        held.blob.reset();
        assert_eq!(held.blob.prepare(), Some(&b"late"[..]));
    });
}

#[test]
fn what_the_check_refuses_and_what_does_not_fit_changes_nothing() {
    with_blob(|mut held| {
        held.set(b"good").unwrap();
        held.blob.prepare();
        let refused = ModuleError::UnknownParameter { parameter: 1 };
        assert_eq!(held.set_checked(b"bad", |_| Err(refused)), Err(refused));
        assert!(matches!(held.set(&[0; 20_000]), Err(ModuleError::Memory(_))));
        assert_eq!(held.blob.take_new(), None);
        assert_eq!(held.told(), b"good");
        let mut short = [0xEE; 3];
        assert_eq!(held.blob.reply(&mut short), Err(ModuleError::ShortReply { needed: 4, got: 3 }));
        assert_eq!(short, [0xEE; 3]);
    });
}

#[test]
fn blobs_before_the_seal_are_lifetime_memory_and_end_no_phase() {
    with_blob(|mut held| {
        held.set(&[1; 88]).unwrap();
        let seen = held.statistics();
        assert_eq!((seen.sealed, seen.lifetime_bytes), (false, 88));
        held.set(&[2; 88]).unwrap();
        assert_eq!(held.statistics().lifetime_bytes, 88, "one of the same size takes no more");
        held.region.seal();
        held.blob.prepare();
        held.set(&[3; 88]).unwrap();
        let seen = held.statistics();
        assert_eq!((seen.lifetime_bytes, seen.late_requests), (88, 0));
        assert!(seen.interim_used >= 88);
    });
}

#[test]
fn a_run_frees_nothing_and_two_blobs_are_the_most_that_there_are() {
    with_blob(|mut held| {
        held.region.seal();
        held.set(&[1; 4096]).unwrap();
        held.blob.prepare();
        for round in 0..5 {
            held.set(&[round; 4096]).unwrap();
            let before = held.statistics().interim_used;
            assert_eq!(held.blob.take_new(), Some(&[round; 4096][..]));
            assert_eq!(held.statistics().interim_used, before);
        }
        assert_eq!(held.statistics().interim_peak, 2 * 4096);
        held.blob.prepare();
        assert_eq!(held.statistics().interim_used, 4096, "a prepare gives back what runs replaced");
    });
}

/// What the rules of SOF's blob handler say, in their own words.
#[derive(Default)]
struct Model {
    data: Option<Vec<u8>>,
    new: Option<Vec<u8>>,
    prepared: bool,
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blobs_do_what_the_handler_of_sof_does(steps in prop::collection::vec((0..4u8, 1..40usize, any::<u8>()), 0..60)) {
        with_blob(|mut held| {
            let mut model = Model::default();
            for (step, bytes, fill) in steps {
                match step {
                    0 => {
                        let data = vec![fill; bytes];
                        let expected = if model.new.is_some() { WAITING } else { Ok(()) };
                        assert_eq!(held.set(&data), expected);
                        match (expected.is_ok(), model.prepared && model.data.is_some()) {
                            (true, true) => model.new = Some(data),
                            (true, false) => model.data = Some(data),
                            (false, _) => {}
                        }
                    }
                    1 => {
                        model.data = model.new.take().or(model.data);
                        model.prepared = true;
                        assert_eq!(held.blob.prepare(), model.data.as_deref());
                    }
                    2 => {
                        let new = model.new.take();
                        assert_eq!(held.blob.take_new(), new.as_deref());
                        model.data = new.or(model.data);
                    }
                    _ => {
                        held.blob.reset();
                        model.prepared = false;
                    }
                }
                assert_eq!(held.blob.current(), model.data.as_deref());
                assert_eq!(held.told(), model.new.as_ref().or(model.data.as_ref()).cloned().unwrap_or_default());
            }
        });
    }
}
