//! What the desk has behind gateways: a source or a sink for each copier that has one.

use std::path::PathBuf;
use std::sync::Arc;

use headroom_audio::WavOutput;
use headroom_module::{
    ComponentId, Endpoints, Gateway, GatewayDirection, InitContext, ModuleBox, ModuleError,
};

use super::progress::{Line, StreamState};
use super::sink::SinkEnd;
use super::source::Source;

/// What lies behind one gateway.
pub(crate) enum Medium {
    Source(Source),
    /// Into a file, or measured and dropped.
    Sink(Option<PathBuf>),
}

/// The ends of a session, by copier. Each can be opened once.
pub(crate) struct Ends {
    media: Vec<(ComponentId, Option<Medium>)>,
    state: Arc<StreamState>,
    /// Whether any copier that audio leaves at has a sink.
    sinks_anywhere: bool,
}

impl Ends {
    /// An end for each copier, which has the place in `state` that it has in `media`.
    pub(crate) fn new(media: Vec<(ComponentId, Medium)>, state: &Arc<StreamState>) -> Self {
        let media = media.into_iter().map(|(copier, medium)| (copier, Some(medium))).collect();
        Self { media, state: Arc::clone(state), sinks_anywhere: false }
    }

    /// As [`new`](Self::new), with a sink wherever audio leaves, which drops it. `state` has one place more, for all of them.
    pub(crate) fn replayed(media: Vec<(ComponentId, Medium)>, state: &Arc<StreamState>) -> Self {
        Self { sinks_anywhere: true, ..Self::new(media, state) }
    }
}

impl Endpoints for Ends {
    fn open<'m>(
        &mut self,
        gateway: &Gateway,
        cx: &mut InitContext<'_, 'm>,
    ) -> Result<ModuleBox<'m>, ModuleError> {
        let no_gateway = ModuleError::NoGateway { node: gateway.node };
        let known = self.media.iter().position(|(copier, _)| *copier == gateway.component);
        if known.is_none() && self.sinks_anywhere && gateway.direction == GatewayDirection::Out {
            let line = Line::new(&self.state, self.media.len());
            return cx.place(SinkEnd::new(None, gateway.format, line));
        }
        let place = known.ok_or(no_gateway)?;
        let line = Line::new(&self.state, place);
        match (self.media[place].1.take(), gateway.direction) {
            (Some(Medium::Source(source)), GatewayDirection::In) => {
                cx.place(source.into_module(gateway.format, line))
            }
            (Some(Medium::Sink(output)), GatewayDirection::Out) => {
                let create = |path: PathBuf| WavOutput::create(&path, gateway.format);
                let output = output.map(create).transpose().map_err(|error| {
                    line.fail(error.to_string());
                    ModuleError::Endpoint
                })?;
                cx.place(SinkEnd::new(output, gateway.format, line))
            }
            _ => Err(no_gateway),
        }
    }
}
