//! Two people who change one product: what each has changed, and both changes together.

use super::details::{Input, Inputs, ProductDetails, VariantDetails};

/// A field that somebody else has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which, in words.
    pub field: String,
    /// What the form showed.
    pub was: String,
    /// What is stored now.
    pub now: String,
    /// What was wanted, if that is something else again.
    pub wanted: Option<String>,
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

/// What somebody else has changed since the form was made.
pub fn changes(was: &ProductDetails, now: &ProductDetails, wanted: &ProductDetails) -> Vec<Change> {
    let [was, now, wanted] = [was, now, wanted].map(fields);
    let value = |fields: &[(String, String)], name: &str| {
        fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    let gone_or = |value: Option<String>| value.unwrap_or_else(|| "not there".to_owned());
    let mut names: Vec<&String> = was.iter().map(|(name, _)| name).collect();
    names.extend(
        now.iter()
            .map(|(name, _)| name)
            .filter(|name| value(&was, name).is_none()),
    );
    names
        .into_iter()
        .filter_map(|name| {
            let [was, now, wanted] = [&was, &now, &wanted].map(|fields| value(fields, name));
            (was != now).then(|| Change {
                field: name.clone(),
                wanted: (wanted != was && wanted != now).then(|| gone_or(wanted)),
                was: gone_or(was),
                now: gone_or(now),
            })
        })
        .collect()
}

/// The other's change where the form was left as it was, and the form's where it was not.
pub fn merge(
    was: &ProductDetails,
    now: &ProductDetails,
    wanted: &ProductDetails,
) -> ProductDetails {
    let [mut was, mut now, mut merged] = [was, now, wanted].map(ProductDetails::clone);
    merge_inputs(was.inputs(), now.inputs(), merged.inputs());
    merged.variants = merge_variants(&was.variants, &now.variants, &wanted.variants);
    merged
}

fn merge_inputs(was: Inputs<'_>, now: Inputs<'_>, merged: Inputs<'_>) {
    for (((_, _, was), (_, _, now)), (_, _, merged)) in was.into_iter().zip(now).zip(merged) {
        match (was, now, merged) {
            (Input::Text(was), Input::Text(now), Input::Text(merged)) if merged == was => {
                merged.clone_from(now);
            }
            (Input::Box(was), Input::Box(now), Input::Box(merged)) if merged == was => {
                *merged = *now;
            }
            _ => {}
        }
    }
}

/// Rows are told apart by their word. A row only the other has made is there, and one either has
/// taken off is not.
fn merge_variants(
    was: &[VariantDetails],
    now: &[VariantDetails],
    wanted: &[VariantDetails],
) -> Vec<VariantDetails> {
    let row =
        |rows: &[VariantDetails], word: &str| rows.iter().find(|row| row.word == word).cloned();
    let mut merged = Vec::with_capacity(wanted.len());
    for own in wanted {
        match (row(was, &own.word), row(now, &own.word)) {
            (Some(before), Some(stored)) => merged.push(merge_row(&before, &stored, own)),
            (Some(before), None) if before == *own => {}
            _ => merged.push(own.clone()),
        }
    }
    let added = now
        .iter()
        .filter(|row_now| row(was, &row_now.word).is_none());
    let added: Vec<VariantDetails> = added
        .filter(|added| row(&merged, &added.word).is_none())
        .cloned()
        .collect();
    merged.extend(added);
    merged
}

fn merge_row(
    was: &VariantDetails,
    now: &VariantDetails,
    wanted: &VariantDetails,
) -> VariantDetails {
    let [mut was, mut now, mut merged] = [was, now, wanted].map(VariantDetails::clone);
    merge_inputs(was.inputs(), now.inputs(), merged.inputs());
    merged
}
