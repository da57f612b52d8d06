//! Headings that become tabs: two or more of the fourth level in a row under one of the third. Each becomes a
//! `<details>` of one group, of which the browser keeps one open, and the style lays their summaries side by side. So
//! they work without a script, by keyboard, and where a browser knows no more of them than that they open and close.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

/// How long the name of a tab may be, in characters: tabs stand side by side.
const LONGEST_NAME: usize = 22;

/// What comes after the last tab of a group.
pub(super) const AFTER_LAST: &str = "</div>\n</details>\n</div>\n";

/// What a heading is to a group of tabs; groups are numbered from 1 in each document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TabPlace {
    /// The name of the first tab of a group.
    First(usize),
    /// The name of another tab of it.
    Next(usize),
    /// The heading that comes after a group.
    After,
}

/// Which headings of a document are tabs, by where they stand in the source.
#[derive(Debug, Default)]
pub(super) struct TabPlan {
    places: HashMap<usize, TabPlace>,
    groups: usize,
}

impl TabPlan {
    /// Reads the headings that stand by themselves; those in lists and quotations are no tabs.
    pub fn of(events: &[(Event<'_>, Range<usize>)]) -> TabPlan {
        let mut plan = TabPlan::default();
        let mut depth = 0;
        let mut above = HeadingLevel::H1;
        let mut row: Vec<usize> = Vec::new();
        for (event, span) in events {
            match event {
                Event::Start(Tag::Heading { level, .. }) if depth == 0 => {
                    if *level == HeadingLevel::H4 {
                        row.push(span.start);
                    } else if *level < HeadingLevel::H4 {
                        plan.end_row(&row, above, Some(span.start));
                        row.clear();
                        above = *level;
                    }
                }
                Event::Start(Tag::Item | Tag::BlockQuote(_)) => depth += 1,
                Event::End(TagEnd::Item | TagEnd::BlockQuote(_)) => depth -= 1,
                _ => {}
            }
        }
        plan.end_row(&row, above, None);
        plan
    }

    fn end_row(&mut self, row: &[usize], above: HeadingLevel, after: Option<usize>) {
        if above != HeadingLevel::H3 || row.len() < 2 {
            return;
        }
        self.groups += 1;
        for (number, offset) in row.iter().enumerate() {
            let place = if number == 0 { TabPlace::First } else { TabPlace::Next };
            self.places.insert(*offset, place(self.groups));
        }
        self.places.extend(after.map(|offset| (offset, TabPlace::After)));
    }

    /// What the heading that begins at this offset is to the tabs, if anything.
    pub fn at(&self, offset: usize) -> Option<TabPlace> {
        self.places.get(&offset).copied()
    }
}

/// The markup before a tab's heading.
pub(super) fn before_name(place: TabPlace) -> String {
    let (before, group, open) = match place {
        TabPlace::First(group) => ("<div class=\"tabs\">\n", group, " open"),
        TabPlace::Next(group) => ("</div>\n</details>\n", group, ""),
        TabPlace::After => return AFTER_LAST.to_owned(),
    };
    format!("{before}<details name=\"tabs-{group}\"{open}>\n<summary>")
}

/// The markup after a tab's heading. The id stands on what the tab holds and not on its name: a browser opens the tab
/// for whoever follows a link into it, but not for a link to its summary.
pub(super) fn after_name(anchor: &str) -> String {
    format!("</summary>\n<div id=\"{anchor}\">\n")
}

/// Whether a tab's name fits, or what to do about it.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    match name.chars().count() {
        length if length > LONGEST_NAME => Err(format!(
            "the name of a tab has {length} characters; shorten it to {LONGEST_NAME}, tabs stand side by side"
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::markdown::tests::{faults, read};

    const TWO: &str = "## Fix\n\n### Server\n\nChoose.\n\n#### nginx\n\na\n\n#### A `b`\n\nc\n\n";

    #[test]
    fn headings_of_the_fourth_level_in_a_row_become_tabs() {
        let document = read(&format!("{TWO}### Next\n\nd\n"));
        assert_snapshot!(document.html, @r##"
        <h2 id="fix">Fix <a class="anchor" href="#fix" aria-label="Link to this section">#</a></h2>
        <h3 id="server">Server <a class="anchor" href="#server" aria-label="Link to this section">#</a></h3>
        <p>Choose.</p>
        <div class="tabs">
        <details name="tabs-1" open>
        <summary>
        <h4>nginx</h4>
        </summary>
        <div id="nginx">
        <p>a</p>
        </div>
        </details>
        <details name="tabs-1">
        <summary>
        <h4>A <code>b</code></h4>
        </summary>
        <div id="a-b">
        <p>c</p>
        </div>
        </details>
        </div>
        <h3 id="next">Next <a class="anchor" href="#next" aria-label="Link to this section">#</a></h3>
        <p>d</p>
        "##);
        assert_eq!(document.anchors, ["fix", "server", "nginx", "a-b", "next"]);
        let sections: Vec<(u8, &str, &str)> = document
            .sections
            .iter()
            .map(|section| (section.level, &*section.heading, &*section.text))
            .collect();
        assert_eq!(
            sections,
            [(2, "Fix", ""), (3, "Server", "Choose."), (4, "nginx", "a"), (4, "A b", "c"), (3, "Next", "d")]
        );
        assert!(document.faults.is_empty());
    }

    #[test]
    fn tabs_end_with_the_document() {
        assert!(read(TWO).html.as_str().ends_with("<p>c</p>\n</div>\n</details>\n</div>\n"));
    }

    #[test]
    fn each_group_of_tabs_has_one_open_at_a_time() {
        let html = read(&format!("{TWO}{TWO}")).html;
        let opened: Vec<&str> = html.as_str().lines().filter(|line| line.starts_with("<details")).collect();
        assert_eq!(
            opened,
            [
                "<details name=\"tabs-1\" open>",
                "<details name=\"tabs-1\">",
                "<details name=\"tabs-2\" open>",
                "<details name=\"tabs-2\">",
            ]
        );
        assert!(html.as_str().contains("id=\"nginx-1\""));
    }

    #[test]
    fn one_such_heading_alone_or_inside_of_a_list_is_a_heading() {
        for source in ["### A\n\n#### B\n\nc\n\n## D\n", "### A\n\n- #### B\n\n  c\n\n- #### D\n\n  e\n"] {
            let html = read(source).html;
            assert!(html.as_str().contains("<h4 id=\"b\">") && !html.as_str().contains("details"), "{html}");
        }
    }

    #[test]
    fn the_name_of_a_tab_is_short_and_no_link() {
        faults(
            "## A\n\n### B\n\n#### [C](c.md)\n\nd\n\n#### Eeeeeeeeeeeeeeeeeeeeeee\n\nf\n",
            &[
                "5: a link in the name of a tab, where it cannot be followed; put it into the text below",
                "9: the name of a tab has 23 characters; shorten it to 22, tabs stand side by side",
            ],
        );
    }

    #[test]
    fn tabs_shown_in_another_page_are_a_group_of_their_own() {
        let html = read(&format!("{TWO}See [this](#nginx).\n\n## Next\n")).html;
        let section = html.section("fix", "clock-skew", "/articles/clock-skew").expect("there is one");
        assert_snapshot!(section, @r#"
        <h5 id="clock-skew-server">Server</h5>
        <p>Choose.</p>
        <div class="tabs">
        <details name="clock-skew-tabs-1" open>
        <summary>
        <h6>nginx</h6>
        </summary>
        <div id="clock-skew-nginx">
        <p>a</p>
        </div>
        </details>
        <details name="clock-skew-tabs-1">
        <summary>
        <h6>A <code>b</code></h6>
        </summary>
        <div id="clock-skew-a-b">
        <p>c</p>
        <p>See <a href="/articles/clock-skew#nginx">this</a>.</p>
        </div>
        </details>
        </div>
        "#);
    }
}
