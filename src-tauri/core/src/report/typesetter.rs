//! The embedded typesetter: bundled fonts, one fixed template, and nothing else.
//!
//! Owns the only world that Typst sees: no file system, no network, no clock, no packages.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, Source, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};
use typst_layout::PagedDocument;

use super::render_error::Refusal;

const TEMPLATE: &str = include_str!("../../resources/report/report.typ");

/// The name under which the template reads its values.
const VALUES: &str = "report.json";

const FONT_FILES: [&[u8]; 6] = [
    include_bytes!("../../resources/fonts/CarnetSans-Regular.otf"),
    include_bytes!("../../resources/fonts/CarnetSans-SemiBold.otf"),
    include_bytes!("../../resources/fonts/CarnetSans-Italic.otf"),
    include_bytes!("../../resources/fonts/CarnetSerif-SemiBold.otf"),
    include_bytes!("../../resources/fonts/CarnetSerif-Italic.otf"),
    include_bytes!("../../resources/fonts/CarnetCode-Medium.otf"),
];

/// Renders after which a memoized result that nobody used again is dropped.
const KEPT_RENDERS: usize = 3;

/// What the typesetter said, in one line.
pub(super) fn refusal(diagnostics: &[SourceDiagnostic]) -> Refusal {
    let messages: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.message.as_str())
        .collect();
    Refusal::of(messages.join("; "))
}

/// Lays out the values of a sheet.
pub(super) fn lay_out(values: Vec<u8>) -> Result<PagedDocument, Refusal> {
    let world = SheetWorld {
        press: &PRESS,
        values: Bytes::new(values),
    };
    let pages = typst::compile::<PagedDocument>(&world).output;
    typst::comemo::evict(KEPT_RENDERS);
    pages.map_err(|diagnostics| refusal(&diagnostics))
}

/// Whether a bundled font draws a character.
pub(super) fn draws(character: char) -> bool {
    PRESS
        .fonts
        .iter()
        .any(|font| font.info().coverage.contains(u32::from(character)))
}

/// Forgets every memoized layout, and the words in them.
pub(super) fn forget() {
    typst::comemo::evict(0);
}

/// What every render shares.
struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
}

static PRESS: LazyLock<Press> = LazyLock::new(|| {
    let fonts: Vec<Font> = FONT_FILES
        .into_iter()
        .flat_map(|file| Font::iter(Bytes::new(file)))
        .collect();
    Press {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        template: Source::detached(TEMPLATE),
    }
});

fn is_values(id: FileId) -> bool {
    let path = id.get();
    *path.root() == VirtualRoot::Project && path.vpath().get_without_slash() == VALUES
}

/// The world of one render: the press and one set of values.
struct SheetWorld<'a> {
    press: &'a Press,
    values: Bytes,
}

impl World for SheetWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.press.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.press.template.id() {
            Ok(self.press.template.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if is_values(id) {
            Ok(self.values.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use typst::syntax::{RootedPath, VirtualPath};

    use super::*;

    #[test]
    fn every_bundled_font_is_read_and_draws_what_french_and_its_neighbours_write() {
        assert_eq!(PRESS.fonts.len(), FONT_FILES.len());
        for character in "œŒæçÉÀ«»’…€–—☐☑→ᵉłőșžđþΔθЖџ\u{202f}\u{a0}".chars()
        {
            assert!(draws(character), "{character:?}");
        }
        assert!(!draws('漢'));
    }

    #[test]
    fn the_template_reaches_nothing_but_its_values() {
        let world = SheetWorld {
            press: &PRESS,
            values: Bytes::new(b"{}".to_vec()),
        };
        let stranger = RootedPath::new(
            VirtualRoot::Project,
            VirtualPath::new("etc/passwd").unwrap(),
        )
        .intern();
        assert!(matches!(world.file(stranger), Err(FileError::AccessDenied)));
        assert!(matches!(
            world.source(stranger),
            Err(FileError::AccessDenied)
        ));
        assert!(world.today(None).is_none());
    }
}
