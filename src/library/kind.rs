//! What an article is about. The folder it lies in says so.

use std::fmt;
use std::str::FromStr;

/// The kinds of article, in the order they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Why a request is answered with 401; one for each [`Cause`](crate::cause::Cause).
    Cause,
    /// How to do one thing that mends a 401.
    Fix,
    /// A 401 from the first symptom to the proof that it is gone.
    Example,
    /// What a 401 is, and how to find out where one comes from.
    Guide,
    /// A framework, server or client program.
    Stack,
    /// Somebody's API or product.
    Service,
}

impl Kind {
    /// Every kind, in the order they are shown.
    pub const ALL: &'static [Kind] =
        &[Kind::Cause, Kind::Fix, Kind::Example, Kind::Guide, Kind::Stack, Kind::Service];

    /// The name in addresses and in the API: `?kind=cause`.
    pub const fn id(self) -> &'static str {
        match self {
            Kind::Cause => "cause",
            Kind::Fix => "fix",
            Kind::Example => "example",
            Kind::Guide => "guide",
            Kind::Stack => "stack",
            Kind::Service => "service",
        }
    }

    /// The folder of its articles in the content folder.
    pub const fn folder(self) -> &'static str {
        match self {
            Kind::Cause => "causes",
            Kind::Fix => "fixes",
            Kind::Example => "examples",
            Kind::Guide => "guide",
            Kind::Stack => "stacks",
            Kind::Service => "services",
        }
    }

    /// What one article of this kind is called on a page.
    pub const fn label(self) -> &'static str {
        match self {
            Kind::Cause => "Cause",
            Kind::Fix => "Fix",
            Kind::Example => "Example",
            Kind::Guide => "Guide",
            Kind::Stack => "Stack",
            Kind::Service => "Service",
        }
    }

    /// What many of them are called on a page.
    pub const fn plural(self) -> &'static str {
        match self {
            Kind::Cause => "Causes",
            Kind::Fix => "Fixes",
            Kind::Example => "Examples",
            Kind::Guide => "Guides",
            Kind::Stack => "Stacks",
            Kind::Service => "Services",
        }
    }

    /// The kind whose articles lie in this folder.
    pub fn of_folder(folder: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.folder() == folder)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The text is no kind's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownKind;

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no kind of article has this name")
    }
}

impl std::error::Error for UnknownKind {}

impl FromStr for Kind {
    type Err = UnknownKind;

    /// Takes the name of the folder as well: people type what they see in an address.
    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Kind::ALL.iter().copied().find(|kind| kind.id() == name || kind.folder() == name).ok_or(UnknownKind)
    }
}
