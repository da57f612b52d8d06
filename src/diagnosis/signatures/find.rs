//! Looks for thousands of words in one pass. Knows nothing of what they are for.
//!
//! At each place of a text its next bytes, hashed, are looked up in a table of bits that fits the nearest cache; only where
//! a word begins with such bytes are words compared. An automaton over the same words would take megabytes, and several
//! times as long.

/// Words by number, and where to look for them.
#[derive(Debug)]
pub(super) struct Finder {
    /// Whether some word begins with three bytes of this hash: in most places none does, and nothing else is looked at.
    begin: Bits,
    /// Words of eight bytes and more, of four to seven, and of two and three: told apart by their first eight, four and two.
    tables: [Table; 3],
}

/// How many first bytes tell the words of each table apart.
const KEYS: [usize; 3] = [8, 4, 2];
/// So many bytes are looked at ahead of a place: what must stand behind a text, whatever it is.
pub(super) const AHEAD: usize = 7;

/// The hash of the first bytes of eight (Knuth's multiplicative hashing); its highest bits are the best.
#[inline]
fn hash(bytes: [u8; AHEAD + 1], key: usize) -> u32 {
    let key = u64::from_le_bytes(bytes) << (64 - 8 * key);
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// The first eight bytes of a word, with zeros behind it.
fn first_bytes(word: &[u8]) -> [u8; AHEAD + 1] {
    let mut first = [0; AHEAD + 1];
    first.iter_mut().zip(word).for_each(|(to, from)| *to = *from);
    first
}

/// A bit for each of 65,536 hashes.
#[derive(Debug)]
struct Bits(Box<[u64; 1024]>);

impl Bits {
    fn new() -> Bits {
        Bits(Box::new([0; 1024]))
    }

    fn set(&mut self, hash: u32) {
        if let Some(bits) = self.0.get_mut((hash >> 22) as usize) {
            *bits |= 1 << (hash >> 16 & 63);
        }
    }

    #[inline]
    fn has(&self, hash: u32) -> bool {
        self.0.get((hash >> 22) as usize).is_some_and(|bits| bits >> (hash >> 16 & 63) & 1 == 1)
    }
}

/// Words that are told apart by the first bytes they have.
#[derive(Debug)]
struct Table {
    begin: Bits,
    /// Where the words of each bucket end among all words, in the order of the buckets.
    ends: Vec<u32>,
    words: Vec<Entry>,
    /// The words one after the other.
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Its first bytes, up to eight.
    first: u64,
    start: u32,
    end: u32,
    number: u32,
}

impl Table {
    const BUCKETS: usize = 1 << 14;

    fn bucket(hash: u32) -> usize {
        (hash >> 18) as usize
    }

    /// A table of words with their hashes and numbers.
    fn new(words: impl Iterator<Item = (u32, u32, Vec<u8>)>) -> Table {
        let mut sorted: Vec<(u32, u32, Vec<u8>)> = words.collect();
        sorted.sort_unstable();
        let (words, ends) = (Vec::with_capacity(sorted.len()), Vec::with_capacity(Table::BUCKETS));
        let mut table = Table { begin: Bits::new(), ends, words, bytes: Vec::new() };
        let mut sorted = sorted.into_iter().peekable();
        for bucket in 0..Table::BUCKETS {
            while let Some((hash, number, word)) = sorted.next_if(|(hash, ..)| Table::bucket(*hash) == bucket)
            {
                table.begin.set(hash);
                let (first, start) = (u64::from_le_bytes(first_bytes(&word)), table.bytes.len() as u32);
                table.bytes.extend(word);
                table.words.push(Entry { first, start, end: table.bytes.len() as u32, number });
            }
            table.ends.push(table.words.len() as u32);
        }
        table
    }

    /// The words with which a text begins, by number, with their lengths; `ahead` are its first bytes.
    fn beginning<'t>(
        &'t self,
        hash: u32,
        ahead: [u8; AHEAD + 1],
        text: &'t [u8],
    ) -> impl Iterator<Item = (u32, usize)> + 't {
        let bucket = Table::bucket(hash);
        let end = self.ends.get(bucket).copied().unwrap_or_default();
        let start =
            bucket.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let entries = self.words.get(start as usize..end as usize).unwrap_or_default();
        let ahead = u64::from_le_bytes(ahead);
        entries.iter().filter_map(move |entry| {
            let length = (entry.end - entry.start) as usize;
            // Nearly every word differs in its first bytes.
            let differs = (ahead ^ entry.first) << (64 - 8 * length.min(AHEAD + 1)) != 0;
            if differs {
                return None;
            }
            let word = self.bytes.get(entry.start as usize..entry.end as usize)?;
            text.starts_with(word).then_some((entry.number, length))
        })
    }
}

impl Finder {
    /// A finder of these words, each of at least two bytes; their numbers are their places in the list.
    pub fn new(words: Vec<Vec<u8>>) -> Finder {
        let mut begin = Bits::new();
        for word in &words {
            match word.as_slice() {
                [one, two] => (0..=255).for_each(|any| begin.set(hash(first_bytes(&[*one, *two, any]), 3))),
                word => begin.set(hash(first_bytes(word), 3)),
            }
        }
        let key_of = |word: &[u8]| KEYS.into_iter().find(|key| *key <= word.len());
        let table = |key: usize| {
            let of_table = (0..).zip(&words).filter(|(_, word)| key_of(word) == Some(key));
            Table::new(of_table.map(|(number, word)| (hash(first_bytes(word), key), number, word.clone())))
        };
        Finder { begin, tables: KEYS.map(table) }
    }

    /// Every place where a word stands: its number, start and length, in the order of the starts. The last [`AHEAD`]
    /// bytes of the text are padding.
    pub fn each(&self, text: &[u8], mut found: impl FnMut(usize, usize, usize)) {
        for (at, ahead) in text.windows(AHEAD + 1).enumerate() {
            let Ok(ahead) = <[u8; AHEAD + 1]>::try_from(ahead) else { continue };
            if !self.begin.has(hash(ahead, 3)) {
                continue;
            }
            for (table, key) in self.tables.iter().zip(KEYS) {
                let hash = hash(ahead, key);
                if table.begin.has(hash) {
                    let rest = text.get(at..text.len() - AHEAD).unwrap_or_default();
                    table
                        .beginning(hash, ahead, rest)
                        .for_each(|(number, length)| found(number as usize, at, length));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_at_every_place_and_within_each_other() {
        let words = ["token", "access token", "ok", "tok", "expired"].map(|word| word.as_bytes().to_vec());
        let finder = Finder::new(words.to_vec());
        let mut seen = Vec::new();
        finder.each(b"access token ok\0\0\0\0\0\0\0", |number, start, length| {
            seen.push((number, start, length))
        });
        seen.sort_unstable_by_key(|(number, start, _)| (*start, *number));
        assert_eq!(seen, [(1, 0, 12), (0, 7, 5), (3, 7, 3), (2, 8, 2), (2, 13, 2)]);
    }

    #[test]
    fn padding_is_no_part_of_the_text() {
        let finder = Finder::new(vec![b"ab\0".to_vec(), b"ab".to_vec()]);
        let mut seen = Vec::new();
        finder.each(b"ab\0\0\0\0\0\0\0", |number, start, _| seen.push((number, start)));
        assert_eq!(seen, [(1, 0)]);
    }
}
