//! XML as a stream of elements and text, for reports that may be hostile.
//!
//! Depth and number of attributes are bounded; document types with declarations of their own are
//! refused, which leaves no entities to expand and nothing to fetch; what is not closed at the end
//! is an error. No element is kept in memory after it was read.

use super::{Format, FormatError, Place};
use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesDecl, BytesStart, Event},
};
use std::borrow::Cow;

/// The deepest nesting of elements. Reports of real tools stay under 20.
const MAX_DEPTH: usize = 100;

/// The most attributes of an element. Reports of real tools stay under 20.
const MAX_ATTRIBUTES: usize = 100;

/// One step through a document.
pub(super) enum Node<'a> {
    /// An element begins. Empty elements begin and end, too.
    Open(Element<'a>),
    /// A piece of text; adjacent pieces belong together.
    Text(Cow<'a, str>),
    /// The element of this name ends.
    Close(String),
}

/// A document that is being read.
pub(super) struct XmlReader<'a> {
    format: Format,
    text: &'a str,
    reader: Reader<&'a [u8]>,
    path: Vec<String>,
    has_root: bool,
    /// Where the last step began.
    offset: usize,
}

impl<'a> XmlReader<'a> {
    pub(super) fn new(format: Format, text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self {
            format,
            text,
            reader,
            path: Vec::new(),
            has_root: false,
            offset: 0,
        }
    }

    /// The next step; `None` at the end of a complete document.
    pub(super) fn read(&mut self) -> Result<Option<Node<'a>>, FormatError> {
        loop {
            self.offset = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
            let event = self.reader.read_event().map_err(|error| {
                self.offset = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
                self.unexpected("well-formed XML", error.to_string())
            })?;
            match event {
                Event::Start(start) => return self.open(start).map(|open| Some(Node::Open(open))),
                Event::End(_) => return Ok(self.path.pop().map(Node::Close)),
                Event::Text(text) => {
                    if let Some(text) = self.text(text.into_inner())? {
                        return Ok(Some(text));
                    }
                }
                Event::CData(data) => {
                    if let Some(text) = self.text(data.into_inner())? {
                        return Ok(Some(text));
                    }
                }
                Event::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref().ok().flatten();
                    let replacement = character
                        .map(|character| Cow::Owned(character.to_string()))
                        .or_else(|| resolve_predefined_entity(&reference).map(Cow::Borrowed));
                    let Some(replacement) = replacement else {
                        return Err(self.unexpected(
                            "one of the entities that XML predefines",
                            format!("&{};", &*reference),
                        ));
                    };
                    if let Some(text) = self.text(replacement)? {
                        return Ok(Some(text));
                    }
                }
                Event::DocType(doctype) => {
                    if doctype.contains('[') {
                        return Err(self.unexpected(
                            "no document type with declarations of its own",
                            format!("<!DOCTYPE{}", &*doctype),
                        ));
                    }
                }
                Event::Decl(declaration) => self.check_encoding(&declaration)?,
                Event::Eof => return self.end().map(|()| None),
                Event::Empty(_) | Event::Comment(_) | Event::PI(_) => {}
            }
        }
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.path.len()
    }

    /// The name of the innermost open element; empty outside of the root.
    pub(super) fn innermost(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// An error at the step that was read last.
    pub(super) fn unexpected(
        &self,
        expected: impl Into<String>,
        found: impl AsRef<str>,
    ) -> FormatError {
        FormatError::unexpected(self.format, self.place(), expected, found)
    }

    /// Where the step that was read last began.
    pub(super) fn place(&self) -> Place {
        Place::of_offset(self.text, self.offset)
    }

    fn open(&mut self, start: BytesStart<'a>) -> Result<Element<'a>, FormatError> {
        if self.path.is_empty() && self.has_root {
            return Err(self.unexpected("the end of the report", "a second root element"));
        }
        self.has_root = true;
        if self.path.len() >= MAX_DEPTH {
            return Err(self.unexpected(
                format!("at most {MAX_DEPTH} elements inside each other"),
                "more",
            ));
        }
        for (index, attribute) in start.attributes().enumerate() {
            if index >= MAX_ATTRIBUTES {
                return Err(self.unexpected(
                    format!("at most {MAX_ATTRIBUTES} attributes of an element"),
                    "more",
                ));
            }
            if let Err(error) = attribute {
                return Err(self.unexpected("well-formed attributes", error.to_string()));
            }
        }
        let name = start.local_name().as_ref().to_owned();
        self.path.push(name.clone());
        Ok(Element { name, start })
    }

    fn text(&self, text: Cow<'a, str>) -> Result<Option<Node<'a>>, FormatError> {
        if !self.path.is_empty() {
            return Ok(Some(Node::Text(text)));
        }
        if text.trim().is_empty() {
            return Ok(None);
        }
        Err(self.unexpected("XML", text))
    }

    /// The text is UTF-8 by now. A declaration of another encoding is only wrong about characters
    /// beyond ASCII.
    fn check_encoding(&self, declaration: &BytesDecl<'_>) -> Result<(), FormatError> {
        let Some(Ok(encoding)) = declaration.encoding() else {
            return Ok(());
        };
        let is_unicode = ["utf-8", "utf8", "utf-16", "us-ascii"]
            .iter()
            .any(|known| encoding.eq_ignore_ascii_case(known));
        if is_unicode || self.text.is_ascii() {
            return Ok(());
        }
        Err(self.unexpected("the encoding UTF-8", encoding))
    }

    fn end(&self) -> Result<(), FormatError> {
        if let Some(name) = self.path.last() {
            let expected = format!("</{name}>");
            return Err(self.unexpected(expected, "the end of a truncated report"));
        }
        if !self.has_root {
            return Err(FormatError::Empty {
                format: self.format,
                expected: "an XML document".to_owned(),
            });
        }
        Ok(())
    }
}

/// An element's name and attributes.
pub(super) struct Element<'a> {
    name: String,
    start: BytesStart<'a>,
}

impl Element<'_> {
    /// The name without a namespace's prefix.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// An attribute's value, unescaped; `None` when it is missing or blank.
    pub(super) fn attribute(
        &self,
        xml: &XmlReader<'_>,
        name: &str,
    ) -> Result<Option<String>, FormatError> {
        let unreadable = |error: String| {
            let expected = format!("a readable attribute `{name}` of <{}>", self.name);
            xml.unexpected(expected, error)
        };
        let attribute = self
            .start
            .try_get_attribute(name)
            .map_err(|error| unreadable(error.to_string()))?;
        let Some(attribute) = attribute else {
            return Ok(None);
        };
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| unreadable(error.to_string()))?;
        Ok(Some(value.into_owned()).filter(|value| !value.trim().is_empty()))
    }

    /// A whole number, `None` when the attribute is missing or blank.
    pub(super) fn number(
        &self,
        xml: &XmlReader<'_>,
        name: &str,
    ) -> Result<Option<u64>, FormatError> {
        let Some(value) = self.attribute(xml, name)? else {
            return Ok(None);
        };
        value.trim().parse().map(Some).map_err(|_| {
            let expected = format!("a whole number in `{name}` of <{}>", self.name);
            xml.unexpected(expected, value)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that a document says, in one line.
    fn walk(text: &str) -> Result<String, FormatError> {
        let mut xml = XmlReader::new(Format::Junit, text);
        let mut said = String::new();
        while let Some(node) = xml.read()? {
            match node {
                Node::Open(element) => {
                    let value = element.attribute(&xml, "a")?.unwrap_or_default();
                    said.push_str(&format!("<{} {value}>", element.name()));
                }
                Node::Text(text) => said.push_str(&text),
                Node::Close(name) => said.push_str(&format!("</{name}>")),
            }
        }
        Ok(said)
    }

    #[test]
    fn elements_text_and_predefined_entities_are_read() {
        let said = walk(
            "<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE r SYSTEM 'http://x/y.dtd'><!-- c --><n:r a='1&amp;2&#10;3'>&lt;&#x41;<![CDATA[<&>]]><e/></n:r>\n",
        );
        assert_eq!(said.unwrap(), "<r 1&2\n3><A<&><e ></e></r>");
    }

    #[test]
    fn hostile_documents_are_refused() {
        let many = (0..101).map(|n| format!(" a{n}='1'")).collect::<String>();
        for (text, expected) in [
            (
                "<!DOCTYPE r [<!ENTITY a 'aaa'><!ENTITY b '&a;&a;&a;'>]><r>&b;</r>",
                "no document type with declarations",
            ),
            (
                "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r>&x;</r>",
                "no document type with declarations",
            ),
            ("<r>&x;</r>", "one of the entities"),
            ("<r>&#xD800;</r>", "one of the entities"),
            ("<r a='&x;'/>", "a readable attribute `a` of <r>"),
            (&"<r>".repeat(100_000), "at most 100 elements"),
            (&format!("<r{many}/>"), "at most 100 attributes"),
            ("<r a='1' a='2'/>", "well-formed attributes"),
            ("<r><e></r>", "well-formed XML"),
            (
                "<r><e>",
                "expected </e>, found the end of a truncated report",
            ),
            ("<r><e", "well-formed XML"),
            ("<r/><r/>", "a second root"),
            ("<r/>rest", "expected XML"),
            ("{}", "expected XML"),
            ("", "is empty"),
            ("  \n", "is empty"),
            (
                "<?xml version='1.0' encoding='ISO-8859-1'?><r>ü</r>",
                "the encoding UTF-8",
            ),
        ] {
            let error = walk(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn errors_name_the_place() {
        let error = walk("<r>\n  <e>\n    <f></g>\n").unwrap_err();
        insta::assert_snapshot!(error, @"the JUnit XML report cannot be read, line 3 column 8: expected well-formed XML, found ill-formed document: expected `</f>`, but `</g>` was found");
    }
}
