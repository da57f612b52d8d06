//! Which words stand near each other: the part of a text in which a pattern can match at all. A pattern is tried only
//! where one word of each of its groups stands within reach, so that a long paste costs little more than one pass.

use std::collections::HashMap;
use std::ops::Range;

use super::find::{AHEAD, Finder};
use super::words::{self, Words};

/// A text is looked at in windows of so many blocks, one bit each.
type Bits = u128;
const BLOCKS: usize = Bits::BITS as usize;
/// Bytes in a block.
const BLOCK: usize = 64;
/// How many blocks away the words of one match may stand from each other: what one symptom says, it says within a
/// kilobyte.
const REACH: usize = 16;
/// How many bytes a match may have.
pub(super) const LONGEST: usize = (REACH + 1) * BLOCK;
/// So many bytes of the space before a word are tried as the beginning of a match.
const SPACES: u16 = 16;
/// How many blocks two windows share, so that a match across their border lies whole in one of them.
const SHARED: usize = 2 * REACH;

/// A group of words or a set of heads that several patterns may share, by number.
pub(super) type Number = u32;

/// The words of all patterns, looked for at once.
#[derive(Debug)]
pub(super) struct WordFinder {
    finder: Finder,
    /// For each word where it belongs.
    uses: Vec<Uses>,
    groups: usize,
    heads: usize,
}

/// The groups and the heads that a word belongs to.
#[derive(Debug, Default)]
struct Uses {
    groups: Vec<Number>,
    heads: Vec<Number>,
}

/// Gathers the words of all patterns; what several patterns share is looked for once.
#[derive(Debug, Default)]
pub(super) struct Gatherer {
    groups: HashMap<Words, Number>,
    heads: HashMap<Words, Number>,
}

impl Gatherer {
    /// The number of a group.
    pub fn group(&mut self, words: Words) -> Number {
        numbered(&mut self.groups, words)
    }

    /// The number of a set of heads.
    pub fn heads(&mut self, words: Words) -> Number {
        numbered(&mut self.heads, words)
    }

    /// What looks for all of them at once.
    pub fn build(self) -> WordFinder {
        let (groups, heads) = (self.groups.len(), self.heads.len());
        let mut by_word: HashMap<Vec<u8>, Uses> = HashMap::new();
        for (words, number) in self.groups {
            for word in words {
                by_word.entry(word).or_default().groups.push(number);
            }
        }
        for (words, number) in self.heads {
            for word in words {
                by_word.entry(word).or_default().heads.push(number);
            }
        }
        let (words, uses): (Vec<Vec<u8>>, Vec<Uses>) = by_word.into_iter().unzip();
        WordFinder { finder: Finder::new(words), uses, groups, heads }
    }
}

fn numbered(known: &mut HashMap<Words, Number>, words: Words) -> Number {
    let next = Number::try_from(known.len()).unwrap_or(Number::MAX);
    *known.entry(words).or_insert(next)
}

/// Where the words of each group stand in one window of a text.
pub(super) struct Window<'f> {
    finder: &'f WordFinder,
    /// Where the window begins and ends in the text.
    range: Range<usize>,
    /// For each group the blocks in which a word of it ends, and those from which one is within reach ahead.
    seen: Vec<(Bits, Bits)>,
    groups_seen: Vec<Number>,
    /// For each set of heads the first and the last of its places in the list.
    heads: Vec<(u32, u32)>,
    heads_seen: Vec<Number>,
    /// Where heads stand, those of one set linked in the order of the text.
    begins: Vec<Begin>,
    /// The text of the window as words are compared, and where each byte of it stands in the window.
    folded: Vec<u8>,
    places: Vec<u16>,
}

/// Where a match may begin: at a byte or, when the word begins with a space, anywhere in that.
#[derive(Clone, Copy, Debug)]
struct Begin {
    start: u16,
    end: u16,
    /// The next place of the same set.
    next: u32,
}

/// The link at the end of a list.
const NONE: u32 = u32::MAX;

impl WordFinder {
    /// A window, to be moved over texts.
    pub fn window(&self) -> Window<'_> {
        Window {
            finder: self,
            range: 0..0,
            seen: vec![(0, 0); self.groups],
            groups_seen: Vec::new(),
            heads: vec![(NONE, NONE); self.heads],
            heads_seen: Vec::new(),
            begins: Vec::new(),
            folded: Vec::with_capacity(BLOCKS * BLOCK + AHEAD),
            places: Vec::with_capacity(BLOCKS * BLOCK + 1),
        }
    }
}

/// The windows that cover a part of a text.
pub(super) fn windows(part: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let step = (BLOCKS - SHARED) * BLOCK;
    let count = (part.len().saturating_sub(SHARED * BLOCK)).div_ceil(step).max(1);
    (0..count).map(move |index| {
        let start = part.start + index * step;
        start..(start + BLOCKS * BLOCK).min(part.end)
    })
}

impl Window<'_> {
    /// Looks for the words in a part of a text no longer than a window.
    pub fn read(&mut self, text: &[u8], range: Range<usize>) {
        self.forget();
        let Window { finder, seen, groups_seen, heads, heads_seen, begins, folded, places, .. } = self;
        // A window is no longer than a place can tell.
        words::fold(text.get(range.clone()).unwrap_or_default(), folded, |at| places.push(at as u16));
        places.push(range.len() as u16);
        let place = |at: usize| places.get(at).copied();
        folded.extend([0; AHEAD]);
        finder.finder.each(folded, |word, start, length| {
            let Some(uses) = finder.uses.get(word) else { return };
            let bit = bit_of(place(start + length - 1).unwrap_or_default());
            for group in &uses.groups {
                if let Some((seen, _)) = seen.get_mut(*group as usize) {
                    if *seen == 0 {
                        groups_seen.push(*group);
                    }
                    *seen |= bit;
                }
            }
            for number in &uses.heads {
                let Some((first, last)) = heads.get_mut(*number as usize) else { continue };
                let at = begins.len() as u32;
                match begins.get_mut(*last as usize) {
                    Some(last) => last.next = at,
                    None => {
                        heads_seen.push(*number);
                        *first = at;
                    }
                }
                *last = at;
                let begin = place(start).unwrap_or_default();
                let spaced = folded.get(start) == Some(&b' ');
                let end = place(start + 1).filter(|_| spaced).unwrap_or(begin + 1);
                begins.push(Begin { start: begin, end, next: NONE });
            }
        });
        for group in groups_seen {
            if let Some((seen, ahead)) = seen.get_mut(*group as usize) {
                *ahead = spread(*seen, |bits, step| bits >> step);
            }
        }
        self.range = range;
    }

    fn forget(&mut self) {
        for group in self.groups_seen.drain(..) {
            self.seen.get_mut(group as usize).into_iter().for_each(|seen| *seen = (0, 0));
        }
        for heads in self.heads_seen.drain(..) {
            self.heads.get_mut(heads as usize).into_iter().for_each(|heads| *heads = (NONE, NONE));
        }
        self.begins.clear();
        self.folded.clear();
        self.places.clear();
    }

    /// The part of the text that it covers.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// The places at which a match may begin that begins with one of these heads and holds a word of each group, in order.
    pub fn begins(&self, heads: Number, groups: &[Number]) -> impl Iterator<Item = usize> + '_ {
        let ahead = groups.iter().fold(Bits::MAX, |all, group| {
            all & self.seen.get(*group as usize).map_or(0, |(_, ahead)| *ahead)
        });
        let first = self.heads.get(heads as usize).map(|(first, _)| *first).filter(|_| ahead != 0);
        let begin = |at: u32| self.begins.get(at as usize).copied();
        let begins = std::iter::successors(first.and_then(begin), move |last| begin(last.next));
        begins.filter(move |begin| bit_of(begin.start) & ahead != 0).flat_map(|begin| {
            // Of a long space the match takes all or the last of it.
            let tail = begin.end.saturating_sub(SPACES).max(begin.start + 1);
            let bytes = std::iter::once(begin.start).chain(tail..begin.end);
            bytes.map(|at| self.range.start + usize::from(at))
        })
    }

    /// The parts of the text in which a word of each group stands within reach, in order; all of it without groups.
    pub fn near(&self, groups: &[Number]) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut near = if groups.is_empty() { Bits::MAX } else { self.together(groups) };
        std::iter::from_fn(move || {
            if near == 0 {
                return None;
            }
            let first = near.trailing_zeros() as usize;
            let length = (near >> first).trailing_ones() as usize;
            near = if first + length >= BLOCKS { 0 } else { near >> (first + length) << (first + length) };
            let start = self.range.start + first * BLOCK;
            Some(start..(start + length * BLOCK).min(self.range.end))
        })
        .filter(|part| !part.is_empty())
    }

    /// The blocks within reach of one that holds a word of the rarest group, and has one of every other in reach.
    fn together(&self, groups: &[Number]) -> Bits {
        let around = |bits| spread(bits, |bits, step| bits >> step | bits << step);
        let mut rarest: Option<Bits> = None;
        let mut all = Bits::MAX;
        for group in groups {
            let (seen, _) = self.seen.get(*group as usize).copied().unwrap_or_default();
            if seen == 0 {
                return 0;
            }
            if rarest.is_none_or(|rarest| seen.count_ones() < rarest.count_ones()) {
                rarest = Some(seen);
            }
            all &= around(seen);
        }
        around(rarest.unwrap_or_default() & all)
    }
}

/// The block of a place in the window.
fn bit_of(place: u16) -> Bits {
    1 << (usize::from(place) / BLOCK).min(BLOCKS - 1)
}

/// These blocks, and all within reach of them on the sides to which they are shifted.
fn spread(bits: Bits, shifted: impl Fn(Bits, usize) -> Bits) -> Bits {
    let mut spread = bits;
    let mut reach = 0;
    while reach < REACH {
        let step = (reach + 1).min(REACH - reach);
        spread |= shifted(spread, step);
        reach += step;
    }
    spread
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder(groups: &[&[&str]]) -> WordFinder {
        let mut gatherer = Gatherer::default();
        for group in groups {
            gatherer.group(group.iter().map(|word| word.as_bytes().to_vec()).collect());
        }
        gatherer.build()
    }

    #[track_caller]
    fn check(text: &str, expected: Option<(usize, usize)>) {
        let finder = finder(&[&["postman", "insomnia"], &["works"]]);
        let mut window = finder.window();
        window.read(text.as_bytes(), 0..text.len());
        let parts: Vec<(usize, usize)> = window.near(&[0, 1]).map(|part| (part.start, part.end)).collect();
        assert_eq!(parts, Vec::from_iter(expected));
    }

    #[test]
    fn words_of_all_groups_must_stand_within_reach() {
        check("it works in postman", Some((0, 19)));
        check("it works in curl", None);
        check(&format!("it works.{}postman", " ".repeat(900)), Some((0, 916)));
        check(&format!("it works.{}postman", " ".repeat(3000)), None);
    }

    #[test]
    fn a_part_is_cut_to_what_is_within_reach() {
        let far = " ".repeat(3000);
        check(&format!("{far}it works in postman{far}"), Some((1984, 4096)));
    }

    #[test]
    fn windows_cover_a_text_and_share_their_borders() {
        let covered = |part| windows(part).map(|range| (range.start, range.end)).collect::<Vec<_>>();
        assert_eq!(covered(0..100), [(0, 100)]);
        assert_eq!(covered(5..8197), [(5, 8197)]);
        assert_eq!(covered(0..20_000), [(0, 8192), (6144, 14336), (12288, 20_000)]);
    }

    #[test]
    fn what_was_seen_in_one_window_is_forgotten_in_the_next() {
        let finder = finder(&[&["postman"]]);
        let mut window = finder.window();
        window.read(b"postman", 0..7);
        assert_eq!(window.near(&[0]).count(), 1);
        window.read(b"nothing", 0..7);
        assert_eq!(window.near(&[0]).count(), 0);
        assert_eq!(window.near(&[]).map(|part| part.end).collect::<Vec<_>>(), [7]);
    }
}
