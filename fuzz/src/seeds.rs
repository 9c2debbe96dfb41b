//! The seeds of the corpora: small valid inputs that fuzzing starts from.

use headroom_host::topology::BUNDLED;
use headroom_ipc4::{Kind, Notification, Reply, Status};

use crate::session::messages;

/// One file of a corpus.
pub struct Seed {
    /// The target, and the folder.
    pub target: &'static str,
    /// The file.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// All seeds of all targets.
pub fn seeds() -> Vec<Seed> {
    ipc4().into_iter().chain(control()).chain(topologies()).collect()
}

fn seed(target: &'static str, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Seed {
    Seed { target, name: name.into(), bytes: bytes.into() }
}

/// Every message of the valid session, one reply and one notification.
fn ipc4() -> Vec<Seed> {
    const TARGET: &str = "ipc4_decode";
    let mut seeds: Vec<Seed> = messages()
        .into_iter()
        .enumerate()
        .map(|(n, message)| seed(TARGET, format!("message-{n:02}"), message))
        .collect();
    let mut reply = [0; 12];
    Reply {
        kind: Kind::LARGE_CONFIG_GET,
        status: Status::SUCCESS,
        extension: 0x3000_0004,
        payload: &[1, 2, 3, 4],
    }
    .encode(&mut reply)
    .expect("all numbers fit");
    let mut notification = [0; Notification::ENCODED_LEN];
    Notification::PipelineUnderrun { pipeline: 1 }.encode(&mut notification).expect("all numbers fit");
    seeds.extend([seed(TARGET, "reply", reply), seed(TARGET, "notification", notification)]);
    seeds
}

/// Sessions, as the target reads them.
fn control() -> Vec<Seed> {
    const TARGET: &str = "control_session";
    let count = messages().len() as u8;
    let whole = |ticks_after: u8| -> Vec<u8> {
        (0..count).flat_map(|n| if n == ticks_after { vec![0, n, 4, 15] } else { vec![0, n] }).collect()
    };
    let running = 20;
    let mut changed = whole(running);
    // A block size of one frame for the first converter, then a front of a message, then bytes.
    changed.splice(8..10, [1, 4, 1, 11, 8, 0, 0, 0]);
    changed.extend([2, 3, 17, 3, 8, 0, 0, 1, 0x12, 0, 0, 0, 0]);
    let repeated: Vec<u8> = [0, 1, 0, 2, 4, 3].iter().copied().cycle().take(60).collect();
    // From the start on a job is away, until the first reset is refused.
    let mut away = whole(running);
    away.splice(2 * usize::from(running) + 3..2 * usize::from(running) + 4, [1, 5, 5, 4, 5]);
    away.extend([6, 0, 22, 0, 23, 5, 6, 4, 1]);
    vec![
        seed(TARGET, "away", away),
        seed(TARGET, "whole", whole(running)),
        seed(TARGET, "changed", changed),
        seed(TARGET, "repeated", repeated),
        seed(TARGET, "left-running", whole(running)[..2 * usize::from(running) + 4].to_vec()),
    ]
}

fn topologies() -> Vec<Seed> {
    const TARGET: &str = "topology_toml";
    let tiny = "name = \"tiny\"\n\n[[pipeline]]\nid = 1\n\n\
        [[widget]]\nname = \"a\"\nkind = \"host-copier\"\npipeline = 1\n\n\
        [[widget]]\nname = \"b\"\nkind = \"dai-copier\"\npipeline = 1\n\n\
        [[route]]\nfrom = \"a\"\nto = \"b\"\n";
    let circle = format!("{tiny}\n[[route]]\nfrom = \"b\"\nto = \"a\"\n");
    let nowhere = format!("{tiny}\n[[route]]\nfrom = \"b\"\nto = \"ü\"\n");
    vec![
        seed(TARGET, "bundled", BUNDLED),
        seed(TARGET, "tiny", tiny),
        seed(TARGET, "circle", circle),
        seed(TARGET, "nowhere", nowhere),
    ]
}
