//! Where the log goes, and how an event becomes a line.

use super::{LogFormat, format::Attribute};
use std::{
    fmt::{self, Write as _},
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
};
use tracing_subscriber::{
    Layer,
    fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter, format::Writer},
    layer::SubscriberExt,
    registry::LookupSpan,
};

/// What is logged, how, and where to.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// The least important level that is logged.
    pub level: Level,
    /// How a line looks.
    pub format: LogFormat,
    /// The file that lines are appended to; its folder must exist.
    pub file: Option<PathBuf>,
    /// Writes a line for people to see at once; `None` where nobody is to.
    pub console: Option<fn(&str)>,
}

/// Hands each line to a function.
struct Console(fn(&str));

impl io::Write for Console {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        (self.0)(String::from_utf8_lossy(line).trim_end());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Why the log is not as it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TelemetryError {
    /// The file cannot be opened. The console's log is set up all the same.
    #[error("opening the log file {}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The process has a log already, which stays.
    #[error("setting up the log: the process already has one")]
    AlreadySet,
}

/// Sets up the log of the process, once, at its start. Every line is written as a whole at once, so
/// nothing needs to be flushed at the end.
///
/// # Errors
/// When the file cannot be opened, in which case the console's log is set up without it, or when
/// the process has a log already. The caller goes on either way.
pub fn init(settings: &LogSettings) -> Result<(), TelemetryError> {
    let (file, problem) = match settings.file.as_deref().map(open).transpose() {
        Ok(file) => (file.map(Arc::new), None),
        Err(error) => (None, Some(error)),
    };
    if file.is_some() || settings.console.is_some() {
        let console = settings.console.map(|print| move || Console(print));
        let log = tracing_subscriber::registry()
            .with(file.map(|file| layer(settings, file)))
            .with(console.map(|console| layer(settings, console)));
        tracing::subscriber::set_global_default(log).map_err(|_| TelemetryError::AlreadySet)?;
    }
    problem.map_or(Ok(()), Err)
}

fn open(path: &Path) -> Result<File, TelemetryError> {
    let open = || match fs::metadata(path) {
        // Opening a pipe would wait for somebody to read from it.
        Ok(metadata) if !metadata.is_file() => Err(io::Error::other("it is no regular file")),
        _ => File::options().create(true).append(true).open(path),
    };
    open().map_err(|source| TelemetryError::File {
        path: path.to_owned(),
        source,
    })
}

fn layer<S, W>(settings: &LogSettings, writer: W) -> impl Layer<S> + use<S, W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    tracing_subscriber::fmt::layer()
        .event_format(settings.format.clone())
        .with_writer(writer)
        .with_filter(LevelFilter::from_level(settings.level))
}

impl<S, N> FormatEvent<S, N> for LogFormat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        let line = self.line(|attribute| match attribute {
            Attribute::Time => jiff::Zoned::now()
                .strftime("%Y-%m-%d %H:%M:%S,%3f")
                .to_string(),
            Attribute::Name => metadata.target().replace("::", "."),
            Attribute::LevelName => level_name(*metadata.level()).to_owned(),
            Attribute::Message => {
                let mut text = EventText::default();
                event.record(&mut text);
                format!("{}{}", text.message, text.fields)
            }
        });
        writeln!(writer, "{}", OneLine(&line))
    }
}

const fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "ERROR",
        Level::WARN => "WARNING",
        Level::INFO => "INFO",
        _ => "DEBUG",
    }
}

/// The message of an event, and its other fields.
#[derive(Default)]
struct EventText {
    message: String,
    fields: String,
}

impl Visit for EventText {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a `String` cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

/// A text in which nothing can begin a line, steer a terminal or reorder its neighbours unseen
/// (<https://trojansource.codes>): such characters are shown as escapes.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            let is_deceptive = matches!(
                character,
                '\u{61c}'
                    | '\u{200e}'..='\u{200f}'
                    | '\u{2028}'..='\u{202e}'
                    | '\u{2066}'..='\u{2069}'
            );
            if character.is_control() || is_deceptive {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PYTHON: &str = "%(asctime)s - %(name)s - %(levelname)s - %(message)s";

    /// What `log` writes to a file in `format` at `level`.
    fn written(format: &str, level: Level, log: impl FnOnce()) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("workflow.log");
        let settings = LogSettings {
            level,
            format: LogFormat::parse(format).unwrap(),
            file: Some(path.clone()),
            console: None,
        };
        let file = Arc::new(open(&path).unwrap());
        let subscriber = tracing_subscriber::registry().with(layer(&settings, file));
        tracing::subscriber::with_default(subscriber, log);
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn lines_look_like_pythons() {
        let text = written(PYTHON, Level::INFO, || {
            tracing::info!("workflow begins");
            tracing::debug!("not at this level");
            tracing::warn!(tool = "ruff", attempt = 2, "again");
            tracing::error!(target: "other", "broken");
        });
        let mut filters = insta::Settings::new();
        filters.add_filter(r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ", "[asctime] ");
        filters.bind(|| {
            insta::assert_snapshot!(text, @r#"
        [asctime] - spec2prod.telemetry.log.tests - INFO - workflow begins
        [asctime] - spec2prod.telemetry.log.tests - WARNING - again tool="ruff" attempt=2
        [asctime] - other - ERROR - broken
        "#)
        });
    }

    #[test]
    fn events_cannot_forge_lines_or_steer_a_terminal() {
        let text = written("%(levelname)s %(message)s", Level::DEBUG, || {
            tracing::info!(name = %"x\ny", "a\r\nERROR forged \u{1b}]0;title\u{7} \u{9b}31m \u{202e} é");
        });
        assert_eq!(
            text,
            "INFO a\\r\\nERROR forged \\u{1b}]0;title\\u{7} \\u{9b}31m \\u{202e} é name=x\\ny\n"
        );
    }

    #[test]
    fn widths_and_percent_signs_are_pythons() {
        let text = written(
            "100%%|%(levelname)-8s|%(levelname)8s|%(message)3s|%%(name)s",
            Level::INFO,
            || tracing::info!("long enough"),
        );
        assert_eq!(text, "100%|INFO    |    INFO|long enough|%(name)s\n");
        assert_eq!(written("", Level::INFO, || tracing::info!("x")), "\n");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing/workflow.log");
        for path in [missing.as_path(), folder.path()] {
            let settings = LogSettings {
                level: Level::INFO,
                format: LogFormat::parse(PYTHON).unwrap(),
                file: Some(path.to_owned()),
                console: None,
            };
            let error = init(&settings).unwrap_err();
            assert!(matches!(error, TelemetryError::File { .. }), "{error}");
            assert!(error.to_string().contains(&path.display().to_string()));
        }
        assert!(!missing.exists());
    }

    #[test]
    fn the_file_is_appended_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("workflow.log");
        for text in ["first\n", "second\n"] {
            io::Write::write_all(&mut open(&path).unwrap(), text.as_bytes()).unwrap();
        }
        assert_eq!(fs::read_to_string(path).unwrap(), "first\nsecond\n");
    }
}
