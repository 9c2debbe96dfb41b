//! Files to test with.

pub(crate) mod worked_example;

/// The worked example, as bytes.
pub(crate) fn worked_example() -> Vec<u8> {
    let mut file = vec![0; worked_example::LEN];
    assert_eq!(worked_example::write(&mut file), Ok(worked_example::LEN));
    file
}
