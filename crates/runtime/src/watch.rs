//! When a host is told that a device found too few frames, or too little room, in time.
//!
//! ```text
//!   frames missing in a run   0   0   9   48  48  0   7   0
//!   told                              x               x        once, until a run misses nothing
//! ```
//!
//! Source: SOF's `src/audio/copier` and `src/ipc/ipc4/notification.c`, commit 12dd726529: once for each time that the DMA
//! of a copier's gateway loses step.

/// Watches over the device behind a gateway.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Watch {
    service: Service,
}

/// Whether the last run of a device found all that was due.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum Service {
    #[default]
    Good,
    Missed,
}

/// Whether a run is worth a word to the host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// The device lost step in this run.
    Tell,
    /// It is in step, or out of it and told already.
    Silent,
}

impl Watch {
    /// After a run in which `missing` frames were missing.
    pub(crate) fn after_run(&mut self, missing: usize) -> Verdict {
        let service = if missing == 0 { Service::Good } else { Service::Missed };
        match (core::mem::replace(&mut self.service, service), service) {
            (Service::Good, Service::Missed) => Verdict::Tell,
            _ => Verdict::Silent,
        }
    }

    /// Whether a run in which nothing was missing would change nothing.
    pub(crate) fn is_in_step(&self) -> bool {
        self.service == Service::Good
    }

    /// A stream begins anew.
    pub(crate) fn restart(&mut self) {
        self.service = Service::Good;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdict_table() {
        let cases: [(&[usize], &[usize]); 6] = [
            (&[0, 0, 0], &[]),
            (&[1], &[0]),
            (&[0, 0, 9, 48, 48, 0, 7, 0], &[2, 6]),
            (&[48, 48, 48, 48], &[0]),
            (&[1, 0, 1, 0, 1], &[0, 2, 4]),
            (&[usize::MAX, 1], &[0]),
        ];
        for (missing, told) in cases {
            let mut watch = Watch::default();
            let tells = |run: &usize| watch.after_run(missing[*run]) == Verdict::Tell;
            assert!((0..missing.len()).filter(tells).eq(told.iter().copied()), "{missing:?}");
        }
    }

    #[test]
    fn a_new_stream_is_told_of_anew() {
        let mut watch = Watch::default();
        assert_eq!([watch.after_run(1), watch.after_run(1)], [Verdict::Tell, Verdict::Silent]);
        watch.restart();
        assert_eq!(watch.after_run(1), Verdict::Tell);
    }
}
