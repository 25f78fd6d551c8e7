//! What is read from each form of document.

use super::{describe, fixture};
use crate::{model::Target, spec::parse};
use insta::assert_snapshot;

/// Numbered requirements with bold titles, criteria with ticks, levels as headings.
#[test]
fn numbered_lists() {
    assert_snapshot!(describe(&fixture("ledger")), @r#"
    Some("Ledger Specification") Some("ledger") Some(Staging) usage Some("79:1")
    3:3 meta component_name = ledger
    4:3 meta target_stage = staging
    5:3 meta version = 0.3.0
    88:3 meta wiki = [[Accounts/Ledger]]
    1:1 # Ledger Specification
    9:1 ## 1. Overview
    13:1 ## 2. Requirements
    15:1 ### 2.1 Functional Requirements
    27:1 ### 2.2 Non-Functional Requirements
    35:1 ## 3. API Design
    37:1 ### The Ledger class
    45:1 ## 4. Testing Requirements
    51:1 ## 5. Dependencies
    57:1 ## 6. Acceptance Criteria
    63:1 ## 7. Maturity Stage Targets
    65:1 ### Development
    68:1 ### Staging
    72:1 ### Production
    77:1 ## 8. Example Usage
    83:1 ## 9. Related Components
    17:6 FR-1 (given) Functional "Booking" None
      . Book an amount in cents on an account
      . Refuse amounts of zero
      . Name the booking in the ledger.log
    22:6 FR-2 (given) Functional "Balance" None
      . the sum of all bookings of an account.
      . Answer for any day in the past
    25:6 FR-3 (given) Functional "Export the bookings as CSV." None
      . Dates are written as ISO 8601.
    29:6 NFR-1 (given) NonFunctional "Performance" None
      . A balance takes less than 50 ms
    31:6 NFR-2 (given) NonFunctional "Quality" None
      . Cyclomatic complexity <10
      . Test coverage of at least 75%
    59:6 [x] - - All operations implemented
    60:6 [ ] - - The export opens in a spreadsheet
    61:4 - - - Reviewed by the accountant
    39:1 api The Ledger class python class Ledger:
    test Unit tests for every operation
    test also for the refused ones
    test Property tests: the balance is the sum
    53:3 needs Python External Some("3.12+") None
    54:3 needs sqlite3 External None Some("storage")
    65:1 dev asks ["Coverage ≥50%"]
    68:1 staging asks ["Coverage ≥75%", "Seven testers"]
    72:1 production asks ["Coverage ≥85%", "14-day staging stability", "Uptime: ≥99.9%"]
    32:17 Complexity - 9 "complexity <10" in specs/ledger.md
    33:11 Coverage - 75 "coverage of at least 75%" in specs/ledger.md
    66:3 Coverage dev 50 "Coverage ≥50%" in specs/ledger.md
    69:3 Coverage staging 75 "Coverage ≥75%" in specs/ledger.md
    73:3 Coverage production 85 "Coverage ≥85%" in specs/ledger.md
    74:3 StagingDays production 14 "14-day staging" in specs/ledger.md
    75:3 Uptime production 99.9 "Uptime: ≥99.9%" in specs/ledger.md
    "#);
}

/// Requirements as headings with fields and checklists, levels in parentheses and tables.
#[test]
fn headings_with_fields() {
    assert_snapshot!(describe(&fixture("rate_limiter")), @r#"
    Some("Component Specification: Rate Limiter") Some("rate_limiter") Some(Production) usage None
    4:3 meta component_id = rate_limiter
    5:3 meta author = Ada Ünlü
    6:3 meta target_stage = Production
    1:1 # Component Specification: Rate Limiter
    8:1 ## 🎯 Purpose & Scope
    12:1 ## Requirements
    14:1 ### Functional Requirements
    16:1 #### FR1: Count requests
    23:1 #### FR2: Refuse requests
    29:1 ##### Acceptance Criteria
    33:1 #### Usage statistics
    38:1 ### Non-Functional Requirements
    40:1 #### NFR1: Reliability (Must)
    45:1 #### NFR2: Maintainability
    48:1 ## Architecture
    50:1 ### Dependencies
    52:1 #### Required Components
    56:1 #### External Dependencies
    60:1 #### Optional Dependencies
    63:1 ## Public Interface
    71:1 ## Implementation Plan
    73:1 ### Phase 1: Core
    76:1 ## Testing Strategy
    78:1 ### Unit Tests
    86:1 ## Acceptance Criteria
    88:1 ### Development Stage
    91:1 ### Production Stage
    94:1 ## Maturity Targets
    101:1 ## Rollback Procedure
    103:1 ### Staging Stage
    106:1 ## Usage
    16:1 FR1 Functional "Count requests" Some(High)
      . Every request of a client is counted in a window of one minute.
      20:7 [x] - - The first request counts as one
      21:7 [ ] - - A new window begins at zero
    23:1 FR2 Functional "Refuse requests" Some(Medium)
      . Requests beyond the limit are answered with status 429.
      . Answers name the second at which the window ends.
      31:7 [x] - AC-1 The answer has a Retry-After header
    33:1 FR-3 (given) Functional "Usage statistics" None
      . Per client
      . Per hour
    40:1 NFR1 NonFunctional "Reliability" Some(High)
      . Requirement: A restart loses no counts.
      . Uptime: ≥99.5%
    45:1 NFR2 NonFunctional "Maintainability" None
      . Requirement: Test coverage: ≥70% (staging), ≥80% (production)
    89:7 [x] dev - All unit tests pass
    92:7 [ ] production - Load test passed
    67:1 api Public Interface rust fn admit(client: &str) -> Result<(), Refusal>;
    test Location: tests/test_rate_limiter.py
    test Coverage Target: ≥60% (development), ≥70% (staging), ≥80% (production)
    test Windows
    test Limits
    53:4 needs clock Component Some("staging") Some("Tells the time")
    54:4 needs store Component None Some("Keeps the counts")
    57:4 needs redis External Some(">=5.0") Some("Driver of the database")
    58:3 needs hiredis External Some(">=3.0, <4") None
    61:4 needs metrics Component optional Some("production") Some("Publishes the counts")
    98:3 staging asks ["≥ 70 %", "reviewed"]
    99:3 production asks ["≥ 80 %", "7 days in staging"]
    43:3 Uptime - 99.5 "Uptime: ≥99.5%" in specs/rate_limiter.md
    46:23 Coverage staging 70 "coverage: ≥70% (staging)" in specs/rate_limiter.md
    46:49 Coverage production 80 "≥80% (production)" in specs/rate_limiter.md
    80:3 Coverage dev 60 "Coverage Target: ≥60% (development)" in specs/rate_limiter.md
    80:42 Coverage staging 70 "≥70% (staging)" in specs/rate_limiter.md
    80:58 Coverage production 80 "≥80% (production)" in specs/rate_limiter.md
    98:13 Coverage staging 70 "≥ 70 %" in specs/rate_limiter.md
    99:16 Coverage production 80 "≥ 80 %" in specs/rate_limiter.md
    99:25 StagingDays production 7 "7 days in staging" in specs/rate_limiter.md
    "#);
}

/// The form of Spec Kit
/// (<https://github.com/github/spec-kit/blob/main/templates/spec-template.md>).
#[test]
fn user_stories() {
    assert_snapshot!(describe(&fixture("invitations")), @r#"
    Some("Feature Specification: Invitations") None None usage None
    3:3 meta feature_branch = 012-invitations
    4:3 meta created = 2026-02-03
    5:3 meta status = Draft
    6:3 meta input = User description: "Members invite other people by mail"
    1:1 # Feature Specification: Invitations
    8:1 ## User Scenarios & Testing (mandatory)
    10:1 ### User Story 1 - Invite somebody (Priority: P1)
    25:1 ### Edge Cases
    29:1 ## Requirements (mandatory)
    35:1 ### Functional Requirements
    44:1 ### Key Entities (include if feature involves data)
    48:1 ## Success Criteria (mandatory)
    50:1 ### Measurable Outcomes
    55:1 ## Assumptions
    37:5 FR-001 Functional "System MUST send an invitation by mail." None
      . It expires.
    38:5 FR-002 Functional "Members MUST be able to withdraw an invitation" None
    42:5 FR-003 Functional "System MUST keep invitations for [NEEDS CLARIFICATION: how long? - days, weeks]" None
    20:6 - - - Given a member, When she invites an address, Then a mail is sent
    21:6 - - - Given an address that was invited before, When she invites it again, Then no mail is sent
    52:5 - - SC-001 Nine of ten invitations are accepted within a week
    53:5 - - SC-002 No address gets two mails a day
    test Invite an address and read the mail.
    31:1 open <!-- ACTION REQUIRED: Fill them out with the right functional requirements. -->
    42:48 open [NEEDS CLARIFICATION: how long? - days, weeks]
    "#);
}

/// Ids in bullets, paragraphs and tables, front matter, nested lists.
#[test]
fn ids_anywhere() {
    assert_snapshot!(describe(&fixture("search")), @r#"
    Some("Search") Some("search") Some(Dev) usage None
    2:1 meta component = search
    3:1 meta target_stage = dev
    4:1 meta owners = Ada, Grace
    5:1 meta links = {"tracker":12}
    9:1 # Search
    11:1 ## Summary
    15:1 ## REQUIREMENTS
    41:1 ## Testing
    49:1 ## Definition of Done
    66:1 ## Prerequisites and dependencies
    78:1 ## Maturity
    17:3 FR-1 Functional "Find documents by word." None
      . Case does not matter.
    18:3 FR-2 Functional "Rank the results" Some(High)
    19:5 FR-3 Functional "Highlighting" None
      . mark the words found
    20:3 FR-AUTH-4 Functional "Hide documents that the user may not see" None
    21:3 NFR-1 NonFunctional "Answers take less than 200 ms" None
    22:5 NFR-2 NonFunctional "the index is rebuilt nightly" None
      . Priority is low
      24:11 [ ] - - The old index answers meanwhile
      25:7 - - - Nobody notices
    28:3 FR-5 Functional "Suggestions" None
      . While typing
      . At most five
    33:1 FR-6 Functional "Synonyms are read from a file." None
    38:3 FR-7 Functional "Search in attachments" Some(Low)
      . PDF | text
    39:3 NFR-3 NonFunctional "Index below 1 GiB" Some(High)
    52:9 [x] staging - Relevance reviewed
    54:6 - production - Load tested; at noon
    55:12 [ ] production - with real queries
    57:6 - production - Announced
    61:3 - - - A word is found
    63:3 - - - Nothing is found
    test All of it is tested end to end.
    test Ranking: golden files
    68:17 needs Lucene External Some("9") None
    68:27 needs Redis External None None
    70:5 needs tokenizer Component Some("dev") None
    71:3 needs Node.js External Some("v20") Some("runs the crawler")
    75:3 needs Tika External Some("2.9") Some("reads PDF")
    80:5 dev asks ["Coverage: ≥40%"]
    81:3 staging asks ["Coverage:", "≥ 65 %"]
    80:12 Coverage dev 40 "Coverage: ≥40%" in specs/search.md
    83:7 Coverage staging 65 "≥ 65 %" in specs/search.md
    "#);
}

/// A template that nobody filled in, between much that only looks like one.
#[test]
fn placeholders() {
    assert_snapshot!(describe(&fixture("unfilled")), @r#"
    Some("Specification of [Component Name]") Some("[component_name]") None usage None
    3:3 meta component_id = [component_name]
    4:3 meta author = [Your Name]
    5:3 meta target_stage = [development | staging | production]
    1:1 # Specification of [Component Name]
    7:1 ## Overview [draft] and [TBD]
    1:20 open [Component Name]
    3:20 open [component_name]
    4:13 open [Your Name]
    5:19 open [development | staging | production]
    7:25 open [TBD]
    9:1 open [What it does, e.g. "it [verb]s a [noun]" – in one sentence]
    10:1 open TODO
    10:69 open tbd
    10:74 open TBA
    11:15 open ???
    11:24 open ???
    12:9 open [ä ö ü placeholder]
    12:35 open [behind an entity]
    14:1 open Lorem ipsum
    20:3 open [Metric]: [Description]
    21:3 open [Open bold question]
    22:3 open [NEEDS CLARIFICATION: which of a and b?]
    23:3 open [NEEDS CLARIFICATION: never closed
    27:3 open [key]
    27:16 open [value of key]
    29:8 open [deep inside]
    32:7 open [ClassName]
    33:9 open [method_name]
    37:1 open <!-- TODO: remove -->
    39:1 open <!-- ACTION REQUIRED: replace this -->
    42:19 open <!-- ACTION REQUIRED: é twice -->
    "#);
}

#[test]
fn words_and_signs_of_any_language_are_no_placeholders() {
    let found = |text: &str| parse(text, "a.md").unresolved;
    let text = "---\ntitle: Método\nnote: MÉTODO TODOÉ\n---\n\nMÉTODO, ÉTBD, tbdé, “lorem ipsumé”.\n\n\
        Intervals [0, n), [a → b], [x · y], [é], [−1…1] and [α, β].\n\n<!-- MÉTODO -->\n";
    assert_eq!(found(text), []);
    let found = found("Em falta: “TODO”, [a → bcd] and <!-- É TODO -->.\n");
    let texts: Vec<&str> = found.iter().map(|marker| marker.text.as_str()).collect();
    assert_eq!(texts, ["TODO", "[a → bcd]", "<!-- É TODO -->"]);
}

#[test]
fn front_matter_is_told_from_lines_across_the_page() {
    let title = |text: &str| parse(text, "a.md").title;
    assert_eq!(title("---\ntitle: Till\n---\n").as_deref(), Some("Till"));
    assert_eq!(
        title("---\ntitle: Till\n---\n# Ledger\n").as_deref(),
        Some("Ledger")
    );
    let prose = parse("---\nOne: two\n\n# Till\n---\n", "a.md");
    assert_eq!(prose.title, None, "the heading is a comment of the YAML");
    let prose = parse("---\n\n# Till\n\nprose\n\n---\n", "a.md");
    assert_eq!(prose.title.as_deref(), Some("Till"));
}

#[test]
fn metadata_right_above_a_line_across_the_page_is_no_heading() {
    let spec = parse(
        "# Till\n\n**Component:** till\n**Target:** dev\n---\n",
        "a.md",
    );
    assert_eq!(spec.component.as_deref(), Some("till"));
    assert_eq!(spec.target, Some(Target::Dev));
    assert_eq!(spec.sections.len(), 1);
}

#[test]
fn given_ids_step_past_those_that_are_taken() {
    let text = "## Requirements\n\n- Add\n- FR-2: Take away\n- Count\n- NFR-1: Fast\n- Security: no secrets\n";
    let ids: Vec<String> = parse(text, "a.md")
        .requirements
        .into_iter()
        .map(|one| one.id)
        .collect();
    assert_eq!(ids, ["FR-1", "FR-2", "FR-3", "NFR-1", "NFR-2"]);
}

#[test]
fn ids_outside_of_requirements_are_references() {
    let text = "## Requirements\n\n- FR-1: Add\n\n## Testing\n\n- FR-1: test_add\n\n## Traceability\n\n| FR-1 | add.py |\n|---|---|\n| FR-1 | add.py |\n";
    assert_eq!(parse(text, "a.md").requirements.len(), 1);
}
