//! What comments promise, on a database of their own for each test. With FIX401_TEST_POSTGRES set, on PostgreSQL.

mod answering;
mod carrying;
mod checking;
mod database;
mod keeping;
mod limiting;
mod moderating;
mod posting;
mod reading;
mod searching;
mod signing_in;

#[path = "../../tests/support/database.rs"]
mod test_database;

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;
use test_database::TestDatabase;

/// Comments on a new database, with a clock that stands still until it is moved.
struct Scene {
    comments: Comments,
    now: Timestamp,
    // After the comments, so that it is dropped after them.
    database: TestDatabase,
}

impl Scene {
    async fn new() -> Scene {
        Scene::with(|_| ()).await
    }

    async fn with(change: impl FnOnce(&mut Settings)) -> Scene {
        let database = TestDatabase::create().await;
        let mut settings = Settings { connections: 4, ..Settings::default() };
        change(&mut settings);
        let comments = Comments::open(&database.url, settings).await.expect("it opens");
        Scene { comments, now: "2026-11-23T12:00:00Z".parse().unwrap(), database }
    }

    /// Another instance of the program, on the same database.
    async fn instance(&self) -> Comments {
        Comments::open(&self.database.url, self.comments.settings().clone()).await.expect("it opens")
    }

    fn later(&mut self, by: SignedDuration) {
        self.now += by;
    }

    /// A minute before the key for networks changes.
    fn go_to_the_eve_of_another_key(&mut self) {
        let (now, length) = (self.now.as_millisecond(), limits::millis(self.comments.settings.key_rotation));
        let change = now - now % length + length;
        self.now = Timestamp::from_millisecond(change).unwrap() - minutes(1);
    }

    async fn visitor(&self, address: &str) -> Visitor {
        self.comments.visitor(address.parse::<IpAddr>().unwrap(), self.now).await.unwrap()
    }

    /// A comment that is right, but for what a test changes.
    fn say(&self, body: &str) -> Post<'_> {
        let draft = Draft { body: body.into(), ..Draft::default() };
        Post { scene: self, slug: "clock-skew", address: "192.0.2.1", fill: FillTime::Fresh, draft }
    }

    async fn moderate(&self, comment: &Comment, ruling: Ruling) -> Comment {
        self.comments.rule(comment.id, ruling, "mo", self.now).await.unwrap()
    }

    /// The bodies under an article; answers are indented.
    async fn shown(&self) -> Vec<String> {
        let threads = self.comments.threads("clock-skew").await.unwrap();
        let mut lines = Vec::new();
        for thread in threads {
            lines.push(line(&thread.comment));
            lines.extend(thread.replies.iter().map(|reply| format!("  {}", line(reply))));
        }
        lines
    }
}

fn line(comment: &Comment) -> String {
    match comment.status {
        Status::Published => comment.body.clone(),
        status => format!("({status}){}", comment.body),
    }
}

struct Post<'s> {
    scene: &'s Scene,
    slug: &'s str,
    address: &'s str,
    fill: FillTime,
    draft: Draft,
}

impl<'s> Post<'s> {
    fn under(self, slug: &'s str) -> Self {
        Post { slug, ..self }
    }

    fn from(self, address: &'s str) -> Self {
        Post { address, ..self }
    }

    fn fill(self, fill: FillTime) -> Self {
        Post { fill, ..self }
    }

    fn author(mut self, author: &str) -> Self {
        self.draft.author = author.into();
        self
    }

    fn outcome(mut self, outcome: Outcome) -> Self {
        self.draft.outcome = outcome.id().into();
        self
    }

    fn answers(mut self, parent: &Comment) -> Self {
        self.draft.parent = parent.id.to_string();
        self
    }

    fn findings(mut self, findings: &[&str]) -> Self {
        self.draft.findings = findings.iter().map(|id| (*id).to_owned()).collect();
        self
    }

    fn trap(mut self, trap: &str) -> Self {
        self.draft.trap = trap.into();
        self
    }

    async fn sent(self) -> Result<Posted, Refused> {
        let visitor = self.scene.visitor(self.address).await;
        let new = NewComment::parse(self.draft).expect("the draft is right");
        self.scene.comments.post(self.slug, new, &visitor, self.fill, self.scene.now).await
    }

    async fn posted(self) -> Posted {
        self.sent().await.expect("it is taken")
    }

    async fn comment(self) -> Comment {
        self.posted().await.comment
    }
}

fn new(body: &str) -> NewComment {
    NewComment::parse(Draft { body: body.into(), ..Draft::default() }).unwrap()
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn days(days: i64) -> SignedDuration {
    hours(24 * days)
}
