//! The programs under test, as cargo built them beside this test.

use std::path::PathBuf;

/// The path of a program of this workspace.
pub fn path(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("the program's own path");
    // A test lies in target/PROFILE/deps, a program in target/PROFILE.
    let folder = own
        .ancestors()
        .skip(1)
        .find(|folder| !folder.ends_with("deps"))
        .expect("it lies in a folder");
    let program = folder.join(name);
    assert!(
        program.exists(),
        "{} isn't there: build the workspace's programs in the same profile first: `cargo build --workspace`",
        program.display()
    );
    program
}
