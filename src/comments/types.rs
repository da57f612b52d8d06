//! What a comment is and what a reader may send. Values only: knows no database, no web and no clock.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use uuid::Uuid;

use super::network::NetworkHash;
use crate::markdown;
use crate::redact::SecretKind;

/// The longest name of an author, in characters.
pub const AUTHOR_MAX: usize = 60;
/// The shortest comment, in characters that can be seen.
pub const BODY_MIN: usize = 3;
/// The longest comment, in characters. A long log does not belong into a comment; the lines that matter do.
pub const BODY_MAX: usize = 8000;
/// The most findings that a comment may carry. A diagnosis has rarely more than ten.
pub const FINDINGS_MAX: usize = 40;
/// The longest id of a finding, in bytes.
const FINDING_ID_MAX: usize = 80;

/// What the writer says about the article: did it help?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// This fixed it.
    Fixed,
    /// This helped, but something else was needed too.
    Partly,
    /// This did not fix it.
    NotFixed,
    /// A question.
    Question,
    /// A remark that answers nothing and asks nothing.
    Note,
}

impl Outcome {
    /// All of them, in the order in which a form shows them.
    pub const ALL: [Outcome; 5] =
        [Outcome::Fixed, Outcome::Partly, Outcome::NotFixed, Outcome::Question, Outcome::Note];

    /// The stable id, as in the API and in the database.
    pub const fn id(self) -> &'static str {
        match self {
            Outcome::Fixed => "fixed",
            Outcome::Partly => "partly",
            Outcome::NotFixed => "not-fixed",
            Outcome::Question => "question",
            Outcome::Note => "note",
        }
    }

    /// What a reader sees beside the comment.
    pub const fn label(self) -> &'static str {
        match self {
            Outcome::Fixed => "This fixed it",
            Outcome::Partly => "This helped in part",
            Outcome::NotFixed => "This did not fix it",
            Outcome::Question => "Question",
            Outcome::Note => "Note",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Outcome {
    type Err = UnknownId;

    fn from_str(id: &str) -> Result<Outcome, UnknownId> {
        Outcome::ALL.into_iter().find(|outcome| outcome.id() == id).ok_or(UnknownId)
    }
}

/// Who can see a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Everybody.
    Published,
    /// Its author and the moderators, until a moderator decides.
    Held,
    /// The moderators: one of them took it down.
    Hidden,
    /// Nobody: the text is gone. The row stays, so that the answers under it keep their place.
    Deleted,
}

impl Status {
    /// All of them, in the order in which a filter lists them.
    pub const ALL: [Status; 4] = [Status::Published, Status::Held, Status::Hidden, Status::Deleted];

    /// The stable id, as in the API and in the database.
    pub const fn id(self) -> &'static str {
        match self {
            Status::Published => "published",
            Status::Held => "held",
            Status::Hidden => "hidden",
            Status::Deleted => "deleted",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Status {
    type Err = UnknownId;

    fn from_str(id: &str) -> Result<Status, UnknownId> {
        Status::ALL.into_iter().find(|status| status.id() == id).ok_or(UnknownId)
    }
}

/// An id that is not in its closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the known ids")]
pub struct UnknownId;

/// A comment as it is stored: secrets masked, Markdown not yet rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// UUIDv7: ids sort in the order in which the comments were posted.
    pub id: Uuid,
    /// The slug of the article it stands under.
    pub slug: String,
    /// The comment it answers.
    pub parent: Option<Uuid>,
    /// The comment at the top of its thread: its own id when it answers none.
    pub thread: Uuid,
    /// The name its author gave; none is fine. Empty for a deleted comment.
    pub author: Option<String>,
    /// Markdown source. Empty for a deleted comment.
    pub body: String,
    /// What its author says about the article.
    pub outcome: Outcome,
    /// Who can see it.
    pub status: Status,
    /// Why it was held when it was posted or edited; for moderators only.
    pub held_because: Option<HeldBecause>,
    /// The ids of the findings of the diagnosis that led its author here, as they were then.
    pub findings: Vec<String>,
    /// When it was posted.
    pub created: Timestamp,
    /// When its author last changed it.
    pub edited: Option<Timestamp>,
    /// How many readers said that it helped them.
    pub helped: i64,
    /// Whether a moderator set it on top.
    pub pinned: bool,
    /// Whether a moderator marked it as the official answer.
    pub official: bool,
}

impl Comment {
    /// Whether its text may be shown to everybody.
    pub fn is_published(&self) -> bool {
        self.status == Status::Published
    }

    /// The name to show: "Anonymous" when its author gave none.
    pub fn author_shown(&self) -> &str {
        self.author.as_deref().unwrap_or("Anonymous")
    }
}

/// Why a comment waits for a moderator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeldBecause {
    /// Every comment waits here.
    EveryComment,
    /// The first comment from this network waits here.
    FirstComment,
    /// The field that people do not see was filled in.
    Trap,
    /// It came faster after the form than anybody types.
    TooFast,
    /// The form's token was not made here, or for another article.
    ForgedForm,
    /// It has more links than comments have.
    ManyLinks,
    /// The name of its author is an address.
    LinkAsName,
    /// It has a word from the operator's list.
    MutedWord,
    /// The same text was posted before.
    Duplicate,
    /// Its words are those of what moderators took for spam.
    LikelySpam,
}

impl HeldBecause {
    const ALL: [HeldBecause; 10] = [
        HeldBecause::EveryComment,
        HeldBecause::FirstComment,
        HeldBecause::Trap,
        HeldBecause::TooFast,
        HeldBecause::ForgedForm,
        HeldBecause::ManyLinks,
        HeldBecause::LinkAsName,
        HeldBecause::MutedWord,
        HeldBecause::Duplicate,
        HeldBecause::LikelySpam,
    ];

    /// The stable id, as in the database.
    pub const fn id(self) -> &'static str {
        match self {
            HeldBecause::EveryComment => "every-comment",
            HeldBecause::FirstComment => "first-comment",
            HeldBecause::Trap => "trap",
            HeldBecause::TooFast => "too-fast",
            HeldBecause::ForgedForm => "forged-form",
            HeldBecause::ManyLinks => "many-links",
            HeldBecause::LinkAsName => "link-as-name",
            HeldBecause::MutedWord => "muted-word",
            HeldBecause::Duplicate => "duplicate",
            HeldBecause::LikelySpam => "likely-spam",
        }
    }

    /// What a moderator reads in the queue.
    pub const fn label(self) -> &'static str {
        match self {
            HeldBecause::EveryComment => "every comment waits for a moderator",
            HeldBecause::FirstComment => "the first comment from its network",
            HeldBecause::Trap => "the field that people do not see was filled in",
            HeldBecause::TooFast => "it came faster after the form than anybody types",
            HeldBecause::ForgedForm => "its form was not made here, or for another article",
            HeldBecause::ManyLinks => "it has many links",
            HeldBecause::LinkAsName => "the name of its author is an address",
            HeldBecause::MutedWord => "it has a muted word",
            HeldBecause::Duplicate => "the same text was posted before",
            HeldBecause::LikelySpam => "it resembles what was marked as spam",
        }
    }
}

impl fmt::Display for HeldBecause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl FromStr for HeldBecause {
    type Err = UnknownId;

    fn from_str(id: &str) -> Result<HeldBecause, UnknownId> {
        HeldBecause::ALL.into_iter().find(|reason| reason.id() == id).ok_or(UnknownId)
    }
}

/// A comment and the answers under it, oldest first. Answers to answers stand in the same list; their
/// [`Comment::parent`] says what they answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The comment at the top. When it is not published but has answers that are, it is here with its status and without
    /// author, body and findings.
    pub comment: Comment,
    /// The published answers.
    pub replies: Vec<Comment>,
}

/// The order of the threads under an article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// What a moderator set on top, then what helped most readers, then the oldest.
    #[default]
    Helpful,
    /// The newest first.
    Newest,
    /// The oldest first.
    Oldest,
}

impl Sort {
    /// All of them, in the order in which a page offers them.
    pub const ALL: [Sort; 3] = [Sort::Helpful, Sort::Newest, Sort::Oldest];

    /// The stable id, as in addresses.
    pub const fn id(self) -> &'static str {
        match self {
            Sort::Helpful => "helpful",
            Sort::Newest => "newest",
            Sort::Oldest => "oldest",
        }
    }
}

/// Which part of what stands under an article is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The order.
    pub sort: Sort,
    /// The page, from 1 on; 0 counts as 1.
    pub page: usize,
    /// The comment that has to be on the page, whichever it is on.
    pub at: Option<Uuid>,
    /// The thread that is shown alone, with a page of its answers.
    pub thread: Option<Uuid>,
}

/// A page of what stands under an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadPage {
    /// The threads, each with the first of its answers; or one thread with a page of them.
    pub threads: Vec<Thread>,
    /// How many answers each of the threads has.
    pub answers: Vec<usize>,
    /// What all comments under the article say.
    pub tally: Tally,
    /// Which page this is, from 1 on.
    pub page: usize,
    /// How many there are; at least 1.
    pub pages: usize,
    /// The thread that stands here alone.
    pub alone: Option<Uuid>,
}

/// How often an article was said to help, in comments and by one click after a diagnosis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Said with [`Outcome::Fixed`].
    pub fixed: i64,
    /// Said with [`Outcome::Partly`].
    pub partly: i64,
    /// Said with [`Outcome::NotFixed`].
    pub not_fixed: i64,
    /// Published comments of every outcome.
    pub comments: i64,
}

/// What a published comment confirms: the findings of a diagnosis, the article read, and how it went. The ranking
/// learns from these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The slug of the article.
    pub slug: String,
    /// [`Outcome::Fixed`], [`Outcome::Partly`] or [`Outcome::NotFixed`].
    pub outcome: Outcome,
    /// The ids of the findings; may be empty.
    pub findings: Vec<String>,
}

/// Who sends something, as far as it is known here: hashes of the network, under the key of the day and under
/// the one before it, so that limits and bans outlive a change of key. Made by
/// [`Comments::visitor`](super::Comments::visitor).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The network under the key of the day: what is stored.
    pub network: NetworkHash,
    /// The network under the key before it, if there was one.
    pub earlier: Option<NetworkHash>,
}

impl Visitor {
    /// The hash to compare with what was stored under the key before; the same hash again when there is none.
    pub(super) fn earlier(&self) -> NetworkHash {
        self.earlier.unwrap_or(self.network)
    }

    /// Both hashes, for counting.
    pub(super) fn hashes(&self) -> [[u8; 32]; 2] {
        [self.network.0, self.earlier().0]
    }
}

/// What a comment was posted as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The comment. Its status says whether it is published or waits for a moderator.
    pub comment: Comment,
    /// The right to change and delete it for a while. Shown once, to its author; not stored.
    pub edit_token: String,
    /// The kinds of secrets that were masked before it was stored, each once.
    pub masked: Vec<SecretKind>,
}

/// What a comment was changed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The comment as it is now. It may be held again.
    pub comment: Comment,
    /// The kinds of secrets that were masked before it was stored, each once.
    pub masked: Vec<SecretKind>,
}

/// What a stranger sends, as text. Nothing in it is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The name; empty for none.
    pub author: String,
    /// Markdown source.
    pub body: String,
    /// The id of an [`Outcome`]; empty counts as `note`.
    pub outcome: String,
    /// The id of the comment that it answers; empty for none.
    pub parent: String,
    /// Ids of findings.
    pub findings: Vec<String>,
    /// The field that people do not see. Whatever fills it in is a program.
    pub trap: String,
}

/// A comment that may be stored as far as its own text goes. Whether its parent exists, and whether its author may
/// write now, is asked when it is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewComment {
    pub(super) author: Option<String>,
    pub(super) body: String,
    pub(super) outcome: Outcome,
    pub(super) parent: Option<Uuid>,
    pub(super) findings: Vec<String>,
    pub(super) trapped: bool,
}

/// What is wrong with one field, said to the person who typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field of the [`Draft`]: `author`, `body`, `outcome`, `parent` or `findings`.
    pub field: &'static str,
    /// A sentence that says what to do.
    pub message: String,
}

impl NewComment {
    /// Reads what was sent.
    ///
    /// # Errors
    /// Every problem, in the order of the fields.
    pub fn parse(draft: Draft) -> Result<NewComment, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let mut problem = |field, message: String| problems.push(FieldProblem { field, message });

        let author = author(&draft.author).unwrap_or_else(|message| {
            problem("author", message);
            None
        });
        let body = body(&draft.body).unwrap_or_else(|message| {
            problem("body", message);
            String::new()
        });
        let outcome = outcome(&draft.outcome).unwrap_or_else(|message| {
            problem("outcome", message);
            Outcome::Note
        });
        let parent = parent(&draft.parent).unwrap_or_else(|message| {
            problem("parent", message);
            None
        });
        let findings = findings(draft.findings).unwrap_or_else(|message| {
            problem("findings", message);
            Vec::new()
        });

        if !problems.is_empty() {
            return Err(problems);
        }
        let trapped = !draft.trap.trim().is_empty();
        Ok(NewComment { author, body, outcome, parent, findings, trapped })
    }

    /// The name its author gives, on one line. Secrets are not yet masked.
    pub fn author(&self) -> Option<&str> {
        self.author.as_deref()
    }

    /// The Markdown source, cleaned of characters that cannot be seen. Secrets are not yet masked.
    pub fn body(&self) -> &str {
        &self.body
    }
}

const NUL: &str = "This contains a zero byte, which cannot be stored. Paste the text without it.";

fn author(typed: &str) -> Result<Option<String>, String> {
    if typed.contains('\0') {
        return Err(NUL.to_owned());
    }
    let visible: String = typed
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| !c.is_control() && !is_bidi(c))
        .collect();
    let name = visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if name.chars().all(is_invisible) {
        return Ok(None);
    }
    match name.chars().count() {
        0..=AUTHOR_MAX => Ok(Some(name)),
        length => {
            Err(format!("A name can have {AUTHOR_MAX} characters; this one has {length}. Please shorten it."))
        }
    }
}

fn body(typed: &str) -> Result<String, String> {
    if typed.contains('\0') {
        return Err(NUL.to_owned());
    }
    let text: String = typed
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|&c| matches!(c, '\n' | '\t') || !(c.is_control() || is_bidi_override(c)))
        .collect();
    // Spaces at the start of the first line stay: they make a code block.
    let text = text.trim_end().trim_start_matches('\n');
    let text = if text.trim_start().len() == text.len() { text } else { keep_first_indent(text) };
    let length = text.chars().count();
    if length > BODY_MAX {
        return Err(format!(
            "A comment can have {BODY_MAX} characters; this one has {length}. Please keep the lines that matter."
        ));
    }
    match text.chars().filter(|&c| !is_invisible(c)).count() {
        0 => Err("Please write something.".to_owned()),
        1..BODY_MIN => Err("Please write a little more.".to_owned()),
        // Marks of Markdown alone, a line or the target of a link, say nothing.
        _ if !shows_text(&markdown::comment(text).to_string()) => Err("Please write something.".to_owned()),
        _ => Ok(text.to_owned()),
    }
}

/// Whether anything can be seen outside the tags.
fn shows_text(html: &str) -> bool {
    let mut in_tag = false;
    html.replace("&nbsp;", " ").chars().any(|c| {
        let was_in_tag = in_tag;
        in_tag = c == '<' || (in_tag && c != '>');
        !(in_tag || was_in_tag || is_invisible(c))
    })
}

/// Drops empty lines before the first one that says something, and keeps that line's indent.
fn keep_first_indent(text: &str) -> &str {
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        if !line.trim().is_empty() {
            break;
        }
        rest = after;
    }
    rest
}

fn outcome(sent: &str) -> Result<Outcome, String> {
    match sent {
        "" => Ok(Outcome::Note),
        id => id.parse().map_err(|UnknownId| {
            let known = Outcome::ALL.map(Outcome::id).join(", ");
            format!("Choose one of the outcomes: {known}.")
        }),
    }
}

fn parent(sent: &str) -> Result<Option<Uuid>, String> {
    match sent {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| "The comment that this answers does not exist.".to_owned()),
    }
}

fn findings(sent: Vec<String>) -> Result<Vec<String>, String> {
    if sent.len() > FINDINGS_MAX {
        return Err(format!("A comment can carry {FINDINGS_MAX} findings; this one has {}.", sent.len()));
    }
    let mut kept: Vec<String> = Vec::with_capacity(sent.len());
    for id in sent {
        if !is_finding_id(&id) {
            return Err("A finding is named by its id, like \"jwt.audience-refused\".".to_owned());
        }
        if !kept.contains(&id) {
            kept.push(id);
        }
    }
    Ok(kept)
}

/// Whether this has the shape `area.kebab-case`.
fn is_finding_id(id: &str) -> bool {
    let kebab = |part: &str| {
        !part.is_empty()
            && part.split('-').all(|word| {
                !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            })
    };
    id.len() <= FINDING_ID_MAX && id.split_once('.').is_some_and(|(area, rest)| kebab(area) && kebab(rest))
}

/// Characters that turn the direction of the text around them, so that it reads as something else than it is.
/// <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>
fn is_bidi_override(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The above, and the marks that Hebrew and Arabic text has good use for, but a name has not.
fn is_bidi(c: char) -> bool {
    is_bidi_override(c) || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}')
}

/// Characters that print nothing, spaces among them.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || is_bidi(c)
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}
