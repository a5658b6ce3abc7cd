//! Chores of the repository, one subcommand each. Must not hold any rule of the product.

mod bench;
mod check;
mod gen_types;
mod territories;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("bench") => bench::run(&arguments.collect::<Vec<_>>()),
        Some("check") => check::run(),
        Some("gen-types") => gen_types::run(arguments.next().as_deref()),
        Some("territories") => territories::run(arguments),
        _ => {
            eprintln!("cargo xtask bench [<group>…]");
            eprintln!("cargo xtask check");
            eprintln!("cargo xtask gen-types [--check]");
            eprintln!("cargo xtask territories <folder> <file> <vintage> <population year>");
            ExitCode::FAILURE
        }
    }
}
