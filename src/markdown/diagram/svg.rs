//! The shapes that pictures are made of. Colours and strokes are the style's: a shape has a class, and no more.

use std::fmt::Write;

use super::measure::LINE;
use crate::markdown::escape;

/// An SVG under construction.
#[derive(Default)]
pub(super) struct Canvas {
    shapes: String,
}

/// Where a text stands in relation to its point.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
}

impl Canvas {
    fn push(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.shapes.write_fmt(arguments);
        self.shapes.push('\n');
    }

    pub fn line(&mut self, class: &str, from: (f32, f32), to: (f32, f32)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.push(format_args!(r#"<path class="{class}" d="M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}"/>"#));
    }

    pub fn path(&mut self, class: &str, d: &str) {
        self.push(format_args!(r#"<path class="{class}" d="{d}"/>"#));
    }

    pub fn rect(&mut self, class: &str, at: (f32, f32), size: (f32, f32)) {
        let ((x, y), (width, height)) = (at, size);
        self.push(format_args!(
            r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="3"/>"#
        ));
    }

    /// The head of an arrow whose tip is at a point; `way` is its direction along one of the axes.
    pub fn head(&mut self, class: &str, tip: (f32, f32), way: (f32, f32)) {
        let (x, y) = tip;
        let (back, side) = ((-way.0 * 8.0, -way.1 * 8.0), (way.1 * 4.0, way.0 * 4.0));
        self.push(format_args!(
            r#"<path class="{class}" d="M{:.1} {:.1}L{x:.1} {y:.1}L{:.1} {:.1}Z"/>"#,
            x + back.0 + side.0,
            y + back.1 + side.1,
            x + back.0 - side.0,
            y + back.1 - side.1
        ));
    }

    /// Lines of text, the first with its base line at the point.
    pub fn text(&mut self, class: &str, at: (f32, f32), anchor: Anchor, lines: &[String]) {
        let (x, mut y) = at;
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
        };
        for line in lines {
            let words = escape(line);
            self.push(format_args!(
                r#"<text class="{class}" x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{words}</text>"#
            ));
            y += LINE;
        }
    }

    /// Everything that `inside` draws is a link. `address` is escaped already.
    pub fn link(&mut self, address: &str, inside: impl FnOnce(&mut Canvas)) {
        self.push(format_args!(r#"<a href="{address}">"#));
        inside(self);
        self.push(format_args!("</a>"));
    }

    pub fn finish(self) -> String {
        self.shapes
    }
}
