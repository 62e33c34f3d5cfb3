use std::time::Duration;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

/// What happens to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It ends on both sides, in order (FIN).
    Cut,
    /// It is torn down on both sides (RST).
    Reset,
    /// For that long nothing passes in this direction; then all of it does.
    Stall(Duration),
    /// From here on nothing passes in this direction, and nobody is told: it is half open.
    Hold,
}

/// What happens to one connection, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    faults: Vec<(Direction, u64, Fault)>,
    piece: Option<usize>,
}

impl Plan {
    /// Nothing happens.
    #[must_use]
    pub const fn new() -> Self {
        Self { faults: Vec::new(), piece: None }
    }

    /// Strikes when exactly `byte` bytes have passed in that direction. Where several are due at once
    /// they strike in the order in which they were added.
    #[must_use]
    pub fn with(mut self, direction: Direction, byte: u64, fault: Fault) -> Self {
        self.faults.push((direction, byte, fault));
        self
    }

    /// Passes everything on in pieces of so many bytes, each written by itself; 0 is 1.
    #[must_use]
    pub const fn in_pieces_of(mut self, bytes: usize) -> Self {
        self.piece = Some(if bytes == 0 { 1 } else { bytes });
        self
    }

    /// One cut or reset somewhere within the first `within` bytes of one direction, sometimes with
    /// a short stall before it and in small pieces. The same `seed` gives the same plan.
    #[must_use]
    pub fn random(seed: u64, within: u64) -> Self {
        let mut random = Random(seed);
        let direction =
            if random.below(2) == 0 { Direction::ToServer } else { Direction::ToClient };
        let byte = random.below(within.max(1));
        let end = if random.below(2) == 0 { Fault::Cut } else { Fault::Reset };
        let mut plan = Self::new();
        if random.below(4) == 0 {
            let stall = Fault::Stall(Duration::from_millis(random.below(50)));
            plan = plan.with(direction, random.below(byte + 1), stall);
        }
        if random.below(4) == 0 {
            plan = plan.in_pieces_of(usize::try_from(random.below(40)).unwrap_or(1));
        }
        plan.with(direction, byte, end)
    }

    pub(super) const fn piece(&self) -> Option<usize> {
        self.piece
    }

    /// The faults of one direction, the first to strike first.
    pub(super) fn of(&self, direction: Direction) -> Vec<(u64, Fault)> {
        let own = self.faults.iter().filter(|(of, ..)| *of == direction);
        let mut own: Vec<_> = own.map(|(_, byte, fault)| (*byte, *fault)).collect();
        own.sort_by_key(|(byte, _)| *byte);
        own
    }
}

/// SplitMix64: good enough to be anywhere, and the same everywhere.
struct Random(u64);

impl Random {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    const fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_plan() {
        let plans: Vec<_> = (0..200).map(|seed| Plan::random(seed, 1000)).collect();
        assert_eq!(plans, (0..200).map(|seed| Plan::random(seed, 1000)).collect::<Vec<_>>());
        let ends = |wanted: Fault| {
            let last =
                |plan: &&Plan| plan.faults.last().is_some_and(|(.., fault)| *fault == wanted);
            plans.iter().filter(last).count()
        };
        assert!(ends(Fault::Cut) > 60 && ends(Fault::Reset) > 60);
        assert!(plans.iter().filter(|plan| plan.piece.is_some()).count() > 20);
        assert!(plans.iter().all(|plan| plan.faults.iter().all(|(_, byte, _)| *byte < 1000)));
        // Nothing to choose from.
        assert!(Plan::random(1, 0).faults.iter().all(|(_, byte, _)| *byte == 0));
    }
}
