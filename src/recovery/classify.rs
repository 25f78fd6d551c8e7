//! What kind of trouble a tool had that gave no evidence, read from what it printed.
//!
//! Only transient trouble is tried again, so a rule must be sure: it asks for the words of a
//! system, library or service, with word boundaries, and anything else is permanent. A test that
//! fails is evidence and never comes here.

use crate::model::ErrorKind;
use regex::RegexSet;
use std::sync::LazyLock;

/// `SIGKILL`.
const KILLED: i32 = 9;
/// What a shell or a container runtime answers for a child that was ended by `SIGKILL`: 128 + 9.
const CHILD_KILLED: i32 = 137;
/// `EX_TEMPFAIL`, <https://man7.org/linux/man-pages/man3/sysexits.h.3head.html>.
const TEMPORARY_FAILURE: i32 = 75;

/// One rule: the kind, why, and the words.
struct Rule(ErrorKind, &'static str, &'static str);

use ErrorKind::{Network, RateLimit, Resource, Transient};

/// The first rule that matches decides, so what says more comes first: a service that refuses for
/// a rate limit does it over a connection, and a connection breaks when memory runs out.
///
/// Phrases match in any case; names of errors (`ECONNRESET`) only as they are written. Sources of
/// the words: `strerror` (<https://man7.org/linux/man-pages/man3/errno.3.html>), `gai_strerror`
/// (<https://man7.org/linux/man-pages/man3/getaddrinfo.3.html>), and the messages of the package
/// managers and language runtimes themselves.
const RULES: &[Rule] = &[
    Rule(
        RateLimit,
        "a service answered 429 (too many requests)",
        r"(?i)\b429[: ]+(?:client error|too many requests)\b|\btoo many requests\b|\bHTTP(?:/[0-9.]+)?(?: error| status| code)*[: ]+429\b|\bstatus(?: ?code)?(?:: ?|=| )429\b",
    ),
    Rule(
        RateLimit,
        "a service's rate limit was reached",
        r"(?i)\brate[- ]limit(?:s|ing)? (?:was |has been |is )?(?:exceeded|reached|hit)\b|\b(?:exceeded|reached|hit) (?:\w+ ){0,4}rate[- ]limits?\b|\bsecondary rate limit\b|\b(?:been|is|are|was|being) rate[- ]limited\b",
    ),
    Rule(
        Resource,
        "memory ran out",
        r"(?i)\bcannot allocate memory\b|\bout of memory\b|\bmemory allocation of \d+ bytes failed\b|\bstd::bad_alloc\b|(?m:^(?:\w+: )?MemoryError\b)|(?-i:\bENOMEM\b)|\bjava\.lang\.OutOfMemoryError\b",
    ),
    Rule(
        Resource,
        "a process of the tool was killed, as the system does when memory runs out",
        r"(?i)\bsignal: 9, SIGKILL\b|\bterminated with signal 9\b|(?m:^\S+: line \d+: +\d+ Killed\b)|\boom-?kill(?:ed|er)\b",
    ),
    Rule(
        Resource,
        "the disk is full",
        r"(?i)\bno space left on device\b|\bdisk quota exceeded\b|\bthere is not enough space on the disk\b|(?-i:\bENOSPC\b|\bEDQUOT\b)",
    ),
    Rule(
        Resource,
        "file handles ran out",
        r"(?i)\btoo many open files\b|(?-i:\bEMFILE\b|\bENFILE\b)",
    ),
    Rule(
        Resource,
        "processes or threads ran out",
        r"(?i)\bresource temporarily unavailable\b|\bcan't start new thread\b|\bunable to create (?:new )?native thread\b|\bpthread_create failed\b|(?-i:\bEAGAIN\b)",
    ),
    Rule(
        Transient,
        "a file or database was locked by somebody else",
        r"(?i)\bdatabase (?:table )?is locked\b|\bcould not get lock\b|\b(?:could not|failed to|unable to|cannot) acquire (?:\w+ ){0,4}lock\b|\block is held by\b|\bindex\.lock': File exists\b|\bbeing used by another process\b",
    ),
    Rule(
        Transient,
        "a file or device was busy",
        r"(?i)\btext file busy\b|\bdevice or resource busy\b|\bstale (?:NFS )?file handle\b|(?-i:\bETXTBSY\b|\bEBUSY\b|\bESTALE\b)",
    ),
    Rule(
        Transient,
        "a system call was interrupted",
        r"(?i)\binterrupted system call\b|(?-i:\bEINTR\b)",
    ),
    Rule(
        Transient,
        "a service was unavailable for the moment",
        r"(?i)\b50[234][: ]+(?:server error: )?(?:bad gateway|service (?:temporarily )?unavailable|gateway time-?out)\b|\bHTTP(?:/[0-9.]+)?(?: error| status| code)*[: ]+50[234]\b",
    ),
    Rule(
        Network,
        "a connection was refused or lost",
        r"(?i)\bconnection (?:was )?(?:refused|reset|aborted|closed by peer|broken)\b|\bremote end closed connection\b|\bnetwork is (?:unreachable|down)\b|\bno route to host\b|\bhost is unreachable\b|\bbroken pipe while (?:sending|writing) request\b|\berror sending request for url\b|\bmax retries exceeded with url\b|\bspurious network error\b|\bremote end hung up unexpectedly\b|\bfailed to establish a new connection\b|(?-i:\bECONN(?:REFUSED|RESET|ABORTED)\b|\bENETUNREACH\b|\bEHOSTUNREACH\b|\bERR_SOCKET_(?:TIMEOUT|CLOSED)\b)",
    ),
    Rule(
        Network,
        "a name could not be resolved",
        r"(?i)\b(?:temporary failure|failure) in name resolution\b|\bcould(?:n't| not) resolve (?:host|proxy)\b|\bname or service not known\b|\bnodename nor servname provided\b|\bgetaddrinfo failed\b|\bfailed to lookup address information\b|\bdial tcp: lookup\b|\bno address associated with hostname\b|(?-i:\bEAI_AGAIN\b|\bENOTFOUND\b)",
    ),
    Rule(
        Network,
        "a connection timed out",
        r"(?i)\bconnection (?:attempt )?timed out\b|\bconnect(?:ion)?[ _-]?time-?out(?:error)?\b|\btimed out (?:while )?connecting\b|\bread timed out\b|\bi/o timeout\b|(?-i:\bETIMEDOUT\b|\bReadTimeoutError\b)",
    ),
    Rule(
        Network,
        "a TLS handshake failed",
        r"(?i)\b(?:TLS|SSL)[ _/]?(?:v3 alert )?handshake[ _](?:timed out|timeout|failed|failure|error|eof)\b|\bfailed TLS handshake\b|\bunexpected[ _]eof[ _]while[ _]reading\b",
    ),
];

#[expect(
    clippy::expect_used,
    reason = "the patterns are constants, and a test compiles them"
)]
static PATTERNS: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(RULES.iter().map(|Rule(_, _, pattern)| pattern)).expect("the patterns are valid")
});

/// The kind of trouble of a tool that gave no evidence, from what it printed and how it ended. See
/// [`explain`].
#[must_use]
pub fn classify(text: &str, status: Option<i32>, signal: Option<i32>) -> ErrorKind {
    explain(text, status, signal).0
}

/// The kind of trouble, and why it is thought to be that.
///
/// A tool that `SIGKILL` ended (or whose shell or container says so by exit status 137) ran out of
/// memory: what this program ends itself is known to it as a timeout or a cancellation, and of all
/// others it is the kernel that kills without asking. Any other signal is the tool's own crash, and
/// permanent, whatever it printed before.
#[must_use]
pub fn explain(text: &str, status: Option<i32>, signal: Option<i32>) -> (ErrorKind, &'static str) {
    if signal == Some(KILLED) || status == Some(CHILD_KILLED) {
        return (
            Resource,
            "it was killed, as the system does when memory runs out",
        );
    }
    if signal.is_some() {
        return (ErrorKind::Permanent, "a signal ended it");
    }
    if let Some(Rule(kind, why, _)) = PATTERNS
        .matches(text)
        .iter()
        .next()
        .map(|rule| &RULES[rule])
    {
        return (*kind, why);
    }
    if status == Some(TEMPORARY_FAILURE) {
        return (Transient, "it ended with EX_TEMPFAIL (75)");
    }
    (
        ErrorKind::Permanent,
        "nothing says that it may be gone the next time",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(text: &str) -> ErrorKind {
        classify(text, Some(1), None)
    }

    #[test]
    fn messages_of_real_tools() {
        let cases = [
            // pip, uv, npm, cargo, git, Go, curl, gh
            (
                RateLimit,
                "ERROR: HTTP error 429 while getting https://example.test/simple/x",
            ),
            (
                RateLimit,
                "requests.exceptions.HTTPError: 429 Client Error: Too Many Requests for url",
            ),
            (
                RateLimit,
                "npm error 429 Too Many Requests - GET https://example.test/left-pad",
            ),
            (
                RateLimit,
                "HTTP 403: API rate limit exceeded for installation ID 1.",
            ),
            (RateLimit, "You have exceeded a secondary rate limit."),
            (
                RateLimit,
                "error: failed to get `serde`: got status code 429",
            ),
            (RateLimit, "Your request has been rate-limited"),
            (Resource, "OSError: [Errno 12] Cannot allocate memory"),
            (
                Resource,
                "Traceback (most recent call last):\n  File \"x\"\nMemoryError",
            ),
            (
                Resource,
                "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
            ),
            (Resource, "memory allocation of 8589934592 bytes failed"),
            (
                Resource,
                "error: could not compile `x`\nCaused by: process didn't exit successfully: `rustc` (signal: 9, SIGKILL: kill)",
            ),
            (
                Resource,
                "collect2: fatal error: ld terminated with signal 9 [Killed]",
            ),
            (
                Resource,
                "run.sh: line 3:  4711 Killed                  python big.py",
            ),
            (
                Resource,
                "OSError: [Errno 28] No space left on device: '/tmp/x'",
            ),
            (Resource, "npm error code ENOSPC"),
            (Resource, "OSError: [Errno 24] Too many open files"),
            (
                Resource,
                "BlockingIOError: [Errno 11] Resource temporarily unavailable",
            ),
            (Resource, "RuntimeError: can't start new thread"),
            (Transient, "sqlite3.OperationalError: database is locked"),
            (
                Transient,
                "fatal: Unable to create '/w/.git/index.lock': File exists.",
            ),
            (
                Transient,
                "E: Could not get lock /var/lib/dpkg/lock-frontend",
            ),
            (
                Transient,
                "cannot run \"./tool\": Text file busy (os error 26)",
            ),
            (
                Transient,
                "OSError: [Errno 16] Device or resource busy: '/mnt'",
            ),
            (
                Transient,
                "InterruptedError: [Errno 4] Interrupted system call",
            ),
            (
                Transient,
                "HTTPError: 503 Server Error: Service Unavailable for url",
            ),
            (
                Transient,
                "curl: (22) The requested URL returned error: 502 Bad Gateway",
            ),
            (
                Network,
                "ConnectionRefusedError: [Errno 111] Connection refused",
            ),
            (Network, "npm error code ECONNRESET"),
            (
                Network,
                "error: error sending request for url (https://example.test/)",
            ),
            (
                Network,
                "http.client.RemoteDisconnected: Remote end closed connection without response",
            ),
            (
                Network,
                "ssh: connect to host example.test port 22: Network is unreachable",
            ),
            (
                Network,
                "socket.gaierror: [Errno -3] Temporary failure in name resolution",
            ),
            (
                Network,
                "fatal: unable to access 'https://example.test/': Could not resolve host: example.test",
            ),
            (
                Network,
                "dial tcp: lookup example.test on 127.0.0.53:53: no such host",
            ),
            (Network, "npm error errno ENOTFOUND"),
            (
                Network,
                "urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='x', port=443): Read timed out.",
            ),
            (
                Network,
                "curl: (28) Connection timed out after 30001 milliseconds",
            ),
            (Network, "net/http: TLS handshake timeout"),
            (
                Network,
                "ssl.SSLEOFError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol",
            ),
            (
                Network,
                "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure; SSL handshake failed",
            ),
        ];
        for (kind, text) in cases {
            assert_eq!(kind_of(text), kind, "{text}");
        }
    }

    #[test]
    fn what_only_looks_transient_is_permanent() {
        let texts = [
            "",
            "SyntaxError: invalid syntax",
            "ModuleNotFoundError: No module named 'requests'",
            "assert 429 == 200",
            "E   assert response.status == 429",
            "src/app.py:429: error: unused variable",
            "test_connection_refused FAILED",
            "def test_rate_limit_exceeded():",
            "tests/test_rate_limit.py::test_limits",
            "error: argument --rate-limit: expected one argument",
            "    Blocking waiting for file lock on package cache",
            "lock file Cargo.lock needs to be updated but --locked was passed",
            "SSL: CERTIFICATE_VERIFY_FAILED certificate verify failed: self-signed certificate",
            "502 files reformatted",
            "Found 503 errors in 12 files",
            "class OutOfMemory(Exception): pass",
            "ImportError: cannot import name 'ENOMEMORY'",
            "Killed mutants: 14",
            "error: unrecognized arguments: --timeout=60",
            "KeyError: 'too_many_requests'",
        ];
        for text in texts {
            assert_eq!(kind_of(text), ErrorKind::Permanent, "{text}");
        }
    }

    #[test]
    fn a_killed_tool_ran_out_of_memory_and_another_signal_is_a_crash() {
        assert_eq!(classify("", None, Some(9)), Resource);
        assert_eq!(classify("", Some(137), None), Resource);
        assert_eq!(classify("", None, Some(11)), ErrorKind::Permanent);
        assert_eq!(
            classify("connection refused", None, Some(6)),
            ErrorKind::Permanent
        );
        assert_eq!(classify("", Some(139), None), ErrorKind::Permanent);
    }

    #[test]
    fn a_status_can_say_that_it_is_temporary() {
        assert_eq!(classify("", Some(75), None), Transient);
        assert_eq!(
            classify("No space left on device", Some(75), None),
            Resource
        );
    }

    #[test]
    fn what_says_more_wins() {
        let text = "Max retries exceeded with url: /x (Caused by ResponseError('too many 429 error responses')) 429 Too Many Requests";
        assert_eq!(
            explain(text, Some(1), None).1,
            "a service answered 429 (too many requests)"
        );
    }

    #[test]
    fn every_rule_is_needed_by_an_example() {
        // Each rule alone decides at least one text, so none can rot unseen.
        let examples = [
            "429 Too Many Requests",
            "rate limit exceeded",
            "out of memory",
            "signal: 9, SIGKILL",
            "No space left on device",
            "Too many open files",
            "can't start new thread",
            "database is locked",
            "Text file busy",
            "Interrupted system call",
            "503 Service Unavailable",
            "Connection refused",
            "Could not resolve host",
            "Connection timed out",
            "TLS handshake timeout",
        ];
        let decided: Vec<usize> = examples
            .iter()
            .filter_map(|text| PATTERNS.matches(text).iter().next())
            .collect();
        assert_eq!(decided, (0..RULES.len()).collect::<Vec<_>>());
    }
}
