//! What the desk has behind gateways: a source or a sink for each copier that has one.
//!
//! ```text
//!   source ─fill──► gateway ─► copier …      before each tick
//!   … copier ─► gateway ─drain──► sink       after its LL passes
//! ```

use std::path::PathBuf;

use headroom_audio::WavOutput;
use headroom_module::gateway::{Gateway, GatewayDirection};
use headroom_module::instance::ComponentId;

use crate::target::Target;

use super::progress::{EndState, Failure};
use super::sink::SinkEnd;
use super::source::{Source, SourceEnd};

/// What lies behind one gateway.
pub(crate) enum Medium {
    Source(Source),
    /// Into a file, or measured and dropped.
    Sink(Option<PathBuf>),
}

/// The ends of a session, by copier. Each is opened when its copier is made, once, and closed when that goes.
pub(crate) struct Ends {
    ends: Vec<End>,
    /// Gateways with the ends behind them, in the order in which they are served.
    served: Vec<(u32, usize)>,
    /// Whether any copier that audio leaves at has a sink.
    sinks_anywhere: bool,
    /// Whether all audio is out.
    complete: bool,
    /// The first failure of a file.
    failure: Option<Failure>,
}

struct End {
    copier: ComponentId,
    what: What,
    state: EndState,
}

enum What {
    /// Not opened yet.
    Waits(Medium),
    Plays(SourceEnd),
    Hears(SinkEnd),
    Closed,
}

impl Ends {
    /// An end for each copier, which has the number that it has in `media`.
    pub(crate) fn new(media: Vec<(ComponentId, Medium)>) -> Self {
        let end = |(copier, medium)| End { copier, what: What::Waits(medium), state: EndState::default() };
        let ends = media.into_iter().map(end).collect();
        Self { ends, served: Vec::new(), sinks_anywhere: false, complete: false, failure: None }
    }

    /// As [`new`](Self::new), with a sink wherever audio leaves, which drops it.
    pub(crate) fn replayed(media: Vec<(ComponentId, Medium)>) -> Self {
        Self { sinks_anywhere: true, ..Self::new(media) }
    }

    pub(crate) fn state(&self, end: usize) -> &EndState {
        &self.ends[end].state
    }

    /// What a sink shall leave out and keep; set before the stream starts.
    pub(crate) fn set_window(&mut self, end: usize, skip: u64, wanted: u64) {
        let state = &mut self.ends[end].state;
        (state.skip, state.wanted) = (skip, wanted);
    }

    /// All audio is out: the files of sinks can be finished.
    pub(crate) fn note_complete(&mut self) {
        self.complete = true;
    }

    pub(crate) fn are_closed(&self) -> bool {
        self.ends.iter().all(|end| matches!(end.what, What::Closed))
    }

    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// Opens what lies behind new gateways, and closes what lay behind those that are gone; after each message.
    pub(crate) fn follow(&mut self, target: &Target<'_, '_, '_>) {
        let before = std::mem::take(&mut self.served);
        for gateway in target.gateways() {
            let known = before.iter().find(|(node, _)| *node == gateway.node).map(|(_, end)| *end);
            let end = known.filter(|end| self.ends[*end].copier == gateway.component);
            if let Some(end) = end.or_else(|| self.open(&gateway)) {
                self.served.push((gateway.node, end));
            }
        }
        for (_, end) in before {
            if self.served.iter().all(|(_, served)| *served != end) {
                self.close(end);
            }
        }
    }

    fn open(&mut self, gateway: &Gateway) -> Option<usize> {
        let waits = |end: &End| end.copier == gateway.component && matches!(end.what, What::Waits(_));
        let end = match self.ends.iter().position(waits) {
            Some(end) => end,
            None if self.sinks_anywhere && gateway.direction == GatewayDirection::Out => {
                let (copier, what) = (gateway.component, What::Waits(Medium::Sink(None)));
                self.ends.push(End { copier, what, state: EndState::default() });
                self.ends.len() - 1
            }
            None => return None,
        };
        let opened = match std::mem::replace(&mut self.ends[end].what, What::Closed) {
            What::Waits(Medium::Source(source)) => What::Plays(source.begin(gateway.format)),
            What::Waits(Medium::Sink(path)) => {
                let created = path.map(|path| WavOutput::create(&path, gateway.format)).transpose();
                match created {
                    Ok(output) => What::Hears(SinkEnd::new(output, gateway.format)),
                    Err(error) => {
                        self.fail(end, error.to_string());
                        return None;
                    }
                }
            }
            other => other,
        };
        self.ends[end].what = opened;
        Some(end)
    }

    fn close(&mut self, end: usize) {
        if let What::Hears(sink) = std::mem::replace(&mut self.ends[end].what, What::Closed)
            && let Err(error) = sink.close(self.complete)
        {
            self.fail(end, error.to_string());
        }
    }

    /// Closes whatever is still open.
    pub(crate) fn close_all(&mut self) {
        (0..self.ends.len()).for_each(|end| self.close(end));
    }

    /// Keeps the first failure; those after it follow from it.
    fn fail(&mut self, end: usize, why: String) {
        self.failure.get_or_insert(Failure { end, why });
    }

    /// Plays what falls due in tick `tick`, before it.
    pub(crate) fn fill(&mut self, target: &mut Target<'_, '_, '_>, tick: u64) {
        for n in 0..self.served.len() {
            let (node, end) = self.served[n];
            let End { what: What::Plays(source), state, .. } = &mut self.ends[end] else { continue };
            // A gateway that was listed is there, until another message.
            let Ok(fill) = target.fill(node, tick) else { continue };
            if let Err(why) = source.play(fill, state) {
                self.fail(end, why);
            }
        }
    }

    /// Hears what falls due in tick `tick`, after its LL passes.
    pub(crate) fn drain(&mut self, target: &mut Target<'_, '_, '_>, tick: u64) {
        for n in 0..self.served.len() {
            let (node, end) = self.served[n];
            let End { what: What::Hears(sink), state, .. } = &mut self.ends[end] else { continue };
            let Ok(drain) = target.drain(node, tick) else { continue };
            if let Err(error) = sink.hear(drain, state) {
                self.fail(end, error.to_string());
            }
        }
    }
}
