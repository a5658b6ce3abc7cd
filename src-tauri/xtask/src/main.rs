//! Chores of the repository, one subcommand each. Must not hold any rule of the product.

mod territories;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("territories") => territories::run(arguments),
        _ => {
            eprintln!("cargo xtask territories <folder> <file> <vintage> <population year>");
            ExitCode::FAILURE
        }
    }
}
