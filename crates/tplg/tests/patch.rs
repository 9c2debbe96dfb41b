//! Another value for one token: it is there, and no other byte is different.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod common;

use headroom_tplg::patch::{PatchError, set_text, set_uuid, set_word};
use headroom_tplg::tuples::{TupleType, Uuid};
use headroom_tplg::{Domain, Error, Reason, Token, TokenEra, Topology};

/// The bytes at which two files differ.
fn differences(a: &[u8], b: &[u8]) -> Vec<usize> {
    assert_eq!(a.len(), b.len());
    (0..a.len()).filter(|&at| a[at] != b[at]).collect()
}

#[test]
fn a_stack_is_patched_and_nothing_else() {
    let before = common::worked_example();
    let mut file = before.clone();
    let token = Token::COMP_STACK_BYTES_REQUIREMENT;
    assert_eq!(set_word(&mut file, "src.1.1", token, 0x0102_0304), Ok(2048));
    let topology = Topology::parse(&file).unwrap();
    let src = topology.widget("src.1.1").unwrap();
    assert_eq!(src.memory(TokenEra::Guess).stack, Some(0x0102_0304));
    let offset = src.tokens().find(|tuple| tuple.token == token).unwrap().offset;
    assert_eq!(differences(&before, &file), [offset, offset + 1, offset + 2, offset + 3]);
    // The same token of other widgets stays.
    assert_eq!(topology.widget("gain.1.1").unwrap().memory(TokenEra::Guess).stack, Some(8192));
    // And back.
    assert_eq!(set_word(&mut file, "src.1.1", token, 2048), Ok(0x0102_0304));
    assert!(file == before);
}

#[test]
fn a_domain_is_patched_whatever_length_it_has() {
    let before = common::worked_example();
    let mut file = before.clone();
    for (text, domain) in
        [("LL", Domain::LowLatency), ("default", Domain::Default), ("DP", Domain::DataProcessing)]
    {
        set_text(&mut file, "src.1.1", Token::COMP_SCHED_DOMAIN, text).unwrap();
        assert_eq!(Topology::parse(&file).unwrap().widget("src.1.1").unwrap().domain(), Some(domain));
        assert!(differences(&before, &file).len() <= text.len());
    }
    assert!(file == before, "no rest of a longer text stays");
}

#[test]
fn a_module_is_patched() {
    let mut file = common::worked_example();
    let lite = Uuid([7; 16]);
    assert_eq!(set_uuid(&mut file, "src.1.1", Token::COMP_UUID, lite), Ok(common::worked_example::SRC));
    assert_eq!(Topology::parse(&file).unwrap().widget("src.1.1").unwrap().uuid(), Some(lite));
}

#[test]
fn what_cannot_be_patched_is_left_alone() {
    let before = common::worked_example();
    let mut file = before.clone();
    let stack = Token::COMP_STACK_BYTES_REQUIREMENT;
    let missing = PatchError::NoSuchToken { token: Token::COMP_CORE_ID };
    assert_eq!(set_word(&mut file, "gain.1.1", Token::COMP_CORE_ID, 1), Err(missing));
    assert_eq!(set_word(&mut file, "gain.1.2", stack, 1), Err(PatchError::NoSuchWidget));
    let token = Token::COMP_SCHED_DOMAIN;
    let string = PatchError::Type { token, found: TupleType::String };
    assert_eq!(set_word(&mut file, "src.1.1", token, 1), Err(string));
    let word = PatchError::Type { token: stack, found: TupleType::Word };
    assert_eq!(set_text(&mut file, "src.1.1", stack, "2048"), Err(word));
    assert_eq!(set_text(&mut file, "src.1.1", token, &"x".repeat(44)), Err(PatchError::Text { len: 44 }));
    let token = Token::SCHED_DIRECTION_VALID;
    assert_eq!(set_word(&mut file, "pipeline.1", token, 2), Err(PatchError::Range { token, limit: 1 }));
    assert!(file == before);
    file.truncate(100);
    let error = Error {
        offset: 36,
        reason: Reason::Short { part: headroom_tplg::Part::Payload, needed: 118, got: 64 },
    };
    assert_eq!(set_word(&mut file, "src.1.1", stack, 1), Err(PatchError::File(error)));
    assert!(file == before[..100]);
}

#[test]
fn messages_say_what_to_do() {
    let token = Token::COMP_CORE_ID;
    assert_eq!(
        PatchError::NoSuchToken { token }.to_string(),
        "the widget has no token SOF_TKN_COMP_CORE_ID; give it one where the topology is made"
    );
    assert_eq!(
        PatchError::Type { token: Token(9999), found: TupleType::String }.to_string(),
        "the token 9999 is of type String; use a value of that type"
    );
}
