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
mod usage;
mod words;

use std::process::ExitCode;

fn main() -> ExitCode {
    let language = settings::language();
    let line = match usage::read(std::env::args_os(), language) {
        Ok(line) => line,
        Err(code) => return code,
    };
    let as_json = line.command.is_json();
    match run::run(&line, language) {
        Ok(code) => code,
        Err(fault) => {
            let fault = match line.command.file() {
                Some(file) => fault.about(file),
                None => fault,
            };
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
