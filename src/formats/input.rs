//! From a file to text: the size is known before anything is read, the encoding before anything
//! is parsed.

use super::{Format, FormatError, Place};
use std::{borrow::Cow, fs::File, io::Read, path::Path};

/// The largest report that is read: 64 MiB, which is about a million test cases.
pub const MAX_REPORT_BYTES: u64 = 64 * 1024 * 1024;

/// Reads a report's bytes.
///
/// # Errors
///
/// When the file cannot be read, is not a regular file, or is larger than [`MAX_REPORT_BYTES`].
pub fn read_file(path: &Path) -> Result<Vec<u8>, FormatError> {
    let unreadable = |source| FormatError::Unreadable {
        path: path.to_owned(),
        source,
    };
    // Opening a named pipe would wait for a writer, so that the kind is asked first.
    let metadata = path.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(unreadable(std::io::Error::other("not a regular file")));
    }
    let too_large = |size| FormatError::TooLarge {
        path: Some(path.to_owned()),
        size,
    };
    if metadata.len() > MAX_REPORT_BYTES {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    File::open(path)
        .and_then(|file| file.take(MAX_REPORT_BYTES + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    // The file may have grown since its size was asked.
    if bytes.len() as u64 > MAX_REPORT_BYTES {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(bytes)
}

/// The report as text: UTF-8 with or without a byte order mark, or UTF-16 with one (which is what
/// a redirection in Windows PowerShell writes).
pub(super) fn decode(format: Format, bytes: &[u8]) -> Result<Cow<'_, str>, FormatError> {
    if bytes.len() as u64 > MAX_REPORT_BYTES {
        return Err(FormatError::TooLarge {
            path: None,
            size: bytes.len() as u64,
        });
    }
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(format, rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(format, rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(format, rest),
        _ => utf8(format, bytes),
    }
}

fn utf8(format: Format, bytes: &[u8]) -> Result<Cow<'_, str>, FormatError> {
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|error| {
            let offset = error.valid_up_to();
            let before = String::from_utf8_lossy(&bytes[..offset]);
            FormatError::unexpected(
                format,
                Place::of_offset(&before, offset),
                "text in UTF-8, or in UTF-16 with a byte order mark",
                format!("the byte 0x{:02X}", bytes[offset]),
            )
        })
}

fn utf16(
    format: Format,
    bytes: &[u8],
    unit: fn([u8; 2]) -> u16,
) -> Result<Cow<'static, str>, FormatError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Option<String> = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<_, _>>()
        .ok();
    match (text, rest) {
        (Some(text), []) => Ok(Cow::Owned(text)),
        _ => Err(FormatError::unexpected(
            format,
            Place::Path("the whole report".to_owned()),
            "UTF-16, as its byte order mark says",
            "something that is not UTF-16",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_and_byte_order_marks_are_decoded() {
        let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}"
                .encode_utf16()
                .chain(text.encode_utf16())
                .flat_map(bytes)
                .collect()
        };
        for bytes in [
            utf16("[\"ü😀\"]", u16::to_le_bytes),
            utf16("[\"ü😀\"]", u16::to_be_bytes),
            "\u{feff}[\"ü😀\"]".as_bytes().to_vec(),
            "[\"ü😀\"]".as_bytes().to_vec(),
        ] {
            assert_eq!(decode(Format::Sarif, &bytes).unwrap(), "[\"ü😀\"]");
        }
    }

    #[test]
    fn other_encodings_are_refused_with_the_place() {
        let error = decode(Format::Lcov, b"TN:\nSF:stra\xDFe.c\n").unwrap_err();
        insta::assert_snapshot!(error, @"the LCOV report cannot be read, line 2 column 8: expected text in UTF-8, or in UTF-16 with a byte order mark, found the byte 0xDF");
        assert!(decode(Format::Lcov, b"\xFF\xFEa").is_err());
        assert!(decode(Format::Lcov, b"\xFF\xFE\x00\xD8").is_err());
    }

    #[test]
    fn size_is_refused_before_reading() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("junit.xml");
        let file = File::create(&path).unwrap();
        // A sparse file: nothing of this is on the disk or in memory.
        file.set_len(200 * 1024 * 1024).unwrap();
        assert!(matches!(
            read_file(&path),
            Err(FormatError::TooLarge {
                size: 209_715_200,
                ..
            })
        ));
        file.set_len(MAX_REPORT_BYTES + 1).unwrap();
        assert!(matches!(
            read_file(&path),
            Err(FormatError::TooLarge { .. })
        ));
        assert!(matches!(
            read_file(folder.path()),
            Err(FormatError::Unreadable { .. })
        ));
        assert!(matches!(
            read_file(&folder.path().join("missing.xml")),
            Err(FormatError::Unreadable { .. })
        ));
        std::fs::write(&path, "<testsuites/>").unwrap();
        assert_eq!(read_file(&path).unwrap(), b"<testsuites/>");
    }
}
