//! The statement out of what it is wrapped in: nothing, a DSSE envelope, a Sigstore bundle.

use super::{Container, cut, shown};
use crate::promotion::strict_json;
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::Value;

/// How long a statement may be, in bytes: what `actions/attest` takes as a predicate.
const LONGEST_STATEMENT: usize = 16 * 1024 * 1024;
/// The type of the payload of an envelope that holds a statement.
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// How the type of a Sigstore bundle begins.
const BUNDLE_TYPE: &str = "application/vnd.dev.sigstore.bundle";

/// The statement out of what it is wrapped in.
pub(super) fn unpack(bytes: &[u8]) -> Result<(Value, Container), String> {
    if bytes.len() > LONGEST_STATEMENT {
        return Err(format!(
            "the statement is longer than {LONGEST_STATEMENT} bytes"
        ));
    }
    let outer = strict_json::read(bytes).map_err(|error| {
        let error = cut(&error);
        format!("the statement is no JSON document that is read in one way only: {error}")
    })?;
    let media_type = outer.get("mediaType").and_then(Value::as_str);
    if media_type.is_some_and(|media_type| media_type.starts_with(BUNDLE_TYPE)) {
        let envelope = outer.get("dsseEnvelope").ok_or(
            "the Sigstore bundle has no `dsseEnvelope`, so it is about bytes and not a statement",
        )?;
        return Ok((payload(envelope)?, Container::Bundle));
    }
    match outer.get("payloadType") {
        Some(_) => Ok((payload(&outer)?, Container::Envelope)),
        None => Ok((outer, Container::Statement)),
    }
}

fn payload(envelope: &Value) -> Result<Value, String> {
    let payload_type = envelope.get("payloadType").and_then(Value::as_str);
    if payload_type != Some(PAYLOAD_TYPE) {
        return Err(format!(
            "the envelope's `payloadType` is {}, expected {PAYLOAD_TYPE}",
            shown(envelope.get("payloadType"))
        ));
    }
    let signatures = envelope.get("signatures").and_then(Value::as_array);
    if signatures.is_none_or(Vec::is_empty) {
        return Err("the envelope has no signature".to_owned());
    }
    let text = envelope.get("payload").and_then(Value::as_str);
    let text = text.ok_or("the envelope has no `payload`")?;
    // Both alphabets are allowed, with and without padding.
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = [&alphabet::STANDARD, &alphabet::URL_SAFE]
        .into_iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok());
    let bytes = bytes.ok_or("the envelope's `payload` is no base64")?;
    strict_json::read(&bytes).map_err(|error| format!("the envelope's payload: {}", cut(&error)))
}
