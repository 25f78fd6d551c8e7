//! From artifact locations to paths.

use super::document::{ArtifactLocation, Run};

/// The longest chain of bases; a longer one is a circle.
const MAX_BASES: usize = 8;

/// The longest URI in bytes; a longer one is no path.
const MAX_URI: usize = 8_192;

/// The path of an artifact: by URI, else by index (§3.4.5), under its base where that one is known
/// (§3.14.14).
pub(super) fn path_of(run: &Run<'_>, location: &ArtifactLocation<'_>) -> Option<String> {
    let by_index = || {
        let index = usize::try_from(location.index?).ok()?;
        run.artifacts.as_ref()?.get(index)?.location.as_ref()
    };
    let mut location = match &location.uri {
        Some(_) => location,
        None => by_index()?,
    };
    let is_path = |uri: &&str| uri.len() <= MAX_URI;
    let mut path = decode(location.uri.as_deref().filter(is_path)?);
    for _ in 0..MAX_BASES {
        if is_absolute(&path) {
            break;
        }
        let bases = run.original_uri_base_ids.as_ref();
        let id = location.uri_base_id.as_deref();
        let Some(base) = bases.zip(id).and_then(|(bases, id)| bases.get(id)) else {
            break;
        };
        if let Some(uri) = base.uri.as_deref().filter(is_path) {
            path = format!("{}/{path}", decode(uri).trim_end_matches('/'));
        }
        location = base;
    }
    Some(path)
}

/// A URI as a path: without `file://` and with percent-encoded bytes decoded. Other schemes stay.
fn decode(uri: &str) -> String {
    let is_file = uri
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"));
    if !is_file {
        return percent_decode(uri);
    }
    let rest = &uri[5..];
    let path = match rest.strip_prefix("//") {
        // After the slashes stands a host, which is empty or `localhost` for this machine.
        Some(rest) => rest
            .strip_prefix("localhost")
            .filter(|rest| rest.starts_with('/'))
            .unwrap_or(rest),
        None => rest,
    };
    let path = percent_decode(path);
    // `file:///C:/work` is the path `C:/work`.
    match path.strip_prefix('/') {
        Some(rest) if rest.as_bytes().get(1) == Some(&b':') => rest.to_owned(),
        _ => path,
    }
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.contains("://") || path.as_bytes().get(1) == Some(&b':')
}

/// Decodes `%20` and the like; what decodes to something else than UTF-8 stays as it is.
fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let hex = |index: usize| char::from(*bytes.get(index)?).to_digit(16);
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        match (bytes[index], hex(index + 1), hex(index + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                index += 3;
            }
            (byte, _, _) => {
                decoded.push(byte);
                index += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn uris_become_paths() {
        for (uri, path) in [
            ("src/a%20b.py", "src/a b.py"),
            ("file:///work/%C3%BC.py", "/work/ü.py"),
            ("file://localhost/work/a.py", "/work/a.py"),
            ("FILE:/work/a.py", "/work/a.py"),
            ("file:///C:/work/a.py", "C:/work/a.py"),
            ("a%2", "a%2"),
            ("a%zz", "a%zz"),
            ("a%FF", "a%FF"),
            ("100%", "100%"),
            ("https://x/y", "https://x/y"),
            ("", ""),
            ("é", "é"),
        ] {
            assert_eq!(decode(uri), path);
        }
    }
}
