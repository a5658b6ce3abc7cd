//! How a line is written, in the language of the session: the help of each command, and what a line got wrong.
//!
//! The words are messages (`cli.*`): what is accepted is said in `arguments`.

use std::error::Error as _;
use std::ffi::OsString;
use std::process::ExitCode;

use carnet_core::messages::{Language, find, text};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory as _, Error, FromArgMatches as _};

use crate::arguments::{CommandLine, NotAPair};

/// Exit code of a line that is not understood (architecture.md §8).
const WRONG_USAGE: u8 = 2;

/// Reads a line; one that is not understood, or that asks for help, is answered here.
pub(crate) fn read(
    line: impl IntoIterator<Item = OsString>,
    language: Language,
) -> Result<CommandLine, ExitCode> {
    let read = worded(language)
        .try_get_matches_from_mut(line)
        .and_then(|matches| CommandLine::from_arg_matches(&matches));
    read.map_err(|error| {
        if is_help(&error) {
            // Nothing is left to tell when the terminal itself is gone.
            let _ = error.print();
        } else {
            eprintln!("error: {}", told(&error, language));
        }
        if error.use_stderr() {
            ExitCode::from(WRONG_USAGE)
        } else {
            ExitCode::SUCCESS
        }
    })
}

fn is_help(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::DisplayVersion
    )
}

/// What is accepted, with its words.
fn worded(language: Language) -> Command {
    let mut command = CommandLine::command();
    // Help and version are arguments and commands from then on.
    command.build();
    command
        .about(says(language, "cli.about"))
        .subcommand_value_name(says(language, "cli.value.COMMAND"))
        .help_template(format!(
            "{{about-with-newline}}\n{} {{usage}}\n\n{}\n{{subcommands}}\n\n{}\n{{options}}",
            says(language, "cli.usage.usage"),
            says(language, "cli.usage.commands"),
            says(language, "cli.usage.options"),
        ))
        .mut_args(|arg| worded_argument(arg, "any", language))
        .mut_subcommands(|command| worded_command(command, language))
}

fn worded_command(command: Command, language: Language) -> Command {
    let name = command.get_name().to_owned();
    let usage = says(language, "cli.usage.usage");
    let mut template = format!("{{about-with-newline}}\n{usage} {{usage}}\n\n");
    if command.get_positionals().next().is_some() {
        let arguments = says(language, "cli.usage.arguments");
        template += &format!("{arguments}\n{{positionals}}\n\n");
    }
    if name != "help" {
        let options = says(language, "cli.usage.options");
        template += &format!("{options}\n{{options}}");
    }
    command
        .about(says(language, &format!("cli.command.{name}")))
        .help_template(template)
        .mut_args(|arg| worded_argument(arg, &name, language))
        .mut_subcommands(|command| worded_command(command, language))
}

/// An argument of a command; those that several have, and mean alike in each, are worded once.
fn worded_argument(arg: Arg, command: &str, language: Language) -> Arg {
    let id = arg.get_id().as_str().to_owned();
    let of = |command: &str| find(language, &format!("cli.argument.{command}.{id}"));
    let arg = match of(command).or_else(|| of("any")) {
        Some(help) => arg.help(help),
        None => arg,
    };
    let takes_value = arg.get_action().takes_values();
    let values = arg.get_value_names().unwrap_or_default();
    let worded = values
        .first()
        .map(|name| says(language, &format!("cli.value.{name}")));
    let arg = match worded.filter(|_| takes_value) {
        Some(worded) => arg.value_name(worded),
        None => arg,
    };
    // What is taken without the option is said in its words.
    arg.hide_default_value(true)
}

fn says(language: Language, key: &str) -> &'static str {
    find(language, key).unwrap_or_default()
}

/// What a line got wrong, in one sentence, then how it is written.
fn told(error: &Error, language: Language) -> String {
    let of = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(said)) => said.clone(),
        Some(ContextValue::Strings(said)) => said.join(", "),
        _ => String::new(),
    };
    let say = |key: &str, params: &[(&str, String)]| text(language, key, params);
    let argument = || ("argument", of(ContextKind::InvalidArg));
    let value = of(ContextKind::InvalidValue);
    let sentence = match error.kind() {
        ErrorKind::InvalidSubcommand => say(
            "cli.usage.unknown_command",
            &[("name", of(ContextKind::InvalidSubcommand))],
        ),
        ErrorKind::UnknownArgument => say("cli.usage.unknown_argument", &[argument()]),
        ErrorKind::MissingRequiredArgument => say("cli.usage.missing", &[argument()]),
        ErrorKind::InvalidValue if value.is_empty() => say("cli.usage.no_value", &[argument()]),
        ErrorKind::ValueValidation
            if error
                .source()
                .is_some_and(<dyn std::error::Error>::is::<NotAPair>) =>
        {
            say("error.not_a_pair", &[("text", value)])
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            say("cli.usage.wrong_value", &[("value", value), argument()])
        }
        ErrorKind::ArgumentConflict => say(
            "cli.usage.not_together",
            &[argument(), ("other", of(ContextKind::PriorArg))],
        ),
        _ => say("cli.usage.not_understood", &[]),
    };
    let close = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg]
        .map(of)
        .concat();
    let mut told = sentence;
    if !close.is_empty() {
        told += " ";
        told += &say("error.suggestions", &[("suggestions", close)]);
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let usage = usage.trim_start_matches("Usage:").trim();
        told += &format!("\n\n{} {usage}", says(language, "cli.usage.usage"));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_argument_has_its_words_in_both_languages() {
        let mut missing = Vec::new();
        for language in [Language::Fr, Language::En] {
            let mut command = CommandLine::command();
            command.build();
            let mut commands = vec![&command];
            commands.extend(
                command
                    .get_subcommands()
                    .filter(|one| one.get_name() != "help"),
            );
            for one in commands {
                let is_first = one.get_name() == command.get_name();
                let name = if is_first { "any" } else { one.get_name() };
                let about = format!("cli.command.{name}");
                if !is_first && find(language, &about).is_none() {
                    missing.push(format!("{language:?} {about}"));
                }
                for arg in one.get_arguments() {
                    let id = arg.get_id();
                    let has = |of: &str| find(language, &format!("cli.argument.{of}.{id}"));
                    if has(name).or_else(|| has("any")).is_none() {
                        missing.push(format!("{language:?} cli.argument.{name}.{id}"));
                    }
                    let names = arg.get_value_names().unwrap_or_default();
                    for value in names.iter().filter(|_| arg.get_action().takes_values()) {
                        if find(language, &format!("cli.value.{value}")).is_none() {
                            missing.push(format!("{language:?} cli.value.{value}"));
                        }
                    }
                }
            }
        }
        assert_eq!(missing, Vec::<String>::new());
    }
}
