//! Kafka's own programs, from the local stack's jars.

use std::path::PathBuf;
use std::process::Command;

/// The project's folder.
pub fn root() -> PathBuf {
    let root: PathBuf = [env!("CARGO_MANIFEST_DIR"), ".."].iter().collect();
    root.canonicalize().expect("the project's folder")
}

/// Java with Kafka's jars, so much heap, and the logging settings of this name in `deploy/local`.
pub fn java(megabytes: usize, logging: &str) -> Command {
    let root = root();
    let libs = root.join(".local/kafka/libs");
    assert!(
        libs.is_dir(),
        "Kafka isn't installed in {}: run `deploy/local/stack install`",
        libs.display()
    );
    let mut java = Command::new("java");
    java.arg(format!("-Xmx{megabytes}m"))
        .args(["-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"])
        .arg(format!(
            "-Dlog4j2.configurationFile={}",
            root.join("deploy/local").join(logging).display()
        ))
        .args(["-cp", &format!("{}/*", libs.display())]);
    java
}
