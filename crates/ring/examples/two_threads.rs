//! A tone from one thread to another, ten milliseconds at a time: `cargo run --example two_threads`.

use std::error::Error;
use std::sync::Arc;
use std::thread;

use headroom_ring::{CommitError, ReleaseError, Ring, split};

/// Bytes of a frame: two channels of 16 bits.
const FRAME: usize = 4;
/// Frames that go over in all: a second.
const FRAMES: usize = 48_000;

fn main() -> Result<(), Box<dyn Error>> {
    // Whoever holds an end holds the ring.
    let ring = Arc::new(Ring::new(vec![0; 480 * FRAME], FRAME)?);
    let (mut writer, mut reader) = split(Arc::clone(&ring))?;

    let producer = thread::spawn(move || -> Result<(), CommitError> {
        let mut sent = 0;
        while sent < FRAMES {
            // Two slices, as free frames may lie on both sides of the wrap.
            let (first, second) = writer.grant(FRAMES - sent);
            let frames = (first.len() + second.len()) / FRAME;
            for (frame, n) in first.chunks_mut(FRAME).chain(second.chunks_mut(FRAME)).zip(sent..) {
                let sample = (n % 100) as i16 * 100;
                frame.copy_from_slice(&[sample.to_le_bytes(), sample.to_le_bytes()].concat());
            }
            writer.commit(frames)?;
            sent += frames;
            thread::yield_now();
        }
        Ok(())
    });
    let consumer = thread::spawn(move || -> Result<u64, ReleaseError> {
        let (mut got, mut sum) = (0, 0);
        while got < FRAMES {
            let (first, second) = reader.grant(FRAMES - got);
            let frames = (first.len() + second.len()) / FRAME;
            let left = first.chunks(FRAME).chain(second.chunks(FRAME));
            sum += left.map(|frame| u64::from(u16::from_le_bytes([frame[0], frame[1]]))).sum::<u64>();
            reader.release(frames)?;
            got += frames;
            thread::yield_now();
        }
        Ok(sum)
    });

    producer.join().map_err(|_| "the producer panicked")??;
    let sum = consumer.join().map_err(|_| "the consumer panicked")??;
    println!(
        "{FRAMES} frames, mean {}, at most {} of {} at once",
        sum / FRAMES as u64,
        ring.peak_fill(),
        ring.capacity()
    );
    Ok(())
}
