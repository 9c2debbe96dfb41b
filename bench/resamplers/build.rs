//! Looks for the peers in C and C++: those that aren't installed are left out, with a message.

fn main() {
    println!("cargo::rerun-if-changed=src/peer/zita.cpp");
    for (package, cfg) in [
        ("soxr", "soxr"),
        ("libswresample", "swresample"),
        ("libavutil", "avutil"),
        ("samplerate", "samplerate"),
        ("speexdsp", "speexdsp"),
    ] {
        println!("cargo::rustc-check-cfg=cfg({cfg})");
        match pkg_config::Config::new().probe(package) {
            Ok(library) => {
                println!("cargo::rustc-cfg={cfg}");
                println!("cargo::rustc-env=VERSION_{cfg}={package} {}", library.version);
            }
            Err(_) => println!("cargo::warning={package} is not installed: left out"),
        }
    }
    println!("cargo::rustc-check-cfg=cfg(zita)");
    // It is C++ without a pkg-config file.
    let shim = cc::Build::new().cpp(true).file("src/peer/zita.cpp").try_compile("zita_shim");
    match shim {
        Ok(()) => println!("cargo::rustc-cfg=zita\ncargo::rustc-link-lib=zita-resampler"),
        Err(_) => println!("cargo::warning=zita-resampler is not installed: left out"),
    }
}
