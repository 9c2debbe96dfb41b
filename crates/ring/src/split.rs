//! The one way to get the two ends of a ring.

use stable_deref_trait::CloneStableDeref;

use crate::{Reader, Ring, SplitError, Writer};

/// Hands out the two ends of a ring, once in its life.
///
/// `H` is how the ends hold the ring: `&Ring<S>`, `Arc<Ring<S>>`, a counted handle into a region. Each end keeps one,
/// so the ring lives as long as either; when one is gone the other goes on working.
///
/// # Errors
/// The ring has been split before, even if those ends are gone.
pub fn split<S, H>(ring: H) -> Result<(Writer<H>, Reader<H>), SplitError>
where
    H: CloneStableDeref<Target = Ring<S>>,
{
    if !ring.shared.claim_split() {
        return Err(SplitError);
    }
    Ok((Writer::new(ring.clone()), Reader::new(ring)))
}
