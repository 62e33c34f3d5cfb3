use std::fmt;

use jabber_xml::Element;

use crate::found::Found;
use crate::index::{Index, Place};
use crate::key::Key;
use crate::stanza::Stanza;
use crate::{Filter, Selection};

/// Filters, each with what it stands for: a handler, a channel, a name.
///
/// For a stanza it yields every filter that matches, in the order in which they were added.
///
/// # What it costs
///
/// A filter is found by what it asks of the stanza: name, namespace, type, sender, one child, and of
/// its paths the stanza's name, `[@from='…']`, `[@to='…']`, `[@id='…']`, `[@type='…']` and the first
/// child. A table has them by all of these together, so a thousand filters that differ in one
/// of them cost about what ten do: one look-up for each combination of conditions that is in use, and
/// one for each child of the stanza where filters ask for children. Only what is found is tried, and
/// the filters that have no such condition (as `//item`). [`candidates`](Self::candidates) counts them.
///
/// Nothing is allocated for a stanza, unless more than eight filters are found by their conditions,
/// `from` is not in its prepared form, or a path says so (see [`XPath`](crate::XPath)).
///
/// # Examples
///
/// ```
/// use jabber_filter::{Filter, Filters};
/// use jabber_xml::Element;
///
/// let mut filters = Filters::new();
/// filters.add(Filter::new().name("message").kind("chat"), "chat");
/// let log = filters.add("/message/body".parse::<jabber_filter::XPath>()?, "log");
///
/// let stanza: Element = "<message type='chat'><body>hi</body></message>".parse()?;
/// for matched in filters.matches(&stanza) {
///     let texts: Vec<_> = matched.nodes().map(|node| node.text()).collect();
///     println!("{}: {texts:?}", matched.value);
/// }
/// let names = |filters: &Filters<&'static str>| -> Vec<_> {
///     filters.matches(&stanza).map(|matched| *matched.value).collect()
/// };
/// assert_eq!(names(&filters), ["chat", "log"]);
///
/// assert_eq!(filters.remove(log), Some("log"));
/// assert_eq!(names(&filters), ["chat"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Filters<T> {
    slots: Vec<Option<Slot<T>>>,
    free: Vec<u32>,
    last: u64,
    index: Index,
}

#[derive(Clone)]
struct Slot<T> {
    serial: u64,
    filter: Filter,
    value: T,
}

/// A filter among those that it was added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilterId(Place);

/// A filter that matches.
#[non_exhaustive]
pub struct Match<'f, 'e, T> {
    /// Its id.
    pub id: FilterId,
    /// What it stands for.
    pub value: &'f T,
    /// The filter.
    pub filter: &'f Filter,
    /// The stanza.
    pub stanza: &'e Element,
}

impl<T> Filters<T> {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), last: 0, index: Index::default() }
    }

    /// Adds a filter. It comes behind all that are there.
    pub fn add(&mut self, filter: impl Into<Filter>, value: T) -> FilterId {
        let filter = filter.into();
        self.last += 1;
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            // Memory ends long before.
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        let place = Place { serial: self.last, slot };
        self.index.add(Key::of(filter.needs()), place);
        if let Some(free) = self.slots.get_mut(slot as usize) {
            *free = Some(Slot { serial: self.last, filter, value });
        }
        FilterId(place)
    }

    /// Takes a filter away, and gives back what it stood for; `None` if it is gone already. An id
    /// of other filters means nothing here.
    pub fn remove(&mut self, id: FilterId) -> Option<T> {
        self.slot(id)?;
        let Slot { filter, value, .. } = self.slots.get_mut(id.0.slot as usize)?.take()?;
        self.index.remove(Key::of(filter.needs()), id.0);
        self.free.push(id.0.slot);
        Some(value)
    }

    /// What a filter stands for.
    #[must_use]
    pub fn get(&self, id: FilterId) -> Option<&T> {
        self.slot(id).map(|slot| &slot.value)
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, id: FilterId) -> Option<&mut T> {
        let slot = self.slots.get_mut(id.0.slot as usize)?.as_mut();
        slot.filter(|slot| slot.serial == id.0.serial).map(|slot| &mut slot.value)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those that match a stanza, one after the other, in the order in which they were added.
    pub fn matches<'f, 'e>(&'f self, stanza: &'e Element) -> Matches<'f, 'e, T> {
        let stanza = Stanza::new(stanza);
        let found = self.index.find(&stanza);
        Matches { filters: self, stanza, found, rest: self.index.rest() }
    }

    /// How many filters are tried for a stanza: those that are found by what they ask for, and those
    /// that cannot be found so. The others cost nothing.
    #[must_use]
    pub fn candidates(&self, stanza: &Element) -> usize {
        let mut all = self.matches(stanza);
        std::iter::from_fn(|| all.next_place()).count()
    }

    fn slot(&self, id: FilterId) -> Option<&Slot<T>> {
        let slot = self.slots.get(id.0.slot as usize)?.as_ref();
        slot.filter(|slot| slot.serial == id.0.serial)
    }
}

/// The filters that match a stanza. See [`Filters::matches`].
pub struct Matches<'f, 'e, T> {
    filters: &'f Filters<T>,
    stanza: Stanza<'e>,
    found: Found,
    rest: &'f [Place],
}

impl<T> Matches<'_, '_, T> {
    /// The next to be tried, of both sorts the one that was added first.
    fn next_place(&mut self) -> Option<Place> {
        match (self.found.peek(), self.rest.split_first()) {
            (Some(found), rest) if rest.is_none_or(|(rest, _)| found < *rest) => {
                self.found.skip();
                Some(found)
            }
            (_, Some((place, rest))) => {
                self.rest = rest;
                Some(*place)
            }
            (_, None) => None,
        }
    }
}

impl<'f, 'e, T> Iterator for Matches<'f, 'e, T> {
    type Item = Match<'f, 'e, T>;

    fn next(&mut self) -> Option<Match<'f, 'e, T>> {
        loop {
            let id = FilterId(self.next_place()?);
            let Some(Slot { filter, value, .. }) = self.filters.slot(id) else { continue };
            if filter.holds(&self.stanza) {
                return Some(Match { id, value, filter, stanza: self.stanza.element });
            }
        }
    }
}

impl<'e, T> Match<'_, 'e, T> {
    /// What matched, in document order: what the filter's paths select, else the children that it
    /// asks for, else the stanza.
    #[must_use]
    pub fn nodes(&self) -> Selection<'e> {
        self.filter.nodes(self.stanza)
    }
}

impl<T> Default for Filters<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Filters<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not what they stand for: handlers have no `Debug`.
        let all = self.slots.iter().flatten().map(|slot| (slot.serial, &slot.filter));
        f.debug_map().entries(all).finish()
    }
}

impl<T> fmt::Debug for Match<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("Match");
        all.field("id", &self.id).field("filter", &self.filter).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Matches<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matches").field("stanza", &self.stanza.element).finish_non_exhaustive()
    }
}
