//! One pass over all hits: how many, of what, where, and the first of them.

use super::{
    kind::Kind,
    table::{Dictionary, SegmentTable},
};
use std::{collections::BTreeMap, sync::Arc};
use tantivy::{
    COLLECT_BLOCK_BUFFER_LEN, DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyError,
    collector::{Collector, SegmentCollector},
    query::{EnableScoring, Query, Scorer},
    schema::Field,
};

/// Hits counted by the numbers of a [`Dictionary`].
#[derive(Debug, Default, Clone)]
pub struct Counts {
    pub total: u64,
    pub units: Vec<u64>,
    pub kinds: Vec<u64>,
    pub systems: Vec<u64>,
    pub protections: Vec<u64>,
    pub isps: Vec<u64>,
    pub flags: Vec<u64>,
}

pub struct Found {
    pub counts: Counts,
    pub top: Vec<DocAddress>,
    /// Title words that match and words that name its kind, for each of `top`.
    pub scores: Vec<u8>,
}

pub struct HitCollector<'a> {
    pub tables: &'a [Arc<SegmentTable>],
    pub dictionary: &'a Dictionary,
    pub limit: usize,
    /// Counted by the units of this depth: 0 is the root.
    pub depth: usize,
    /// A hit scores one for each of them that matches it.
    pub title_words: &'a [Box<dyn Query>],
    pub title: Field,
    /// A hit of this kind scores so much more.
    pub kinds: BTreeMap<Kind, u64>,
    /// Behind all others of the same score: who names nothing looks for things, not for the units they are in.
    pub units_last: bool,
}

/// Smaller is better: the words missing from the title above whether it stands behind above the place in the order.
type Rank = u64;
const SCORE_SHIFT: u32 = 48;
const BEHIND: Rank = 1 << 47;
const MAX_SCORE: u64 = 255;

struct TitleWord {
    docs: Box<dyn Scorer>,
}

pub struct SegmentHits {
    segment: SegmentOrdinal,
    table: Arc<SegmentTable>,
    total: u64,
    paths: Vec<u32>,
    traits: Vec<u32>,
    title_words: Vec<TitleWord>,
    limit: usize,
    top: Vec<(Rank, DocId)>,
    worst: Rank,
    ordinals: [u64; COLLECT_BLOCK_BUFFER_LEN],
    /// By ordinal of the traits column; empty where no kind ranks otherwise than others.
    kind_ranks: Vec<KindRank>,
    kinds: [KindRank; COLLECT_BLOCK_BUFFER_LEN],
}

#[derive(Clone, Copy, Default)]
struct KindRank {
    score: u64,
    /// [`BEHIND`] or nothing.
    behind: Rank,
}

impl SegmentHits {
    fn take(&mut self, docs: &[DocId]) {
        self.total += docs.len() as u64;
        let ordinals = &mut self.ordinals[..docs.len()];
        self.table.path.get_vals(docs, ordinals);
        ordinals.iter().for_each(|ordinal| self.paths[*ordinal as usize] += 1);
        self.table.trait_.get_vals(docs, ordinals);
        ordinals.iter().for_each(|ordinal| self.traits[*ordinal as usize] += 1);
        if !self.kind_ranks.is_empty() {
            let ranks = ordinals.iter().map(|ordinal| self.kind_ranks[*ordinal as usize]);
            self.kinds.iter_mut().zip(ranks).for_each(|(kind, rank)| *kind = rank);
        }
        if self.limit > 0 {
            self.rank(docs);
        }
    }

    fn rank(&mut self, docs: &[DocId]) {
        self.table.order.get_vals(docs, &mut self.ordinals[..docs.len()]);
        for (place, doc) in docs.iter().enumerate() {
            let words = self.title_words.iter_mut().map(|word| word.has(*doc)).sum::<u64>();
            let kind = self.kinds[place];
            let missing = MAX_SCORE - (words + kind.score).min(MAX_SCORE);
            let rank = (missing << SCORE_SHIFT) | kind.behind | self.ordinals[place];
            if rank < self.worst {
                self.top.push((rank, *doc));
                if self.top.len() >= 2 * self.limit.max(32) {
                    self.cut();
                }
            }
        }
    }

    /// Keeps the best; what does not beat the worst of them is not even pushed from here on.
    fn cut(&mut self) {
        if self.top.len() > self.limit {
            self.top.select_nth_unstable(self.limit - 1);
            self.top.truncate(self.limit);
            self.worst = self.top.iter().map(|(rank, _)| *rank).max().unwrap_or(Rank::MAX);
        }
    }
}

impl TitleWord {
    fn has(&mut self, doc: DocId) -> u64 {
        if self.docs.doc() < doc {
            self.docs.seek(doc);
        }
        u64::from(self.docs.doc() == doc)
    }
}

pub struct SegmentFruit {
    segment: SegmentOrdinal,
    table: Arc<SegmentTable>,
    total: u64,
    paths: Vec<u32>,
    traits: Vec<u32>,
    top: Vec<(Rank, DocId)>,
}

impl SegmentCollector for SegmentHits {
    type Fruit = SegmentFruit;

    fn collect(&mut self, doc: DocId, _: Score) {
        self.take(&[doc]);
    }

    fn collect_block(&mut self, docs: &[DocId]) {
        self.take(docs);
    }

    fn harvest(mut self) -> SegmentFruit {
        self.cut();
        self.top.sort_unstable();
        let Self { segment, table, total, paths, traits, top, .. } = self;
        SegmentFruit { segment, table, total, paths, traits, top }
    }
}

impl HitCollector<'_> {
    fn kind_ranks(&self, table: &SegmentTable) -> Vec<KindRank> {
        if self.kinds.is_empty() && !self.units_last {
            return Vec::new();
        }
        let rank = |kind: u32| {
            let kind = Kind::parse(self.dictionary.values.name(kind as usize));
            KindRank {
                score: kind.and_then(|kind| self.kinds.get(&kind)).copied().unwrap_or_default(),
                behind: if self.units_last && kind == Some(Kind::Unit) { BEHIND } else { 0 },
            }
        };
        table.traits.iter().map(|traits| rank(traits.kind)).collect()
    }
}

impl Collector for HitCollector<'_> {
    type Fruit = Found;
    type Child = SegmentHits;

    fn for_segment(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentHits> {
        let table = self.tables.get(ordinal as usize).cloned();
        let table = table.ok_or_else(|| TantivyError::InternalError("a segment was not prepared".into()))?;
        let mut title_words = Vec::new();
        if self.limit > 0 && segment.inverted_index(self.title)?.terms().num_terms() > 0 {
            for word in self.title_words {
                let weight = word.weight(EnableScoring::disabled_from_schema(segment.schema()))?;
                title_words.push(TitleWord { docs: weight.scorer(segment, 1.0)? });
            }
        }
        Ok(SegmentHits {
            segment: ordinal,
            kind_ranks: self.kind_ranks(&table),
            kinds: [KindRank::default(); COLLECT_BLOCK_BUFFER_LEN],
            total: 0,
            paths: vec![0; table.paths.len()],
            traits: vec![0; table.traits.len()],
            table,
            title_words,
            limit: self.limit,
            top: Vec::new(),
            worst: Rank::MAX,
            ordinals: [0; COLLECT_BLOCK_BUFFER_LEN],
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<SegmentFruit>) -> tantivy::Result<Found> {
        let (units, values) = (self.dictionary.units.len(), self.dictionary.values.len());
        let zeros = || vec![0; values];
        let mut counts = Counts {
            total: 0,
            units: vec![0; units],
            kinds: zeros(),
            systems: zeros(),
            protections: zeros(),
            isps: zeros(),
            flags: zeros(),
        };
        for segment in &segments {
            segment.count(self.depth, &mut counts);
        }
        let (top, scores) = merge_tops(&segments, self.limit);
        Ok(Found { counts, top, scores })
    }
}

impl SegmentFruit {
    fn count(&self, depth: usize, counts: &mut Counts) {
        counts.total += self.total;
        for (path, hits) in self.table.paths.iter().zip(&self.paths).filter(|(_, hits)| **hits > 0) {
            if let Some(unit) = path.get(depth).or(path.last()) {
                counts.units[*unit as usize] += u64::from(*hits);
            }
        }
        for (traits, hits) in self.table.traits.iter().zip(&self.traits).filter(|(_, hits)| **hits > 0) {
            let hits = u64::from(*hits);
            counts.kinds[traits.kind as usize] += hits;
            traits.system.iter().for_each(|id| counts.systems[*id as usize] += hits);
            traits.protection.iter().for_each(|id| counts.protections[*id as usize] += hits);
            traits.isps.iter().for_each(|id| counts.isps[*id as usize] += hits);
            traits.flags.iter().for_each(|id| counts.flags[*id as usize] += hits);
        }
    }

    fn addresses(&self) -> impl Iterator<Item = (u8, bool, DocAddress)> + '_ {
        self.top.iter().map(|(rank, doc)| {
            let score = MAX_SCORE - (rank >> SCORE_SHIFT);
            (score as u8, rank & BEHIND != 0, DocAddress::new(self.segment, *doc))
        })
    }

    /// The places in the order as text, comparable between segments.
    fn orders(&self) -> impl Iterator<Item = &[u8]> {
        self.top.iter().map(|(rank, _)| self.table.orders.get(rank & (BEHIND - 1)))
    }
}

/// The hits and their scores.
fn merge_tops(segments: &[SegmentFruit], limit: usize) -> (Vec<DocAddress>, Vec<u8>) {
    let mut all = Vec::new();
    for segment in segments {
        for ((score, behind, address), order) in segment.addresses().zip(segment.orders()) {
            all.push((std::cmp::Reverse(score), behind, order, address));
        }
    }
    all.sort_unstable();
    all.truncate(limit);
    all.into_iter().map(|(score, _, _, address)| (address, score.0)).unzip()
}
