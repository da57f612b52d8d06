//! Looks for thousands of words in one pass. Knows nothing of what they are for.
//!
//! At each place of a text its next bytes, hashed, are looked up in a table of bits that fits the nearest cache; only where
//! a word begins with such bytes are words compared. An automaton over the same words would take megabytes, and several
//! times as long.

/// Words by number, and where to look for them.
#[derive(Debug)]
pub(super) struct Finder {
    /// Words of four bytes and more, by their first four.
    long: Table,
    /// Words of two and three bytes, by their first two.
    short: Table,
}

/// Words that are told apart by the first bytes they have.
#[derive(Debug)]
struct Table {
    /// Whether some word begins with bytes of this hash.
    bits: Box<[u64; Table::BITS / 64]>,
    /// Where the words of each bucket end among all words, in the order of the buckets.
    ends: Vec<u32>,
    /// The words one after the other, each with the place of its end, its bucket and its number.
    words: Vec<Entry>,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    end: u32,
    number: u32,
}

impl Table {
    const BITS: usize = 1 << 16;
    const BUCKETS: usize = 1 << 13;

    /// The hash of a key: its highest bits choose bit and bucket (Knuth's multiplicative hashing).
    fn hash(key: u32) -> u32 {
        key.wrapping_mul(0x9e37_79b1)
    }

    fn bucket(hash: u32) -> usize {
        (hash >> 19) as usize
    }

    fn new(words: &[(u32, &[u8])], key: impl Fn(&[u8]) -> u32) -> Table {
        let mut sorted: Vec<(u32, u32, &[u8])> =
            words.iter().map(|(number, word)| (Table::hash(key(word)), *number, *word)).collect();
        sorted.sort_unstable();
        let mut table = Table {
            bits: Box::new([0; Table::BITS / 64]),
            ends: Vec::new(),
            words: Vec::new(),
            bytes: Vec::new(),
        };
        let mut sorted = sorted.into_iter().peekable();
        for bucket in 0..Table::BUCKETS {
            while let Some((hash, number, word)) = sorted.next_if(|(hash, ..)| Table::bucket(*hash) == bucket)
            {
                let bit = hash >> 16;
                if let Some(bits) = table.bits.get_mut((bit / 64) as usize) {
                    *bits |= 1 << (bit % 64);
                }
                let start = table.bytes.len() as u32;
                table.bytes.extend_from_slice(word);
                table.words.push(Entry { start, end: table.bytes.len() as u32, number });
            }
            table.ends.push(table.words.len() as u32);
        }
        table
    }

    /// Whether a word may begin with bytes of this hash.
    fn may_hold(&self, hash: u32) -> bool {
        let bit = hash >> 16;
        self.bits.get((bit / 64) as usize).is_some_and(|bits| bits >> (bit % 64) & 1 == 1)
    }

    /// The words with which a text begins, by number, with their lengths.
    fn beginning<'t>(&'t self, hash: u32, text: &'t [u8]) -> impl Iterator<Item = (u32, usize)> + 't {
        let bucket = Table::bucket(hash);
        let end = self.ends.get(bucket).copied().unwrap_or_default();
        let start =
            bucket.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let entries = self.words.get(start as usize..end as usize).unwrap_or_default();
        entries.iter().filter_map(move |entry| {
            let word = self.bytes.get(entry.start as usize..entry.end as usize)?;
            text.starts_with(word).then_some((entry.number, word.len()))
        })
    }
}

/// So many bytes are looked at ahead of a place: what must stand behind a text, whatever it is.
pub(super) const AHEAD: usize = 3;

impl Finder {
    /// A finder of these words, each of at least two bytes; their numbers are their places in the list.
    pub fn new(words: &[Vec<u8>]) -> Finder {
        let numbered = || (0..).zip(words.iter().map(Vec::as_slice));
        let long: Vec<(u32, &[u8])> = numbered().filter(|(_, word)| word.len() >= 4).collect();
        let short: Vec<(u32, &[u8])> = numbered().filter(|(_, word)| (2..4).contains(&word.len())).collect();
        let four = |word: &[u8]| match word {
            [one, two, three, four, ..] => u32::from_le_bytes([*one, *two, *three, *four]),
            _ => 0,
        };
        let two = |word: &[u8]| match word {
            [one, two, ..] => u32::from_le_bytes([*one, *two, 0, 0]),
            _ => 0,
        };
        Finder { long: Table::new(&long, four), short: Table::new(&short, two) }
    }

    /// Every place where a word stands: its number, start and length, in the order of the starts. The last [`AHEAD`]
    /// bytes of the text are padding.
    pub fn each(&self, text: &[u8], mut found: impl FnMut(usize, usize, usize)) {
        for (at, ahead) in text.windows(AHEAD + 1).enumerate() {
            let [one, two, three, four] = ahead else { continue };
            let key = u32::from_le_bytes([*one, *two, *three, *four]);
            let (long, short) = (Table::hash(key), Table::hash(key & 0xffff));
            for (table, hash) in [(&self.long, long), (&self.short, short)] {
                if table.may_hold(hash) {
                    let rest = text.get(at..text.len() - AHEAD).unwrap_or_default();
                    table
                        .beginning(hash, rest)
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
        let finder = Finder::new(&words);
        let mut seen = Vec::new();
        finder.each(b"access token ok\0\0\0", |number, start, length| seen.push((number, start, length)));
        seen.sort_unstable_by_key(|(number, start, _)| (*start, *number));
        assert_eq!(seen, [(1, 0, 12), (0, 7, 5), (3, 7, 3), (2, 8, 2), (2, 13, 2)]);
    }

    #[test]
    fn padding_is_no_part_of_the_text() {
        let finder = Finder::new(&[b"ab\0".to_vec(), b"ab".to_vec()]);
        let mut seen = Vec::new();
        finder.each(b"ab\0\0\0", |number, start, _| seen.push((number, start)));
        assert_eq!(seen, [(1, 0)]);
    }
}
