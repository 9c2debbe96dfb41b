//! Reasons as words: what is wrong, with the numbers, and what to do.

use headroom_control::Reason;
use headroom_ipc4::{DecodeError, Fragment, Kind, PipelineState};
use headroom_runtime::Error;

#[test]
fn every_reason_says_what_and_what_to_do() {
    let header = DecodeError::VendorHeader { offset: 8, needed: 8, got: 4 };
    let table = [
        (
            Reason::Malformed(DecodeError::Header { offset: 0, needed: 8, got: 3 }),
            "the message does not decode: message header at byte 0 needs 8 bytes, got 3: send both header words",
        ),
        (Reason::NotServed(Kind::Global(22)), "messages of type SAVE_PIPELINE are not served"),
        (
            Reason::NoSuchState(PipelineState::Saved),
            "pipelines can be asked for Reset, Paused, Running and EndOfStream, not for Saved",
        ),
        (
            Reason::TooLong { bytes: 5000, limit: 4104 },
            "the message has 5000 bytes, at most 4104 fit the mailbox; send several messages",
        ),
        (Reason::NoSuchPipeline(256), "pipeline ids end at 255, the message names 256"),
        (
            Reason::InParts(Fragment::First { total: 30 }),
            "vendor parameters are read in one part, not as first of 30 B; ask for fewer at once",
        ),
        (
            Reason::NotShort { parameter: 3, value: 0x1_0000 },
            "parameter 3 is 0x10000 and more; read it as a large configuration",
        ),
        (
            Reason::VendorList(header),
            "the list of vendor parameters is not whole: vendor parameter at byte 8 needs 8 bytes, got 4: send type and \
             length of each",
        ),
        (Reason::VendorShort { total: 9 }, "the list of vendor parameters has not the 9 bytes that it says"),
        (Reason::VendorEmpty(7), "vendor parameter 0x7 has no value; leave it out"),
        (Reason::VendorFull(7), "the mailbox has no room for vendor parameter 0x7; ask for fewer at once"),
        (
            Reason::Vendor { kind: 7, error: Error::NoPipeline(1) },
            "vendor parameter 0x7: there is no pipeline 1; create it first",
        ),
        (Reason::Refused(Error::NoPipeline(1)), "there is no pipeline 1; create it first"),
    ];
    for (reason, text) in table {
        assert_eq!(reason.to_string(), text);
    }
}
