//! Two admins edit one product at the same time. Sales in the meantime are not a conflict, and what
//! either of them typed is not lost.

use super::details::{Input, ProductDetails};

/// A field in which what was typed and what is stored differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which, in words.
    pub field: String,
    /// What was typed.
    pub typed: String,
    /// What is stored now.
    pub now: String,
}

/// Counts the form did not touch follow the sales: in what is wanted, and in what it was.
pub fn sold_meanwhile(
    was: &mut ProductDetails,
    now: &ProductDetails,
    wanted: &ProductDetails,
) -> ProductDetails {
    let mut wanted = wanted.clone();
    if wanted.stock == was.stock {
        wanted.stock.clone_from(&now.stock);
        was.stock.clone_from(&now.stock);
    }
    for before in &mut was.variants {
        let Some(now) = now.variants.iter().find(|now| now.word == before.word) else {
            continue;
        };
        let row = wanted
            .variants
            .iter_mut()
            .find(|row| row.word == before.word);
        match row {
            Some(row) if row.stock == before.stock => row.stock.clone_from(&now.stock),
            // A variant that is taken off the list goes whatever is left of it.
            None => {}
            Some(_) => continue,
        }
        before.stock.clone_from(&now.stock);
    }
    wanted
}

/// Everything a form holds: name in words and value.
fn fields(details: &ProductDetails) -> Vec<(String, String)> {
    let mut details = details.clone();
    let inputs = details.inputs().into_iter();
    let mut fields: Vec<(String, String)> = inputs
        .map(|(_, label, input)| (label.to_owned(), value(input)))
        .collect();
    for variant in &mut details.variants {
        let word = variant.word.clone();
        let inputs = variant.inputs().into_iter().skip(1);
        fields.extend(
            inputs.map(|(_, label, input)| (format!("Variant {word}, {label}"), value(input))),
        );
    }
    fields
}

fn value(input: Input<'_>) -> String {
    match input {
        Input::Text(text) => text.clone(),
        Input::Box(true) => "yes".to_owned(),
        Input::Box(false) => "no".to_owned(),
    }
}

/// What of the typed is not stored so now.
pub fn differences(typed: &ProductDetails, now: &ProductDetails) -> Vec<Difference> {
    let (typed, now) = (fields(typed), fields(now));
    let value = |fields: &[(String, String)], name: &str| {
        let known = fields.iter().find(|(known, _)| known == name);
        known.map_or("not there".to_owned(), |(_, value)| value.clone())
    };
    let only_stored = now
        .iter()
        .filter(|(name, _)| typed.iter().all(|(known, _)| known != name));
    let all = typed.iter().chain(only_stored);
    all.map(|(name, _)| Difference {
        field: name.clone(),
        typed: value(&typed, name),
        now: value(&now, name),
    })
    .filter(|it| it.typed != it.now)
    .collect()
}
