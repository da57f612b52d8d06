//! What a word is, for the index and for what is typed alike.
//!
//! Codes are words: `invalid_token`, `WWW-Authenticate` and `401.2` are found whole, and by their parts.

use std::ops::Range;

use tantivy::tokenizer::{
    Language, RawTokenizer, Stemmer as StemFilter, TextAnalyzer, Token, TokenStream, Tokenizer,
};

/// Longer runs are keys and tokens in examples. Nobody types them.
const LONGEST_WORD: usize = 64;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// In lower case.
    pub text: String,
    /// Where it stands, in bytes.
    pub span: Range<usize>,
    /// What `_`, `-` or a point join, where there is more than one part.
    pub parts: Vec<Part>,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub text: String,
    pub span: Range<usize>,
}

/// The words of a text, in order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        if belongs(before, c, next) {
            start.get_or_insert(at);
        } else if let Some(start) = start.take() {
            words.extend(word(text, start..at));
        }
        before = c;
    }
    words.extend(start.and_then(|start| word(text, start..text.len())));
    words
}

fn belongs(before: char, c: char, next: char) -> bool {
    c.is_alphanumeric()
        || c == '_'
        || c == '-'
        // `401.2` is a code of IIS; the point that ends a sentence belongs to no word.
        || (c == '.' && before.is_ascii_digit() && next.is_ascii_digit())
}

fn word(text: &str, span: Range<usize>) -> Option<Word> {
    let run = text.get(span.clone())?;
    let joins = |c: char| c == '_' || c == '-';
    let start = span.start + (run.len() - run.trim_start_matches(joins).len());
    let run = run.trim_matches(joins);
    if run.is_empty() || run.len() > LONGEST_WORD {
        return None;
    }
    let mut parts = Vec::new();
    let mut at = start;
    for piece in run.split(['_', '-', '.']) {
        if !piece.is_empty() {
            parts.push(Part { text: piece.to_lowercase(), span: at..at + piece.len() });
        }
        at += piece.len() + 1;
    }
    if parts.len() < 2 {
        parts.clear();
    }
    Some(Word { text: run.to_lowercase(), span: start..start + run.len(), parts })
}

/// Words that carry no meaning in a query. They are in the index, and count where nothing else was typed.
pub(super) fn is_filler(word: &str) -> bool {
    const FILLERS: [&str; 66] = [
        "a", "about", "after", "all", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by",
        "can", "did", "do", "does", "for", "from", "get", "gets", "getting", "had", "has", "have", "how",
        "i", "if", "in", "into", "is", "it", "its", "just", "me", "my", "of", "on", "or", "our", "so",
        "some", "still", "than", "that", "the", "their", "then", "there", "this", "to", "was", "we", "were",
        "what", "when", "where", "which", "while", "why", "with", "would", "you", "your",
    ];
    FILLERS.binary_search(&word).is_ok()
}

/// Reduces English words to their stems.
#[derive(Clone)]
pub(super) struct Stemmer(TextAnalyzer);

impl Stemmer {
    pub fn new() -> Stemmer {
        Stemmer(
            TextAnalyzer::builder(RawTokenizer::default()).filter(StemFilter::new(Language::English)).build(),
        )
    }

    /// The stem of a word in lower case.
    pub fn stem(&mut self, word: &str) -> String {
        let mut stream = self.0.token_stream(word);
        stream.next().map_or_else(|| word.to_owned(), |token| token.text.clone())
    }
}

/// The index's view of a text: every word, and after a word with parts its parts.
#[derive(Clone, Default)]
pub(super) struct WordTokenizer;

/// The analyzer of the fields that are found by stem.
pub(super) fn stemmed() -> TextAnalyzer {
    TextAnalyzer::builder(WordTokenizer).filter(StemFilter::new(Language::English)).build()
}

/// The analyzer of the fields that are found as written.
pub(super) fn exact() -> TextAnalyzer {
    TextAnalyzer::builder(WordTokenizer).build()
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        let mut tokens = Vec::new();
        let mut position = 0;
        let mut push = |text: String, span: Range<usize>, position: usize| {
            tokens.push(Token {
                offset_from: span.start,
                offset_to: span.end,
                position,
                text,
                position_length: 1,
            });
        };
        for word in words(text) {
            push(word.text, word.span, position);
            let steps = word.parts.len().max(1);
            for (step, part) in word.parts.into_iter().enumerate() {
                push(part.text, part.span, position + step);
            }
            position += steps;
        }
        Tokens { tokens, next: 0 }
    }
}

/// The tokens of one text.
pub(super) struct Tokens {
    tokens: Vec<Token>,
    /// One more than the index of the token at hand.
    next: usize,
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        self.next += 1;
        self.next <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.next - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let shown: Vec<String> = words(text)
            .into_iter()
            .map(|word| {
                let parts: Vec<String> = word.parts.into_iter().map(|part| part.text).collect();
                if parts.is_empty() { word.text } else { format!("{}={}", word.text, parts.join("+")) }
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn codes_stay_whole_beside_their_parts() {
        check("error=\"invalid_token\"", &["error", "invalid_token=invalid+token"]);
        check("WWW-Authenticate: Bearer", &["www-authenticate=www+authenticate", "bearer"]);
        check("AADSTS50011 and E401.", &["aadsts50011", "and", "e401"]);
        check("IIS answers 401.2.", &["iis", "answers", "401.2=401+2"]);
    }

    #[test]
    fn dashes_around_a_word_do_not_belong_to_it() {
        check("curl --user - __init__ a-", &["curl", "user", "init", "a"]);
    }

    #[test]
    fn other_scripts_have_words_too() {
        check("Ungültig, неверный 401", &["ungültig", "неверный", "401"]);
    }

    #[test]
    fn fillers_are_in_order_so_that_they_are_found() {
        assert!(is_filler("a") && is_filler("your") && is_filler("how") && !is_filler("token"));
        let all = "a about after all am an and any are as at be been but by can did do does for from get gets getting";
        assert!(all.split(' ').all(is_filler));
    }

    #[test]
    fn spans_are_where_the_words_stand() {
        let text = "é `client_id`";
        let word = words(text).pop().expect("a word");
        assert_eq!(&text[word.span.clone()], "client_id");
        assert_eq!(
            word.parts.iter().map(|part| &text[part.span.clone()]).collect::<Vec<_>>(),
            ["client", "id"]
        );
    }
}
