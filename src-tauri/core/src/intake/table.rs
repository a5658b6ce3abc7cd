//! A list as rows of cells: separator and header row found or asked for, line numbers of the file kept.
//!
//! Cells stay as typed. Knows nothing of entities or of the carnet.

use std::io::Read as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::encoding;
use super::error::ReadError;
use super::header;
use crate::regular;

/// Largest file read: a list of a hundred thousand rows takes a tenth of it.
const LONGEST_FILE_BYTES: u64 = 256 * 1024 * 1024;
/// Separators of the lists that people send.
const SEPARATORS: [char; 4] = [';', ',', '\t', '|'];
/// How much of the text tells the separator.
const SAMPLE_BYTES: usize = 64 * 1024;

/// What the officer corrected in the reading; what is left out is found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ReadOptions {
    /// Name of the encoding, as on the web: `utf-8`, `windows-1252`…
    pub encoding: Option<String>,
    /// One character.
    pub separator: Option<String>,
    /// Line of the file on which the header begins, from 1.
    #[ts(type = "number | null")]
    pub header_line: Option<u64>,
}

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line of the file on which it begins, from 1.
    pub line: u64,
    /// Its cells, as typed.
    pub cells: Vec<String>,
}

impl Row {
    /// The cell of a column; empty where the row is too short.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// A list that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name of the encoding.
    pub encoding: &'static str,
    /// What stands between two cells.
    pub separator: char,
    /// Line of the header.
    pub header_line: u64,
    /// Names of the columns, as typed.
    pub header: Vec<String>,
    /// Rows under the header; empty ones and totals are left out.
    pub rows: Vec<Row>,
    /// Lines of the rows left out because they hold totals.
    pub total_lines: Vec<u64>,
}

impl Table {
    /// Whether a row has a cell for each column, trailing empty ones aside.
    pub(super) fn is_equal(&self, row: &Row) -> bool {
        let extra = row.cells.get(self.header.len()..).unwrap_or_default();
        row.cells.len() >= self.header.len() && extra.iter().all(|cell| cell.trim().is_empty())
    }

    /// The name by which a column is told to people: its header, else its letter as in a spreadsheet.
    pub fn column_name(&self, column: usize) -> String {
        match self.header.get(column).map(|header| header.trim()) {
            Some(header) if !header.is_empty() => header.to_owned(),
            _ => letters(column),
        }
    }
}

fn letters(mut column: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(b'A' + u8::try_from(column % 26).unwrap_or_default());
        match column / 26 {
            0 => break,
            rest => column = rest - 1,
        }
    }
    name.iter()
        .rev()
        .map(|letter| char::from(*letter))
        .collect()
}

/// Reads a list from a file.
pub fn read_file(path: &Path, options: &ReadOptions) -> Result<Table, ReadError> {
    let io = |source| ReadError::Io {
        path: path.to_owned(),
        source,
    };
    let file = regular::open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(io)?;
    if bytes.len() as u64 > LONGEST_FILE_BYTES {
        return Err(ReadError::TooLong {
            bytes: length,
            longest_bytes: LONGEST_FILE_BYTES,
        });
    }
    read(&bytes, options)
}

/// Reads a list from the bytes of a file.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<Table, ReadError> {
    let (text, encoding) = encoding::decode(bytes, options.encoding.as_deref())?;
    let separator = match &options.separator {
        Some(asked) => separator_asked(asked)?,
        None => separator_of(&text),
    };
    let mut rows = rows_of(&text, separator)?;
    let header_at = match options.header_line {
        Some(line) => rows
            .iter()
            .position(|row| row.line == line)
            .ok_or(ReadError::NoSuchHeader { line })?,
        None => header::find(&rows),
    };
    let rest = rows.split_off((header_at + 1).min(rows.len()));
    let header = rows.pop().ok_or(ReadError::Empty)?;
    let mut cells = header.cells;
    while cells.len() > 1 && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    let mut table = Table {
        encoding,
        separator,
        header_line: header.line,
        header: cells,
        rows: Vec::with_capacity(rest.len()),
        total_lines: Vec::new(),
    };
    for row in rest {
        if header::is_total(&row) {
            table.total_lines.push(row.line);
        } else {
            table.rows.push(row);
        }
    }
    if table.rows.is_empty() {
        return Err(ReadError::NoRow);
    }
    Ok(table)
}

fn separator_asked(asked: &str) -> Result<char, ReadError> {
    let asked = if asked == "\\t" || asked == "tab" {
        "\t"
    } else {
        asked
    };
    let mut characters = asked.chars();
    match (characters.next(), characters.next()) {
        (Some(one), None)
            if one.is_ascii() && !one.is_ascii_alphanumeric() && !"\"\r\n".contains(one) =>
        {
            Ok(one)
        }
        _ => Err(ReadError::NotASeparator {
            separator: asked.to_owned(),
        }),
    }
}

/// The separator that cuts most lines into the same number of cells, the most cells first.
fn separator_of(text: &str) -> char {
    let mut end = text.len().min(SAMPLE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let sample = &text[..end];
    let score = |separator: char| -> usize {
        let mut widths = std::collections::BTreeMap::new();
        for record in reader(sample, separator).records().flatten() {
            if record.len() > 1 {
                *widths.entry(record.len()).or_insert(0_usize) += 1;
            }
        }
        widths
            .iter()
            .map(|(width, rows)| rows * rows * (width - 1))
            .max()
            .unwrap_or_default()
    };
    let mut best = (0, SEPARATORS[0]);
    for separator in SEPARATORS {
        let found = score(separator);
        if found > best.0 {
            best = (found, separator);
        }
    }
    best.1
}

fn reader(text: &str, separator: char) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b';'))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

fn rows_of(text: &str, separator: char) -> Result<Vec<Row>, ReadError> {
    let mut rows = Vec::new();
    let mut reader = reader(text, separator);
    let mut record = csv::StringRecord::new();
    let (mut last_start, mut line) = (0, 1);
    // Reading a text already in memory and already UTF-8 has no other end than its own.
    while reader.read_record(&mut record).unwrap_or(false) {
        let begins = record.position().map_or(0, csv::Position::byte);
        let begins = usize::try_from(begins).unwrap_or_default();
        // A record is said to begin where the one before ends, before its line break and the empty lines.
        let breaks = text.bytes().skip(begins);
        let begins = begins
            + breaks
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .count();
        line += line_breaks(text.get(last_start..begins).unwrap_or_default());
        last_start = begins;
        let row = Row {
            line,
            cells: record.iter().map(str::to_owned).collect(),
        };
        if !row.is_empty() {
            rows.push(row);
        }
    }
    let last = text.get(last_start..).unwrap_or_default();
    if let Some(opened) = unclosed_quote(last, separator) {
        return Err(ReadError::UnclosedQuote {
            line: line + opened,
        });
    }
    if rows.is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(rows)
}

/// How many lines a text ends: at each line feed, and at each carriage return without one.
fn line_breaks(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let is_break = |(at, byte): (usize, &u8)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    bytes
        .iter()
        .enumerate()
        .filter(|one| is_break(*one))
        .count() as u64
}

/// The line, from 0, of the quotation mark that opens a cell of the last record and never closes.
fn unclosed_quote(record: &str, separator: char) -> Option<u64> {
    let mut opened = None;
    let mut is_start = true;
    let mut line = 0;
    let mut characters = record.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\n' {
            line += 1;
        }
        match opened {
            Some(_) if character == '"' => {
                if characters.peek() == Some(&'"') {
                    characters.next();
                } else {
                    opened = None;
                }
            }
            Some(_) => {}
            None if character == '"' && is_start => opened = Some(line),
            None => is_start = character == separator || character == '\n' || character == '\r',
        }
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        read(text.as_bytes(), &ReadOptions::default()).unwrap()
    }

    #[test]
    fn each_separator_is_found() {
        for separator in SEPARATORS {
            let text = "Nom|Ville, bourg|Montant\nA|Guéret|1\nB|Ahun|2\n".replace(
                if separator == ',' {
                    "Ville, bourg"
                } else {
                    "\0"
                },
                "Ville",
            );
            let table = table(&text.replace('|', &separator.to_string()));
            assert_eq!((table.separator, table.header.len()), (separator, 3));
        }
    }

    #[test]
    fn a_quoted_cell_keeps_its_line_breaks_and_the_next_row_its_line() {
        let table = table("nom;adresse\r\nA;\"1 place \"\"B\"\"\r\n23000 Guéret\"\r\nC;D\r\n");
        assert_eq!(table.rows[0].cells[1], "1 place \"B\"\r\n23000 Guéret");
        assert_eq!((table.rows[0].line, table.rows[1].line), (2, 4));
    }

    #[test]
    fn empty_rows_are_passed_over_and_lines_still_counted() {
        let table = table("nom;ville\n\n;\nA;B\n");
        assert_eq!(table.rows.len(), 1);
        assert_eq!(table.rows[0].line, 4);
    }

    #[test]
    fn titles_above_the_header_and_totals_below_are_left_aside() {
        let text = "CONTACTS TERRITOIRES;;;\nmàj 14/02/2025 par Sylvie;;v3 finale;\n;;;\n\
                    NOM STRUCTURE;Contact;tel;Dpt\nGAL Hautes Chaumes;BEAL Sophie;04.00.00.00.01;42\n\
                    PNR;;04 00 00 00 04;15\nTOTAL : 2;;;\n";
        let table = table(text);
        assert_eq!(table.header_line, 4);
        assert_eq!(table.header[0], "NOM STRUCTURE");
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.total_lines, [7]);
    }

    #[test]
    fn what_was_asked_wins_over_what_was_found() {
        let options = ReadOptions {
            separator: Some("|".into()),
            header_line: Some(2),
            ..ReadOptions::default()
        };
        let table = read(b"a;b;c|d;e\nx;y|z\n1|2\n", &options).unwrap();
        assert_eq!(table.header, ["x;y", "z"]);
        assert_eq!(table.rows.len(), 1);
        let options = ReadOptions {
            separator: Some(";;".into()),
            ..ReadOptions::default()
        };
        assert!(matches!(
            read(b"a;b\n", &options),
            Err(ReadError::NotASeparator { .. })
        ));
        let options = ReadOptions {
            header_line: Some(9),
            ..ReadOptions::default()
        };
        assert!(matches!(
            read(b"a;b\n1;2\n", &options),
            Err(ReadError::NoSuchHeader { line: 9 })
        ));
    }

    #[test]
    fn a_quotation_mark_never_closed_is_told_with_its_line() {
        let refused = read(
            b"nom;ville\nA;B\nC;\"D\nE;F\nG;H\n",
            &ReadOptions::default(),
        );
        assert!(matches!(refused, Err(ReadError::UnclosedQuote { line: 3 })));
    }

    #[test]
    fn a_header_alone_is_no_list() {
        let refused = read(b"nom;ville\n", &ReadOptions::default());
        assert!(matches!(refused, Err(ReadError::NoRow)));
    }

    #[test]
    fn a_column_without_a_name_is_told_by_its_letter() {
        let table = table("nom;;ville\nA;B;C\n");
        assert_eq!(table.column_name(1), "B");
        assert_eq!(letters(26), "AA");
    }
}
