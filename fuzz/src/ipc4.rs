//! Bytes as requests, replies and notifications: what decodes is encoded and decoded again, to the same.

use headroom_ipc4::{Ignored, LargeConfig, Notification, Reply, Request};

/// Takes `bytes` for a message of each kind that the wire carries.
///
/// Held is the rule of the crate: `decode(encode(x)) == x` for every `x` that encodes and notes nothing as ignored, and
/// one spelling per meaning. Everything that decodes also encodes, but for a create message with a faulty payload.
pub fn ipc4_decode(bytes: &[u8]) {
    vendor(bytes);
    if let Ok(request) = Request::decode(bytes) {
        assert!(!request.to_string().is_empty());
        if let Request::LargeConfigGet(config) | Request::LargeConfigSet(config) = request {
            vendor(config.data);
        }
        again(without_notes(request));
    }
    if let Ok(reply) = Reply::decode(bytes) {
        let mut out = vec![0; reply.encoded_len()];
        assert_eq!(reply.encode(&mut out), Ok(out.len()));
        assert_eq!(Reply::decode(&out), Ok(reply));
    }
    if let Ok(notification) = Notification::decode(bytes) {
        let mut out = [0; Notification::ENCODED_LEN];
        assert_eq!(notification.encode(&mut out), Ok(out.len()));
        // The words that an event does not use are not kept.
        assert_eq!(Notification::decode(&out), Ok(notification));
    }
}

/// Takes `list` for one of vendor parameters: what is whole is written again to the same bytes.
fn vendor(list: &[u8]) {
    let mut written = Vec::new();
    let mut whole = true;
    for value in LargeConfig::vendor_values(list) {
        assert!(whole, "an error ends the list");
        let Ok((kind, value)) = value else {
            whole = false;
            continue;
        };
        let mut header = [0; 8];
        assert_eq!(LargeConfig::write_vendor_header(&mut header, kind, value.len() as u32), Ok(8));
        written.extend(header);
        written.extend(value);
    }
    assert_eq!(written, list[..written.len()]);
    assert_eq!(written.len() == list.len(), whole);
    assert_eq!(LargeConfig::vendor_queries(list).count(), list.len().div_ceil(8));
}

fn without_notes(request: Request<'_>) -> Request<'_> {
    match request {
        Request::CreatePipeline(mut create) => {
            create.ignored = Ignored::NOTHING;
            Request::CreatePipeline(create)
        }
        Request::InitInstance(mut init) => {
            init.ignored = Ignored::NOTHING;
            Request::InitInstance(init)
        }
        other => other,
    }
}

fn again(request: Request<'_>) {
    let mut out = vec![0; request.encoded_len()];
    let written = request.encode(&mut out);
    if let Request::CreatePipeline(create) = request
        && create.memory.is_err()
    {
        assert!(written.is_err(), "a fault can't be encoded");
        return;
    }
    assert_eq!(written, Ok(out.len()), "{request:?}");
    let read = Request::decode(&out).expect("what was encoded decodes");
    assert_eq!(read, request);
    let mut canonical = vec![0; out.len()];
    assert_eq!(read.encode(&mut canonical), Ok(out.len()));
    assert_eq!(canonical, out, "one spelling per meaning");
    if let Some(short) = out.len().checked_sub(1) {
        assert!(request.encode(&mut canonical[..short]).is_err(), "no room for the last byte");
    }
}
