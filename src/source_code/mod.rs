//! source_code
