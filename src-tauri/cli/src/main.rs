//! The same product from a terminal: the contract of architecture.md §8.
//!
//! Parses, makes one call of the core, prints. Results on stdout, words for people on stderr.

mod arguments;
mod copies;
mod documents;
mod edits;
mod imports;
mod naming;
mod run;
mod settings;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let line = match arguments::CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => {
            // Nothing is left to tell when the terminal itself is gone.
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::from(2)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let language = settings::language();
    let as_json = line.command.is_json();
    match run::run(&line, language) {
        Ok(code) => code,
        Err(fault) => {
            let sentence = fault.sentence(language);
            if as_json {
                let mut value = serde_json::json!({"error": fault.code, "message": sentence});
                for (name, param) in fault.params {
                    value[name] = serde_json::Value::String(param);
                }
                eprintln!("{value}");
            } else {
                eprintln!("error: {sentence}");
            }
            ExitCode::FAILURE
        }
    }
}
