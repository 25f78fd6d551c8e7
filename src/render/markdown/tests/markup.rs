//! What GitHub's own Markdown makes of text of strangers: no element, link or image but the program's
//! own.

use super::*;

#[test]
fn nothing_of_strangers_is_markup() {
    for text in [
        job_summary(&samples::hostile(), &links()),
        comments(&of(vec![samples::hostile()]), &links())[0].clone(),
        comments(
            &of(vec![
                named(samples::hostile(), "a"),
                named(samples::green(), "b"),
            ]),
            &links(),
        )[0]
        .clone(),
        maturity(&samples::hostile_status(), &links()),
    ] {
        is_plain(&text);
    }
}

fn is_plain(text: &str) {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.render.r#unsafe = true;
    let allowed = [
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
        "<sub>",
        "</sub>",
        "<b>",
        "</b>",
    ];
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, text, &options);
    for node in root.descendants() {
        let value = &node.data.borrow().value;
        match value {
            comrak::nodes::NodeValue::HtmlInline(html) => {
                assert!(allowed.contains(&html.as_str()), "{html}");
            }
            comrak::nodes::NodeValue::HtmlBlock(block) => {
                for line in block.literal.lines() {
                    let mut line = line.to_owned();
                    for tag in allowed {
                        line = line.replace(tag, "");
                    }
                    assert!(!line.contains('<'), "{line}");
                }
            }
            comrak::nodes::NodeValue::Link(link) => {
                assert!(
                    link.url.starts_with("https://github.com/octo-org/parcels/"),
                    "{}",
                    link.url
                );
            }
            comrak::nodes::NodeValue::Image(image) => panic!("an image: {}", image.url),
            comrak::nodes::NodeValue::Text(text) => {
                assert!(!text.contains("alert(1)"), "{text}");
                assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
            }
            _ => {}
        }
    }
}
