//! How wide text is, without a browser: the widths of the site's typeface, and breaking into lines by them.

/// The size of a picture's text in pixels, and what one line of it takes.
pub(super) const SIZE: f32 = 14.0;
pub(super) const LINE: f32 = 18.0;

/// Widths of the printable ASCII characters in Commissioner at weight 500, in hundredths of the size.
const WIDTHS: [(u16, &str); 25] = [
    (19, " "),
    (22, "',"),
    (26, "!.:;ijl|"),
    (30, "IJ"),
    (40, "[]\"()fr"),
    (42, "_t-{}"),
    (45, "1?/\\"),
    (46, "s"),
    (49, "*c"),
    (50, "z"),
    (53, "aevy"),
    (54, "7gx"),
    (56, "k2u"),
    (57, "$3<=>Fhn~"),
    (59, "5Ld+ESbpq"),
    (61, "4`o689"),
    (62, "^"),
    (65, "PTB"),
    (69, "0YCKRZ#VX"),
    (73, "AGU"),
    (75, "&DHN"),
    (82, "wOQ"),
    (89, "m@"),
    (96, "%M"),
    (103, "W"),
];

/// What a typeface that stands in for it may be wider by.
const RESERVE: f32 = 1.06;

/// The width of a line of text in pixels, rather too much than too little.
pub(super) fn width(text: &str) -> f32 {
    let hundredths: u32 = text.chars().map(|c| u32::from(of_one(c))).sum();
    hundredths as f32 / 100.0 * SIZE * RESERVE
}

fn of_one(c: char) -> u16 {
    let known = WIDTHS.iter().find(|(_, characters)| characters.contains(c)).map(|(width, _)| *width);
    // Latin letters with marks are as wide as those without; what is not of that alphabet may be a full square.
    known.unwrap_or(if c < '\u{250}' { 65 } else { 105 })
}

/// The width of the widest line in pixels.
pub(super) fn widest(lines: &[String]) -> f32 {
    lines.iter().map(|line| width(line)).fold(0.0, f32::max)
}

/// A text in as few lines as fit into `room` pixels, all about equally long. A word that is wider has a line of its own.
pub(super) fn wrap(text: &str, room: f32) -> Vec<String> {
    let lines = fill(text, room);
    // The narrowest column that needs no more lines: the last line is not one lonely word.
    let mut best = lines;
    let mut narrower = room;
    while narrower > room / 3.0 {
        narrower -= 6.0;
        let tried = fill(text, narrower);
        if tried.len() > best.len() || widest(&tried) > room.max(widest(&best)) {
            break;
        }
        best = tried;
    }
    best
}

fn fill(text: &str, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}")) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printable_character_has_one_width() {
        for c in (b' '..=b'~').map(char::from) {
            let times = WIDTHS.iter().filter(|(_, characters)| characters.contains(c)).count();
            assert_eq!(times, 1, "{c:?}");
        }
    }

    #[test]
    fn lines_are_about_equally_long_and_fit() {
        let lines = wrap("The application never ran and wrote no line", 160.0);
        assert_eq!(lines, ["The application never", "ran and wrote no line"]);
        assert!(widest(&lines) <= 160.0);
    }

    #[test]
    fn a_word_wider_than_the_room_stands_alone() {
        assert_eq!(
            wrap("a proxy_set_header_authorization b", 60.0),
            ["a", "proxy_set_header_authorization", "b"]
        );
    }
}
