//! Lists of vendor parameters, by hand.

mod common;

use common::bytes;
use headroom_ipc4::{DecodeError, EncodeError, LargeConfig};

fn values(list: &[u8]) -> Vec<Result<(u32, &[u8]), DecodeError>> {
    LargeConfig::vendor_values(list).collect()
}

#[test]
fn values_follow_their_type_and_length() {
    let list = [&bytes(&[7, 3])[..], &[1, 2, 3], &bytes(&[8, 0])].concat();
    assert_eq!(values(&list), [Ok((7, &[1, 2, 3][..])), Ok((8, &[][..]))]);
    assert_eq!(values(&[]), []);
}

#[test]
fn a_value_longer_than_its_list_is_an_error_at_its_place() {
    for length in [5, u32::MAX] {
        let list = bytes(&[1, 4, 9, 2, length, 0]);
        let error = DecodeError::VendorValue { offset: 20, needed: length as usize, got: 4 };
        assert_eq!(values(&list), [Ok((1, &[9, 0, 0, 0][..])), Err(error)]);
        assert!(error.to_string().starts_with("vendor value at byte 20 needs "));
    }
}

#[test]
fn a_header_that_is_cut_off_is_an_error() {
    let error = DecodeError::VendorHeader { offset: 8, needed: 8, got: 7 };
    let list = bytes(&[1, 0, 2, 0]);
    assert_eq!(values(&list[..15]), [Ok((1, &[][..])), Err(error)]);
    let queries: Vec<_> = LargeConfig::vendor_queries(&list[..15]).collect();
    assert_eq!(queries, [Ok((1, 0)), Err(error)]);
    assert!(error.to_string().starts_with("vendor parameter at byte 8 needs 8 bytes, got 7"));
}

#[test]
fn queries_name_a_type_and_the_most_bytes_wanted() {
    let list = bytes(&[1, 100, 2, u32::MAX]);
    let queries: Vec<_> = LargeConfig::vendor_queries(&list).collect();
    assert_eq!(queries, [Ok((1, 100)), Ok((2, u32::MAX))]);
}

#[test]
fn a_header_needs_eight_bytes() {
    let mut out = [0; 8];
    assert_eq!(LargeConfig::write_vendor_header(&mut out, 7, 3), Ok(8));
    assert_eq!(out[..], bytes(&[7, 3]));
    let short = LargeConfig::write_vendor_header(&mut out[..7], 7, 3);
    assert_eq!(short, Err(EncodeError::Space { needed: 8, got: 7 }));
}
