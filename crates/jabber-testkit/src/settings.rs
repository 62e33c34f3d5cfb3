/// What a transcript's `# config:` lines say, for whoever makes its dialect.
///
/// # Examples
/// ```
/// use jabber_testkit::Settings;
///
/// let settings = Settings::of("# A login.\n# config: sasl=PLAIN any-jid\n@ connect\n");
/// let pairs: Vec<_> = settings.iter().collect();
/// assert_eq!(pairs, [("sasl", "PLAIN"), ("any-jid", "")]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(Vec<(String, String)>);

impl Settings {
    /// Those of a transcript's text.
    #[must_use]
    pub fn of(transcript: &str) -> Self {
        let lines = transcript.lines().filter_map(|line| line.strip_prefix("# config:"));
        let words = lines.flat_map(str::split_whitespace);
        let pairs = words.map(|word| word.split_once('=').unwrap_or((word, "")));
        Self(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }

    /// Each key with its value, empty where there is none, in the order in which they stand.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }

    /// The value of that key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter().find(|(own, _)| *own == key).map(|(_, value)| value)
    }
}
