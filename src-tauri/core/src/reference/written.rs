//! The file of the reference, both ways: tables to bytes, bytes to tables.
//!
//! Owns the layout: the magic `CARNTERR`, one byte of format, the BLAKE3 digest of the rest, and
//! the columns as variable-length integers, compressed with zlib. Must not know what the tables
//! are for.

use std::io::Read as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::columns::{Columns, Cut, Written};
use super::kind::TerritoryKind;
use super::liaison::Liaison;
use super::tables::{CountryRow, LocalityRow, Row, Tables, TablesFault, Texts};
use super::territory::{EpciNature, Standing};

const MAGIC: &[u8; 8] = b"CARNTERR";
const FORMAT: u8 = 1;
const DIGEST_BYTES: usize = 32;
/// Ten times what the reference takes; past that, the file is not one of ours.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// Why bytes could not be read as a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadTerritoriesError {
    /// The file is something else.
    #[error("not a reference of territories")]
    NotTerritories,
    /// The file was made for a later version of the program.
    #[error("format {found} is newer than {newest_known}")]
    NewerFormat {
        /// Format of the file.
        found: u8,
        /// Newest format that this program reads.
        newest_known: u8,
    },
    /// The file was cut short or altered.
    #[error("the reference of territories is damaged")]
    Damaged,
    /// The file is whole but its tables contradict themselves.
    #[error("the tables of the reference do not fit together")]
    Inconsistent(#[source] TablesFault),
}

impl From<Cut> for ReadTerritoriesError {
    fn from(_: Cut) -> Self {
        Self::Damaged
    }
}

/// Returns the bytes of checked tables.
pub fn write(tables: &Tables) -> Result<Vec<u8>, WriteTerritoriesError> {
    tables
        .check()
        .map_err(WriteTerritoriesError::Inconsistent)?;
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(&write_columns(tables))
        .and_then(|()| encoder.try_finish())
        .map_err(WriteTerritoriesError::Compress)?;
    let compressed = encoder.get_ref();
    let mut bytes = Vec::with_capacity(MAGIC.len() + 1 + DIGEST_BYTES + compressed.len());
    bytes.extend_from_slice(MAGIC);
    bytes.push(FORMAT);
    bytes.extend_from_slice(blake3::hash(compressed).as_bytes());
    bytes.extend_from_slice(compressed);
    Ok(bytes)
}

/// Why tables could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteTerritoriesError {
    /// The tables contradict themselves.
    #[error("the tables do not fit together")]
    Inconsistent(#[source] TablesFault),
    /// The compression failed.
    #[error("could not compress the tables")]
    Compress(#[source] std::io::Error),
}

/// Returns the tables of a file; they are checked, and every byte is covered by the digest.
pub(super) fn read(bytes: &[u8]) -> Result<Tables, ReadTerritoriesError> {
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or(ReadTerritoriesError::NotTerritories)?;
    let (&format, rest) = rest.split_first().ok_or(ReadTerritoriesError::Damaged)?;
    match format {
        FORMAT => {}
        found if found > FORMAT => {
            return Err(ReadTerritoriesError::NewerFormat {
                found,
                newest_known: FORMAT,
            });
        }
        _ => return Err(ReadTerritoriesError::Damaged),
    }
    let (digest, compressed) = rest
        .split_at_checked(DIGEST_BYTES)
        .ok_or(ReadTerritoriesError::Damaged)?;
    if blake3::hash(compressed).as_bytes() != digest {
        return Err(ReadTerritoriesError::Damaged);
    }
    let mut columns = Vec::new();
    ZlibDecoder::new(compressed)
        .take(MOST_BYTES)
        .read_to_end(&mut columns)
        .map_err(|_| ReadTerritoriesError::Damaged)?;
    let tables = read_columns(&columns)?;
    tables.check().map_err(ReadTerritoriesError::Inconsistent)?;
    Ok(tables)
}

fn write_columns(tables: &Tables) -> Vec<u8> {
    let mut out = Written::default();
    out.number(tables.vintage.into());
    out.number(tables.population_year.into());
    out.number(tables.rows.len() as u64);
    for kind in TerritoryKind::ALL {
        let count = tables.rows.iter().filter(|row| row.kind == kind).count();
        out.number(count as u64);
    }
    out.text(tables.codes.joined());
    out.text(tables.names.joined());
    let rows = &tables.rows;
    out.column(rows, |row| row.liaison.tncc().into());
    out.column(rows, |row| optional(row.region));
    out.column(rows, |row| optional(row.department));
    out.column(rows, |row| optional(row.epci));
    out.column(rows, |row| optional(row.population));
    out.column(rows, |row| {
        let nature = row.epci_nature;
        let index = EpciNature::ALL
            .iter()
            .position(|known| Some(*known) == nature);
        index.map_or(0, |index| index as u64 + 1)
    });
    out.column(rows, |row| row.postcode_count.into());
    out.column(rows, |row| row.point.is_some().into());
    out.steps(rows.iter().filter_map(|row| Some(row.point?.0.into())));
    out.steps(rows.iter().filter_map(|row| Some(row.point?.1.into())));
    out.steps(rows.iter().map(|row| row.siren.unwrap_or(0).into()));
    out.number(tables.postcodes.len() as u64);
    out.steps(tables.postcodes.iter().map(|code| (*code).into()));
    for country in &tables.countries {
        out.text(&country.alpha3);
        out.number(country.numeric.into());
        out.text(&country.nuts);
        out.number(country.is_eu_member.into());
    }
    write_localities(tables, &mut out);
    out.finish()
}

fn write_localities(tables: &Tables, out: &mut Written) {
    let localities = &tables.localities;
    out.number(localities.len() as u64);
    out.text(tables.locality_codes.joined());
    out.text(tables.locality_names.joined());
    out.column(localities, |locality| {
        let standing = locality.standing;
        let index = Standing::ALL.iter().position(|known| *known == standing);
        index.unwrap_or_default() as u64
    });
    out.steps(
        localities
            .iter()
            .map(|locality| locality.municipality.into()),
    );
    out.column(localities, |locality| {
        locality.absorbed_on.unwrap_or(0).into()
    });
}

fn read_columns(columns: &[u8]) -> Result<Tables, ReadTerritoriesError> {
    let mut input = Columns::new(columns);
    let mut tables = Tables {
        vintage: input.narrow()?,
        population_year: input.narrow()?,
        ..Tables::default()
    };
    let count = input.count()?;
    for kind in TerritoryKind::ALL {
        let of_kind = input.narrow::<u32>()? as usize;
        if tables.rows.len() + of_kind > count {
            return Err(ReadTerritoriesError::Damaged);
        }
        let blank = Row::new(kind, Liaison::De);
        tables.rows.resize(tables.rows.len() + of_kind, blank);
    }
    tables.codes = read_texts(&mut input)?;
    tables.names = read_texts(&mut input)?;
    read_rows(&mut input, &mut tables.rows)?;
    let count = input.count()?;
    tables.postcodes = input.steps(count)?;
    let countries = tables
        .rows
        .iter()
        .filter(|row| row.kind == TerritoryKind::Country)
        .count();
    for _ in 0..countries {
        tables.countries.push(CountryRow {
            alpha3: input.text()?.to_owned(),
            numeric: input.narrow()?,
            nuts: input.text()?.to_owned(),
            is_eu_member: input.number()? != 0,
        });
    }
    read_localities(&mut input, &mut tables)?;
    if input.is_at_end() {
        Ok(tables)
    } else {
        Err(ReadTerritoriesError::Damaged)
    }
}

fn read_rows(input: &mut Columns<'_>, rows: &mut [Row]) -> Result<(), ReadTerritoriesError> {
    for row in &mut *rows {
        row.liaison = Liaison::from_tncc(input.narrow()?).ok_or(ReadTerritoriesError::Damaged)?;
    }
    for row in &mut *rows {
        row.region = input.optional()?;
    }
    for row in &mut *rows {
        row.department = input.optional()?;
    }
    for row in &mut *rows {
        row.epci = input.optional()?;
    }
    for row in &mut *rows {
        row.population = input.optional()?;
    }
    for row in &mut *rows {
        row.epci_nature = match input.optional()? {
            Some(index) => Some(one_of(&EpciNature::ALL, index)?),
            None => None,
        };
    }
    for row in &mut *rows {
        row.postcode_count = input.narrow()?;
    }
    for row in &mut *rows {
        row.point = (input.number()? != 0).then_some((0, 0));
    }
    let located = rows.iter().filter(|row| row.point.is_some()).count();
    let latitudes: Vec<i32> = input.steps(located)?;
    let longitudes: Vec<i32> = input.steps(located)?;
    let points = latitudes.into_iter().zip(longitudes);
    for (row, point) in rows
        .iter_mut()
        .filter(|row| row.point.is_some())
        .zip(points)
    {
        row.point = Some(point);
    }
    let sirens: Vec<u32> = input.steps(rows.len())?;
    for (row, siren) in rows.iter_mut().zip(sirens) {
        row.siren = (siren != 0).then_some(siren);
    }
    Ok(())
}

fn read_localities(
    input: &mut Columns<'_>,
    tables: &mut Tables,
) -> Result<(), ReadTerritoriesError> {
    let count = input.count()?;
    tables.locality_codes = read_texts(input)?;
    tables.locality_names = read_texts(input)?;
    for _ in 0..count {
        tables.localities.push(LocalityRow {
            standing: one_of(&Standing::ALL, input.narrow()?)?,
            municipality: 0,
            absorbed_on: None,
        });
    }
    let municipalities: Vec<u32> = input.steps(count)?;
    for (locality, municipality) in tables.localities.iter_mut().zip(municipalities) {
        locality.municipality = municipality;
    }
    for locality in &mut tables.localities {
        let day: u32 = input.narrow()?;
        locality.absorbed_on = (day != 0).then_some(day);
    }
    Ok(())
}

fn read_texts(input: &mut Columns<'_>) -> Result<Texts, ReadTerritoriesError> {
    Texts::from_joined(input.text()?.to_owned()).ok_or(ReadTerritoriesError::Damaged)
}

fn one_of<T: Copy>(known: &[T], index: u32) -> Result<T, ReadTerritoriesError> {
    known
        .get(index as usize)
        .copied()
        .ok_or(ReadTerritoriesError::Damaged)
}

/// An absent number is written as 0 and the others one higher.
fn optional(number: Option<u32>) -> u64 {
    number.map_or(0, |number| u64::from(number) + 1)
}

#[cfg(test)]
mod tests {
    use super::{FORMAT, MAGIC, ReadTerritoriesError, WriteTerritoriesError, read, write};
    use crate::reference::tables::tests::small_tables;
    use crate::reference::tables::{Tables, TablesFault};

    #[test]
    fn tables_come_back_as_they_were_written() {
        let tables = small_tables();
        let bytes = write(&tables).expect("well-made tables are written");
        assert_eq!(read(&bytes), Ok(tables));
    }

    #[test]
    fn empty_tables_come_back_empty() {
        let bytes = write(&Tables::default()).expect("empty tables are written");
        assert_eq!(read(&bytes), Ok(Tables::default()));
    }

    #[test]
    fn a_flipped_byte_or_a_missing_end_is_found_out() {
        let bytes = write(&small_tables()).expect("well-made tables are written");
        for index in MAGIC.len() + 1..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[index] ^= 1;
            assert_eq!(
                read(&flipped),
                Err(ReadTerritoriesError::Damaged),
                "byte {index}"
            );
            assert_eq!(
                read(&bytes[..index]),
                Err(ReadTerritoriesError::Damaged),
                "cut at {index}"
            );
        }
    }

    #[test]
    fn another_file_is_not_taken_for_a_reference() {
        assert_eq!(
            read(b"SQLite format 3\0"),
            Err(ReadTerritoriesError::NotTerritories)
        );
        assert_eq!(read(b""), Err(ReadTerritoriesError::NotTerritories));
    }

    #[test]
    fn a_later_format_is_refused_by_its_number() {
        let mut bytes = write(&small_tables()).expect("well-made tables are written");
        bytes[MAGIC.len()] = FORMAT + 1;
        assert_eq!(
            read(&bytes),
            Err(ReadTerritoriesError::NewerFormat {
                found: FORMAT + 1,
                newest_known: FORMAT
            })
        );
    }

    #[test]
    fn tables_that_contradict_themselves_are_not_written() {
        let mut tables = small_tables();
        tables.rows[4].department = Some(0);
        assert!(matches!(
            write(&tables),
            Err(WriteTerritoriesError::Inconsistent(
                TablesFault::WrongReference
            ))
        ));
    }
}
