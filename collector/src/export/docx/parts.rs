//! The parts of the package around the table: ECMA-376, transitional.

use super::{
    Page,
    table::{TEXT_WIDTH, escape, paragraph, text_size},
};

/// Twentieths of a point: A4 landscape.
pub const PAGE_WIDTH: u32 = 16_838;
const PAGE_HEIGHT: u32 = 11_906;
pub const MARGIN: u32 = 576;
const FOOTER_MARGIN: u32 = 340;

pub const DOCUMENT: &str = "word/document.xml";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
const R: &str = "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// What stands in the package before the document itself.
pub fn fixed(page: &Page) -> [(&'static str, String); 6] {
    [
        ("[Content_Types].xml", content_types()),
        ("_rels/.rels", package_relations()),
        ("docProps/core.xml", properties(page.title)),
        ("word/_rels/document.xml.rels", document_relations()),
        ("word/styles.xml", styles(text_size(page.widths))),
        ("word/footer1.xml", footer(page.footer)),
    ]
}

fn content_types() -> String {
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    format!(
        "{DECLARATION}<Types xmlns=\"{PACKAGE}/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/{DOCUMENT}\" ContentType=\"{word}.document.main+xml\"/>\
         <Override PartName=\"/word/styles.xml\" ContentType=\"{word}.styles+xml\"/>\
         <Override PartName=\"/word/footer1.xml\" ContentType=\"{word}.footer+xml\"/>\
         <Override PartName=\"/docProps/core.xml\" \
         ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>"
    )
}

fn package_relations() -> String {
    format!(
        "{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">\
         <Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"{DOCUMENT}\"/>\
         <Relationship Id=\"rId2\" Type=\"{PACKAGE}/relationships/metadata/core-properties\" \
         Target=\"docProps/core.xml\"/></Relationships>"
    )
}

fn document_relations() -> String {
    format!(
        "{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">\
         <Relationship Id=\"rId1\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"{OFFICE}/footer\" Target=\"footer1.xml\"/></Relationships>"
    )
}

fn properties(title: &str) -> String {
    format!(
        "{DECLARATION}<cp:coreProperties xmlns:cp=\"{PACKAGE}/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title>\
         <dc:language>vi-VN</dc:language></cp:coreProperties>",
        escape(title)
    )
}

/// `size`: half points of the table's text.
fn styles(size: u32) -> String {
    let font = "w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"Times New Roman\" \
                w:cs=\"Times New Roman\"";
    let paragraph = |id: &str, name: &str, paragraph: &str, run: &str| {
        format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/>\
             <w:basedOn w:val=\"Normal\"/><w:pPr>{paragraph}<w:jc w:val=\"center\"/></w:pPr>\
             <w:rPr>{run}</w:rPr></w:style>"
        )
    };
    let edges = ["top", "left", "bottom", "right", "insideH", "insideV"]
        .map(|edge| format!("<w:{edge} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"auto\"/>"))
        .concat();
    format!(
        "{DECLARATION}<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {font}/>\
         <w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/><w:lang w:val=\"vi-VN\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault/></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>\
         <w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name w:val=\"Normal Table\"/>\
         <w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/><w:tblCellMar><w:left w:w=\"50\" w:type=\"dxa\"/>\
         <w:right w:w=\"50\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style>\
         <w:style w:type=\"table\" w:styleId=\"TableGrid\"><w:name w:val=\"Table Grid\"/>\
         <w:basedOn w:val=\"TableNormal\"/><w:tblPr><w:tblBorders>{edges}</w:tblBorders></w:tblPr></w:style>\
         {}{}{}</w:styles>",
        paragraph("Title", "Title", "<w:spacing w:after=\"60\"/>", "<w:b/><w:sz w:val=\"28\"/>"),
        paragraph("Subtitle", "Subtitle", "<w:spacing w:after=\"120\"/>", "<w:i/><w:sz w:val=\"22\"/>"),
        paragraph("TableHeading", "Table Heading", "", "<w:b/>"),
    )
}

fn footer(text: &str) -> String {
    let field =
        |name: &str| format!("<w:fldSimple w:instr=\" {name} \"><w:r><w:t>1</w:t></w:r></w:fldSimple>");
    format!(
        "{DECLARATION}<w:ftr {W}><w:p><w:pPr><w:tabs><w:tab w:val=\"right\" w:pos=\"{TEXT_WIDTH}\"/></w:tabs>\
         </w:pPr><w:r><w:rPr><w:i/></w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r>\
         <w:r><w:tab/><w:t xml:space=\"preserve\">Trang </w:t></w:r>{}<w:r><w:t>/</w:t></w:r>{}</w:p></w:ftr>",
        escape(text),
        field("PAGE"),
        field("NUMPAGES"),
    )
}

pub fn opening(page: &Page) -> String {
    let mut xml = format!("{DECLARATION}<w:document {W} {R}><w:body>");
    paragraph(&mut xml, page.title, "<w:pStyle w:val=\"Title\"/>", "");
    paragraph(&mut xml, page.subtitle, "<w:pStyle w:val=\"Subtitle\"/>", "");
    xml
}

/// Word wants a paragraph after a table; this one takes no room.
pub fn closing() -> String {
    let last = "<w:p><w:pPr><w:spacing w:line=\"20\" w:lineRule=\"exact\"/></w:pPr></w:p>";
    format!(
        "{last}<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId2\"/>\
         <w:pgSz w:w=\"{PAGE_WIDTH}\" w:h=\"{PAGE_HEIGHT}\" w:orient=\"landscape\"/>\
         <w:pgMar w:top=\"{MARGIN}\" w:right=\"{MARGIN}\" w:bottom=\"{}\" w:left=\"{MARGIN}\" \
         w:header=\"{FOOTER_MARGIN}\" w:footer=\"{FOOTER_MARGIN}\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
        MARGIN + FOOTER_MARGIN,
    )
}
