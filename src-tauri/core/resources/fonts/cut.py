"""Cuts the typefaces of the documents from Adobe's OpenType files. README.md says from which."""
import sys
from pathlib import Path
from fontTools import subset
from fontTools.ttLib import TTFont

FEATURES = ["kern", "liga", "locl", "ccmp", "mark", "mkmk", "case", "lnum", "tnum", "pnum", "zero"]
CUTS = [
    ("SourceSans3-Regular.otf", "CarnetSans-Regular.otf", "Carnet Sans", "Regular"),
    ("SourceSans3-Semibold.otf", "CarnetSans-SemiBold.otf", "Carnet Sans", "SemiBold"),
    ("SourceSans3-It.otf", "CarnetSans-Italic.otf", "Carnet Sans", "Italic"),
    ("SourceSerif4-Semibold.otf", "CarnetSerif-SemiBold.otf", "Carnet Serif", "SemiBold"),
    ("SourceSerif4-It.otf", "CarnetSerif-Italic.otf", "Carnet Serif", "Italic"),
    ("SourceCodePro-Medium.otf", "CarnetCode-Medium.otf", "Carnet Code", "Medium"),
]


def rename(font, family, style):
    name = font["name"]
    regular = style in ("Regular", "Italic")
    keep = {0, 5, 7, 8, 9, 11, 13, 14}
    name.names = [n for n in name.names if n.nameID in keep and n.platformID == 3]
    for entry in name.names:
        if entry.nameID == 7:
            entry.string = "Source is a trademark of Adobe. This is a modified version under another name."
    postscript = f"{family.replace(' ', '')}-{style}"
    entries = {
        1: family if regular else f"{family} {style}",
        2: style if regular else "Regular",
        3: f"{postscript};modified",
        4: f"{family} {style}",
        6: postscript,
    }
    if not regular:
        entries |= {16: family, 17: style}
    for name_id, text in entries.items():
        name.setName(text, name_id, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    top = cff.topDictIndex[0]
    top.FamilyName, top.FullName = family, f"{family} {style}"


def cut(source, target, family, style):
    options = subset.Options(
        layout_features=FEATURES, hinting=False, notdef_outline=True, name_IDs=["*"], drop_tables=["DSIG"],
        desubroutinize=False, glyph_names=False,
    )
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=list(font.getBestCmap()))
    cutter.subset(font)
    rename(font, family, style)
    subset.save_font(font, str(target), options)


if __name__ == "__main__":
    upstream, results = Path(sys.argv[1]), Path(sys.argv[2])
    for source, target, family, style in CUTS:
        cut(next(upstream.rglob(source)), results / target, family, style)
