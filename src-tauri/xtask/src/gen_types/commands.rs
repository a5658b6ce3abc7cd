//! What each command takes and gives, read from the signatures of the window's own source: nothing to keep in step.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use syn::{FnArg, GenericArgument, Item, ItemFn, Pat, PathArguments, ReturnType, Type};

/// Files of the window whose functions cross, beside those of `commands/`.
const DIALOGS: &str = "dialogs.rs";
/// What the shell itself hands to a command.
const OF_THE_SHELL: [&str; 3] = ["AppHandle", "State", "WebviewWindow"];
/// A value of a field (`model::Value`), which is its own JSON.
const VALUE: &str = "string | number | boolean | string[]";

/// Why the commands cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadCommandsError {
    #[error("the window's source: {0}")]
    Io(#[from] io::Error),
    #[error("the window's source: {0}")]
    Syntax(#[from] syn::Error),
    #[error("{command}: a type that has no TypeScript")]
    Type { command: String },
}

/// The map of commands, and the names of the types that it uses.
#[derive(Default)]
pub(super) struct Commands {
    lines: Vec<String>,
    pub(super) names: BTreeSet<String>,
}

impl Commands {
    /// The commands of the window whose source is in `folder`.
    pub(super) fn read(folder: &Path) -> Result<Self, ReadCommandsError> {
        let mut files = vec![folder.join(DIALOGS)];
        for entry in fs::read_dir(folder.join("commands"))? {
            files.push(entry?.path());
        }
        let mut commands = Self::default();
        for file in files {
            commands.add(&fs::read_to_string(file)?)?;
        }
        commands.lines.sort();
        Ok(commands)
    }

    fn add(&mut self, source: &str) -> Result<(), ReadCommandsError> {
        for item in syn::parse_file(source)?.items {
            if let Item::Fn(function) = item
                && is_command(&function)
            {
                let command = function.sig.ident.to_string();
                let line = self
                    .line(&function)
                    .ok_or(ReadCommandsError::Type { command })?;
                self.lines.push(line);
            }
        }
        Ok(())
    }

    fn line(&mut self, function: &ItemFn) -> Option<String> {
        let mut arguments = Vec::new();
        for argument in &function.sig.inputs {
            let FnArg::Typed(argument) = argument else {
                return None;
            };
            let Pat::Ident(name) = argument.pat.as_ref() else {
                return None;
            };
            if last_segment(&argument.ty)
                .is_some_and(|segment| OF_THE_SHELL.contains(&segment.ident.to_string().as_str()))
            {
                continue;
            }
            let text = self.typescript(&argument.ty)?;
            // What may be none may be left out.
            let mark = if text.ends_with(" | null") { "?" } else { "" };
            arguments.push(format!(
                "{}{mark}: {text}",
                camel_case(&name.ident.to_string())
            ));
        }
        let arguments = match arguments.join("; ") {
            none if none.is_empty() => "Record<string, never>".to_owned(),
            some => format!("{{ {some} }}"),
        };
        let result = match &function.sig.output {
            ReturnType::Default => "null".to_owned(),
            ReturnType::Type(_, given) => self.typescript(given)?,
        };
        let name = &function.sig.ident;
        Some(format!(
            "  {name}: {{ arguments: {arguments}; result: {result} }};"
        ))
    }

    fn typescript(&mut self, given: &Type) -> Option<String> {
        match given {
            Type::Reference(reference) => return self.typescript(&reference.elem),
            Type::Tuple(tuple) if tuple.elems.is_empty() => return Some("null".to_owned()),
            _ => {}
        }
        let segment = last_segment(given)?;
        let name = segment.ident.to_string();
        // How it fails is the same for all: a `Fault`.
        let kept = if name == "Result" { 1 } else { usize::MAX };
        let mut inner = Vec::new();
        if let PathArguments::AngleBracketed(generic) = &segment.arguments {
            for argument in generic.args.iter().take(kept) {
                if let GenericArgument::Type(argument) = argument {
                    inner.push(self.typescript(argument)?);
                }
            }
        }
        let first = inner.first().cloned();
        Some(match name.as_str() {
            "str" | "String" | "PathBuf" | "Path" => "string".to_owned(),
            "bool" => "boolean".to_owned(),
            "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64" | "f64" => "number".to_owned(),
            "Value" => VALUE.to_owned(),
            "FieldMap" => format!("Record<string, {VALUE} | null>"),
            "Result" => first?,
            "Option" => format!("{} | null", first?),
            "Vec" => format!("Array<{}>", first?),
            "BTreeMap" => format!("Record<{}, {}>", inner.first()?, inner.get(1)?),
            "Channel" => format!("Channel<{}>", first?),
            _ => {
                self.names.insert(name.clone());
                name
            }
        })
    }

    /// The file of the map.
    pub(super) fn file(&self) -> String {
        let names = self.names.iter().cloned().collect::<Vec<_>>().join(", ");
        format!(
            "{}import type {{ Channel }} from \"@tauri-apps/api/core\";\nimport type {{ {names} }} from \"./types\";\n\n\
             /** What each command of the window takes and gives. */\nexport interface Commands {{\n{}\n}}\n\n\
             export type CommandName = keyof Commands;\n\
             export type Arguments<Name extends CommandName> = Commands[Name][\"arguments\"];\n\
             export type Result<Name extends CommandName> = Commands[Name][\"result\"];\n",
            super::HEADER,
            self.lines.join("\n")
        )
    }
}

fn is_command(function: &ItemFn) -> bool {
    function.attrs.iter().any(|attribute| {
        let path = attribute.path();
        path.segments.len() == 2
            && path.segments[0].ident == "tauri"
            && path.segments[1].ident == "command"
    })
}

fn last_segment(given: &Type) -> Option<&syn::PathSegment> {
    match given {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// Tauri names arguments the way of JavaScript.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut joined, part| {
        let mut letters = part.chars();
        joined.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        joined.push_str(letters.as_str());
        joined
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_says_what_crosses_and_leaves_out_what_the_shell_hands_in() {
        let mut commands = Commands::default();
        commands
            .add(
                "#[tauri::command(async)]\n\
                 pub fn record_save<R: Runtime>(app: AppHandle<R>, data: State<'_, AppData>, entity: &str, \
                 with_demo: bool, patch: BTreeMap<String, Option<Value>>, limit: Option<usize>) -> Result<Vec<Saved>, Fault> {}\n\
                 #[tauri::command]\npub fn carnet_close(data: State<'_, AppData>) {}\n\
                 pub fn no_command(x: u8) {}",
            )
            .unwrap();
        assert_eq!(
            commands.lines,
            [
                "  record_save: { arguments: { entity: string; withDemo: boolean; \
                 patch: Record<string, string | number | boolean | string[] | null>; limit?: number | null }; \
                 result: Array<Saved> };",
                "  carnet_close: { arguments: Record<string, never>; result: null };",
            ]
        );
        assert!(commands.names.contains("Saved") && !commands.names.contains("AppData"));
    }
}
