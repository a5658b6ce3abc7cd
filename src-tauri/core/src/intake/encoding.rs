//! Bytes of a file to its text: encoding found or asked for; what is no text is refused.
//!
//! Knows nothing of columns.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::error::ReadError;

/// Other kinds of file, by their first bytes.
const MAGICS: [(&[u8], &str); 8] = [
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"\x1f\x8b", "gz"),
    (b"SQLite format 3\0", "sqlite"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"BEGIN:VCARD", "vcf"),
    (b"BEGIN:VCALENDAR", "ics"),
];
/// How far into an archive its kind is told.
const ARCHIVE_HEAD_BYTES: usize = 4096;

/// The text of a file, and the name of the encoding that it is in.
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    asked: Option<&str>,
) -> Result<(Cow<'a, str>, &'static str), ReadError> {
    refuse_other_formats(bytes)?;
    let (encoding, bom_bytes) = match (asked, Encoding::for_bom(bytes)) {
        (Some(name), bom) => {
            let encoding = Encoding::for_label(name.trim().as_bytes()).ok_or_else(|| {
                ReadError::UnknownEncoding {
                    name: name.to_owned(),
                }
            })?;
            let same = bom.filter(|(found, _)| *found == encoding);
            (encoding, same.map_or(0, |(_, length)| length))
        }
        (None, Some(found)) => found,
        (None, None) => (detected(bytes), 0),
    };
    let is_wide = encoding == UTF_16LE || encoding == UTF_16BE;
    if let (Some(at), false) = (bytes.iter().position(|byte| *byte == 0), is_wide) {
        return Err(ReadError::Binary {
            line: line_at(bytes, at),
        });
    }
    let (text, had_errors) = encoding.decode_without_bom_handling(&bytes[bom_bytes..]);
    if had_errors && (asked.is_some() || is_wide) {
        let line = text
            .find('\u{fffd}')
            .map_or(1, |at| line_at(text.as_bytes(), at));
        return Err(ReadError::WrongEncoding {
            encoding: encoding.name().to_owned(),
            line,
        });
    }
    if text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    Ok((text, encoding.name()))
}

fn line_at(bytes: &[u8], at: usize) -> u64 {
    let before = bytes[..at].split(|byte| *byte == b'\n');
    before.count() as u64
}

/// UTF-8 when the bytes are, else the likeliest encoding of a French list.
fn detected(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(Some(b"fr"), Utf8Detection::Deny)
}

fn refuse_other_formats(bytes: &[u8]) -> Result<(), ReadError> {
    let unread = |format| Err(ReadError::UnreadFormat { format });
    if bytes.starts_with(b"PK\x03\x04") {
        let head = &bytes[..bytes.len().min(ARCHIVE_HEAD_BYTES)];
        let names = |part: &[u8]| head.windows(part.len()).any(|window| window == part);
        return if names(b"opendocument.spreadsheet") {
            unread("ods")
        } else if names(b"[Content_Types].xml") || names(b"xl/") || names(b"_rels/") {
            unread("xlsx")
        } else {
            unread("zip")
        };
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match MAGICS.iter().find(|(magic, _)| text.starts_with(magic)) {
        Some((_, format)) => unread(format),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_1252_is_told_from_utf_8_by_its_bytes() {
        let (text, encoding) =
            decode(b"nom;ville\r\nL\x92\x9cuvre \x85;Gu\xe9ret\r\n", None).unwrap();
        assert_eq!(encoding, "windows-1252");
        assert!(text.contains("L’œuvre …;Guéret"));
        let (text, encoding) = decode("\u{feff}nom;é".as_bytes(), None).unwrap();
        assert_eq!((text.as_ref(), encoding), ("nom;é", "UTF-8"));
    }

    #[test]
    fn a_spreadsheet_s_unicode_text_is_read() {
        let wide: Vec<u8> = "\u{feff}nom\té"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let (text, encoding) = decode(&wide, None).unwrap();
        assert_eq!((text.as_ref(), encoding), ("nom\té", "UTF-16LE"));
    }

    #[test]
    fn an_asked_encoding_is_taken_at_its_word_or_refused() {
        assert_eq!(decode(b"\xe9", Some("latin1")).unwrap().0, "é");
        assert!(matches!(
            decode(b"a\n\xe9", Some("utf-8")),
            Err(ReadError::WrongEncoding { line: 2, .. })
        ));
        assert!(matches!(
            decode(b"a", Some("latin-nul")),
            Err(ReadError::UnknownEncoding { .. })
        ));
    }

    #[test]
    fn what_is_no_text_is_named() {
        let format = |bytes: &[u8]| match decode(bytes, None) {
            Err(ReadError::UnreadFormat { format }) => format,
            other => panic!("{other:?}"),
        };
        assert_eq!(format(b"PK\x03\x04....[Content_Types].xml"), "xlsx");
        assert_eq!(
            format(b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
            "ods"
        );
        assert_eq!(format(b"BEGIN:VCARD\r\nVERSION:3.0"), "vcf");
        assert_eq!(format(b"\xd0\xcf\x11\xe0\xa1\xb1"), "xls");
        assert!(matches!(
            decode(b"a;b\n1;\0\n", None),
            Err(ReadError::Binary { line: 2 })
        ));
        assert!(matches!(decode(b"", None), Err(ReadError::Empty)));
        assert!(matches!(
            decode(b"\xef\xbb\xbf \r\n", None),
            Err(ReadError::Empty)
        ));
    }
}
