//! The stems of English words, as Lucene's filter `porterstem` finds them: `connected` and `connections` are `connect`.
//!
//! The algorithm is Porter's of 1980 (<https://tartarus.org/martin/PorterStemmer/def.txt>) with the two changes its author
//! made to his own program: `bli` for `abli`, and `logi`.

/// What follows a stem with at least one vowel before a consonant, and what takes its place. Of endings that end alike the
/// longer comes first.
const DERIVED: [(&str, &str); 21] = [
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("logi", "log"),
];

/// The same, for what is left then.
const QUALITIES: [(&str, &str); 7] = [
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
];

/// What is cut off stems with at least two vowels before consonants.
const ENDINGS: [&str; 18] = [
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ou", "ism",
    "ate", "iti", "ous", "ive", "ize",
];

/// The stem of a word in lower case. What is no English word is taken for one.
pub(super) fn stem(word: &str) -> String {
    if word.chars().count() <= 2 {
        return word.to_owned();
    }
    let mut word = Word(word.chars().collect());
    word.drop_plural();
    word.drop_past();
    word.y_to_i();
    word.replace(&DERIVED);
    word.replace(&QUALITIES);
    word.drop_ending();
    word.drop_final_e();
    word.0.into_iter().collect()
}

struct Word(Vec<char>);

impl Word {
    /// The letters before `ending`, if the word has it.
    fn before(&self, ending: &str) -> Option<&[char]> {
        let length = self.0.len().checked_sub(ending.len())?;
        let (stem, rest) = self.0.split_at_checked(length)?;
        rest.iter().copied().eq(ending.chars()).then_some(stem)
    }

    fn put(&mut self, length: usize, ending: &str) {
        self.0.truncate(length);
        self.0.extend(ending.chars());
    }

    fn drop_plural(&mut self) {
        let length = self.0.len();
        if self.before("sses").is_some() || self.before("ies").is_some() {
            self.0.truncate(length - 2);
        } else if self.before("ss").is_none() && self.before("s").is_some() {
            self.0.truncate(length - 1);
        }
    }

    fn drop_past(&mut self) {
        if let Some(stem) = self.before("eed") {
            if measure(stem) > 0 {
                self.0.pop();
            }
            return;
        }
        let stem = self.before("ed").or_else(|| self.before("ing"));
        let Some(length) = stem.filter(|stem| has_vowel(stem)).map(<[char]>::len) else {
            return;
        };
        self.0.truncate(length);
        if ["at", "bl", "iz"]
            .iter()
            .any(|ending| self.before(ending).is_some())
        {
            self.0.push('e');
        } else if ends_double(&self.0) {
            if !matches!(self.0.last(), Some('l' | 's' | 'z')) {
                self.0.pop();
            }
        } else if measure(&self.0) == 1 && ends_short(&self.0) {
            self.0.push('e');
        }
    }

    fn y_to_i(&mut self) {
        if self.before("y").is_some_and(has_vowel) {
            self.put(self.0.len() - 1, "i");
        }
    }

    /// Only the first ending that the word has counts, even if its stem is too short.
    fn replace(&mut self, endings: &[(&str, &str)]) {
        let found = endings
            .iter()
            .find_map(|(ending, instead)| Some((self.before(ending)?, instead)));
        if let Some((stem, instead)) = found
            && measure(stem) > 0
        {
            self.put(stem.len(), instead);
        }
    }

    fn drop_ending(&mut self) {
        let after_s_or_t = |stem: &&[char]| matches!(stem.last(), Some('s' | 't'));
        let found = ENDINGS
            .iter()
            .find_map(|ending| self.before(ending))
            .or_else(|| self.before("ion").filter(after_s_or_t));
        if let Some(length) = found.filter(|stem| measure(stem) > 1).map(<[char]>::len) {
            self.0.truncate(length);
        }
    }

    fn drop_final_e(&mut self) {
        let whole = measure(&self.0);
        if let Some(stem) = self.before("e")
            && (whole > 1 || whole == 1 && !ends_short(stem))
        {
            self.0.pop();
        }
        if self.before("l").is_some() && ends_double(&self.0) && whole > 1 {
            self.0.pop();
        }
    }
}

/// A `y` is a consonant at the beginning and after a vowel.
fn is_consonant(word: &[char], at: usize) -> bool {
    let run = word.get(..=at).unwrap_or_default().iter().rev();
    let run = run.take_while(|letter| **letter == 'y').count();
    // In a run of `y` each second one stands after a vowel, namely the one before it.
    match word.get(at) {
        Some('y') => match (at + 1).checked_sub(run + 1) {
            None => run % 2 == 1,
            Some(before) => is_vowel(word[before]) == (run % 2 == 1),
        },
        Some(letter) => !is_vowel(*letter),
        None => true,
    }
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// For each letter whether it is a consonant.
fn consonants(word: &[char]) -> impl Iterator<Item = bool> {
    let mut after_consonant = false;
    word.iter().map(move |letter| {
        after_consonant = match letter {
            'y' => !after_consonant,
            letter => !is_vowel(*letter),
        };
        after_consonant
    })
}

fn has_vowel(word: &[char]) -> bool {
    consonants(word).any(|consonant| !consonant)
}

/// How often a consonant follows a vowel.
fn measure(word: &[char]) -> usize {
    let follows = consonants(word)
        .zip(consonants(word).skip(1))
        .filter(|(before, after)| !before && *after);
    follows.count()
}

/// Whether the word ends in two equal consonants.
fn ends_double(word: &[char]) -> bool {
    let last = word.len().saturating_sub(1);
    last > 0 && word.get(last) == word.get(last - 1) && is_consonant(word, last)
}

/// Whether the word ends in consonant, vowel, consonant, the last of which is not `w`, `x` or `y`.
fn ends_short(word: &[char]) -> bool {
    let length = word.len();
    length > 2
        && is_consonant(word, length - 3)
        && !is_consonant(word, length - 2)
        && is_consonant(word, length - 1)
        && !matches!(word.last(), Some('w' | 'x' | 'y'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn adversarial_words_are_stemmed_on_a_small_stack() {
        let stem_all = || {
            for end in ["", "ed", "ing", "e", "l", "y", "ation"] {
                for letters in ["y", "ay", "by", "é"] {
                    let word = letters.repeat(100_000) + end;
                    assert!(stem(&word).len() <= word.len() + 1);
                }
            }
        };
        let thread = std::thread::Builder::new().stack_size(256 * 1024);
        thread.spawn(stem_all).unwrap().join().unwrap();
    }

    /// The definition in its own words.
    fn is_consonant_by_definition(word: &[char], at: usize) -> bool {
        match word[at] {
            'y' => at == 0 || !is_consonant_by_definition(word, at - 1),
            letter => !is_vowel(letter),
        }
    }

    /// The examples of Porter's own description, and where they end after all of its steps.
    const EXAMPLES: [(&str, &str); 17] = [
        (
            "caresses ponies ties caress cats",
            "caress poni ti caress cat",
        ),
        (
            "feed agreed plastered bled motoring sing",
            "feed agre plaster bled motor sing",
        ),
        (
            "conflated troubled sized hopping tanned falling",
            "conflat troubl size hop tan fall",
        ),
        (
            "hissing fizzed failing filing happy sky",
            "hiss fizz fail file happi sky",
        ),
        (
            "relational conditional rational valenci hesitanci",
            "relat condit ration valenc hesit",
        ),
        (
            "digitizer conformabli radicalli differentli vileli",
            "digit conform radic differ vile",
        ),
        (
            "analogousli vietnamization predication operator",
            "analog vietnam predic oper",
        ),
        (
            "feudalism decisiveness hopefulness callousness",
            "feudal decis hope callous",
        ),
        (
            "formaliti sensitiviti sensibiliti apologi",
            "formal sensit sensibl apolog",
        ),
        (
            "triplicate formative formalize electriciti electrical hopeful goodness",
            "triplic form formal electr electr hope good",
        ),
        (
            "revival allowance inference airliner gyroscopic adjustable",
            "reviv allow infer airlin gyroscop adjust",
        ),
        (
            "defensible irritant replacement adjustment dependent",
            "defens irrit replac adjust depend",
        ),
        (
            "adoption homologou communism activate angulariti",
            "adopt homolog commun activ angular",
        ),
        ("homologous effective bowdlerize", "homolog effect bowdler"),
        (
            "probate rate cease controll roll",
            "probat rate ceas control roll",
        ),
        (
            "connect connected connecting connection connections",
            "connect connect connect connect connect",
        ),
        ("as is y oed ion", "as is y o ion"),
    ];

    #[test]
    fn words_have_the_stems_their_author_gives_them() {
        for (words, expected) in EXAMPLES {
            let stems: Vec<String> = words.split(' ').map(stem).collect();
            assert_eq!(stems.join(" "), expected, "{words}");
        }
    }

    proptest! {
        #[test]
        fn a_y_is_a_consonant_after_a_vowel(word in "[aby]{0,12}") {
            let word: Vec<_> = word.chars().collect();
            let defined: Vec<_> = (0..word.len()).map(|at| is_consonant_by_definition(&word, at)).collect();
            prop_assert_eq!(&consonants(&word).collect::<Vec<_>>(), &defined);
            prop_assert_eq!((0..word.len()).map(|at| is_consonant(&word, at)).collect::<Vec<_>>(), defined);
        }

        #[test]
        fn any_text_has_a_stem_no_longer_than_itself(word in "\\PC{0,12}|[a-z]{0,12}|[aeiouysl]{0,12}(ing|ed|y|e)") {
            prop_assert!(stem(&word).chars().count() <= word.chars().count());
        }
    }
}
