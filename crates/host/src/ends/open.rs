//! What the desk has behind gateways: one source and one sink.

use std::path::PathBuf;
use std::sync::Arc;

use headroom_module::{Endpoints, Gateway, GatewayDirection, InitContext, ModuleBox, ModuleError};

use super::progress::{Failure, StreamState};
use super::sink::SinkEnd;
use super::source::Source;
use super::wav_output::WavOutput;

/// The ends of the one stream that a session plays. Each can be opened once.
pub(crate) struct Ends {
    source: Option<Source>,
    output: Option<PathBuf>,
    state: Arc<StreamState>,
}

impl Ends {
    /// A stream from `source`, into `output` if there is one.
    pub(crate) fn new(source: Source, output: Option<PathBuf>, state: Arc<StreamState>) -> Self {
        Self { source: Some(source), output, state }
    }
}

impl Endpoints for Ends {
    fn open<'m>(
        &mut self,
        gateway: &Gateway,
        cx: &mut InitContext<'_, 'm>,
    ) -> Result<ModuleBox<'m>, ModuleError> {
        let state = Arc::clone(&self.state);
        match gateway.direction {
            GatewayDirection::In => {
                let source = self.source.take().ok_or(ModuleError::NoGateway { node: gateway.node })?;
                cx.place(source.into_module(gateway.format, state))
            }
            GatewayDirection::Out => {
                let create = |path: PathBuf| WavOutput::create(&path, gateway.format);
                let output = self.output.take().map(create).transpose().map_err(|error| {
                    self.state.fail(Failure::Sink(error.to_string()));
                    ModuleError::Endpoint
                })?;
                cx.place(SinkEnd::new(output, gateway.format, state))
            }
        }
    }
}
