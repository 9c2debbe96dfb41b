//! Both sides of a short conversation: a driver asks, a firmware that knows one pipeline answers: `cargo run --example conversation`.

use std::error::Error;

use headroom_ipc4::{
    CreatePipeline, DecodeError, HeapSize, MAILBOX_BYTES, MemRequest, Reply, Request, Status,
};

/// The firmware: which status a message gets.
fn status(message: &[u8], pipeline: &mut Option<u8>) -> Result<Status, DecodeError> {
    Ok(match Request::decode(message)? {
        Request::CreatePipeline(CreatePipeline { id, memory, .. }) => {
            println!("  firmware: pipeline {id}, memory {memory:?}");
            *pipeline = Some(id);
            Status::SUCCESS
        }
        Request::DeletePipeline { id } if *pipeline == Some(id) => {
            *pipeline = None;
            Status::SUCCESS
        }
        Request::Unsupported { kind, .. } => kind.refusal(),
        _ => Status::INVALID_RESOURCE_ID,
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let memory = MemRequest { domain: 0, stack_bytes: 4096, size: HeapSize::Single(20_480) };
    let create = CreatePipeline { memory: Ok(Some(memory)), ..CreatePipeline::new(3) };
    let requests = [
        Request::CreatePipeline(create),
        Request::DeletePipeline { id: 3 },
        Request::DeletePipeline { id: 3 },
    ];
    let (mut mailbox, mut pipeline) = ([0; MAILBOX_BYTES], None);
    for request in requests {
        let length = request.encode(&mut mailbox)?;
        println!("driver: {length} bytes, {request:?}");
        let status = status(&mailbox[..length], &mut pipeline)?;
        let mut answer = [0; 8];
        Reply::to(&mailbox[..length], status).encode(&mut answer)?;
        println!("  reply {answer:02x?}: {:?}", Reply::decode(&answer)?.status);
    }
    // Whatever comes in, the answer is a request or a reason.
    println!("{}", Request::decode(&[1, 2, 3]).err().ok_or("three bytes are no message")?);
    Ok(())
}
