//! The library as documents: one for each article's head, one for each of its sections.

use tantivy::directory::RamDirectory;
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::TokenizerManager;
use tantivy::{Index, IndexReader, ReloadPolicy, Searcher, TantivyDocument};

use super::vocabulary::Vocabulary;
use super::words::{self, words};
use crate::library::{Article, CAUSE_HEADINGS, Kind, Library};

/// What the writer may use before it writes to the (memory) directory, in bytes. The whole library needs less.
const WRITER_MEMORY: usize = 50_000_000;

/// A text that is searched by stem and as written.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub stem: Field,
    pub exact: Field,
}

/// The parts of a document.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    /// The title of an article; only in the document of its head.
    pub title: Pair,
    /// Its slug; only there too.
    pub slug: Pair,
    /// The heading of a section.
    pub heading: Pair,
    /// The text of a section; of a head, the summary and what stands before the first heading.
    pub text: Pair,
    /// The title and slug of the article that a section belongs to.
    pub context: Pair,
}

/// What a document was made from.
pub(super) struct Entry {
    pub slug: String,
    pub kind: Kind,
    pub title: String,
    /// The heading of the section; `None` for the head of an article.
    pub heading: Option<String>,
    pub url: String,
    /// The text, with single spaces between words.
    pub text: String,
    /// The words of the title and the slug, for suggestions.
    pub title_words: Vec<String>,
    /// The words of the heading, for suggestions.
    pub heading_words: Vec<String>,
    /// What its score is multiplied by.
    pub preference: f32,
    /// Whether many articles have this heading: it says nothing without the title.
    pub common_heading: bool,
}

/// Everything that is searched.
pub(super) struct Documents {
    pub fields: Fields,
    pub searcher: Searcher,
    /// By document id: there is one segment, written in this order.
    pub entries: Vec<Entry>,
    pub vocabulary: Vocabulary,
}

impl Documents {
    /// Indexes a library.
    pub fn of(library: &Library) -> tantivy::Result<Documents> {
        let entries: Vec<Entry> = library.articles().iter().flat_map(entries_of).collect();
        let (schema, fields) = schema();
        let tokenizers = TokenizerManager::default();
        tokenizers.register(STEMMED, words::stemmed());
        tokenizers.register(EXACT, words::exact());
        let mut writer = Index::builder()
            .schema(schema)
            .tokenizers(tokenizers)
            .single_segment_index_writer(RamDirectory::create(), WRITER_MEMORY)?;
        for entry in &entries {
            writer.add_document(document(entry, &fields))?;
        }
        // The index never changes, so the reader need not watch it.
        let reader: IndexReader =
            writer.finalize()?.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let searcher = reader.searcher();
        let vocabulary = Vocabulary::of(entries.iter().map(|entry| {
            vec![entry.title.as_str(), &entry.slug, entry.heading.as_deref().unwrap_or_default(), &entry.text]
        }));
        Ok(Documents { fields, searcher, entries, vocabulary })
    }
}

const STEMMED: &str = "stemmed";
const EXACT: &str = "exact";

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let mut pair = |name: &str| {
        let mut field = |tokenizer: &str| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(tokenizer)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions);
            builder.add_text_field(
                &format!("{name}_{tokenizer}"),
                TextOptions::default().set_indexing_options(indexing),
            )
        };
        Pair { stem: field(STEMMED), exact: field(EXACT) }
    };
    let fields = Fields {
        title: pair("title"),
        slug: pair("slug"),
        heading: pair("heading"),
        text: pair("text"),
        context: pair("context"),
    };
    (builder.build(), fields)
}

fn document(entry: &Entry, fields: &Fields) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    let mut add = |pair: Pair, text: &str| {
        document.add_text(pair.stem, text);
        document.add_text(pair.exact, text);
    };
    match &entry.heading {
        None => {
            add(fields.title, &entry.title);
            add(fields.slug, &entry.slug);
        }
        Some(heading) => {
            add(fields.heading, heading);
            add(fields.context, &format!("{} {}", entry.title, entry.slug));
        }
    }
    add(fields.text, &entry.text);
    document
}

fn entries_of(article: &Article) -> Vec<Entry> {
    let entry = |heading: Option<&str>, url: String, text: &str| Entry {
        slug: article.slug.clone(),
        kind: article.kind,
        title: article.title.clone(),
        heading: heading.map(str::to_owned),
        url,
        text: in_one_line(text),
        preference: preference(article.kind, heading),
        title_words: plain_words(&format!("{} {}", article.title, article.slug)),
        heading_words: plain_words(heading.unwrap_or_default()),
        common_heading: heading.is_some_and(|heading| CAUSE_HEADINGS.contains(&heading)),
    };
    let head = entry(None, article.url(), &format!("{}\n{}", article.summary, article.lead));
    let sections = article.sections.iter().map(|section| {
        let url = format!("{}#{}", article.url(), section.anchor);
        let entry = entry(Some(&section.heading), url, &section.text);
        let preference = if section.level > 3 { entry.preference * TAB } else { entry.preference };
        Entry { preference, ..entry }
    });
    std::iter::once(head).chain(sections).collect()
}

/// What the score of a tab is multiplied by. Tabs are named after products, and who types the name of one wants the page
/// about it before the pages that have a tab for it.
const TAB: f32 = 0.7;

/// Headings under which an article of any kind says where else to look: they name the causes, and are about none.
const ABOUT_OTHERS: [&str; 3] = ["When it is something else", "Classic mistakes", "What catches people"];

/// What a document's score is multiplied by. Overviews name every word there is, the sections on one product have every
/// message that it knows, and some sections name other causes; who searches wants the page about it.
fn preference(kind: Kind, heading: Option<&str>) -> f32 {
    let of_kind = match (kind, heading) {
        (Kind::Cause, _) => 1.25,
        (Kind::Fix, _) | (Kind::Stack | Kind::Service, None) => 1.1,
        (Kind::Stack | Kind::Service, Some(_)) => 0.8,
        (Kind::Example | Kind::Guide, _) => 0.9,
    };
    let about_others = heading.is_some_and(|heading| ABOUT_OTHERS.contains(&heading));
    if about_others { of_kind * 0.6 } else { of_kind }
}

/// A text without its line breaks. Between lines that do not end like a sentence, such as those of a list or of code,
/// a dot in the middle says that they are two.
fn in_one_line(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for line in text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")) {
        if line.is_empty() {
            continue;
        }
        if !joined.is_empty() {
            joined.push_str(if joined.ends_with(['.', ':', ',', ';', '!', '?']) { " " } else { " · " });
        }
        joined.push_str(&line);
    }
    joined
}

/// The words and their parts, for comparing beginnings.
fn plain_words(text: &str) -> Vec<String> {
    let split = |word: words::Word| {
        std::iter::once(word.text).chain(word.parts.into_iter().map(|part| part.text)).collect::<Vec<_>>()
    };
    words(text).into_iter().flat_map(split).collect()
}
