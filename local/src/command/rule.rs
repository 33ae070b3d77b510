//! What the value of a field has to keep to beyond its kind.

use super::arguments::Argument;

/// A rule on the value of one field. Only `Given` and `NotEmpty` mind whether there is a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    Given,
    NotEmpty,
    Positive,
    NotNegative,
    OneOf(&'static [&'static str]),
    /// In any case of letters; empty is fine too.
    OneOfAnyCase(&'static [&'static str]),
}

impl Rule {
    /// How a value breaks the rule, as what the field "must" or "cannot"; none if it keeps it.
    pub(crate) fn problem(self, argument: Option<&Argument>) -> Option<String> {
        match (self, argument) {
            (Self::Given, None) => Some("must be given and not be null".to_owned()),
            (Self::NotEmpty, None) => Some("must be given and not be empty".to_owned()),
            (Self::NotEmpty, Some(Argument::Text(text))) if text.is_empty() => {
                Some("must not be empty".to_owned())
            }
            (Self::NotEmpty, Some(Argument::List(items))) if items.is_empty() => {
                Some("must not be empty".to_owned())
            }
            (Self::Positive, Some(Argument::Integer(number))) if *number <= 0 => {
                Some(format!("must be greater than 0; it is {number}"))
            }
            (Self::NotNegative, Some(Argument::Integer(number))) if *number < 0 => {
                Some(format!("must be 0 or greater; it is {number}"))
            }
            (Self::OneOf(choices), Some(Argument::Text(text)))
                if !choices.contains(&text.as_str()) =>
            {
                Some(format!(
                    "must be one of {}; it is '{text}'",
                    choices.join(", ")
                ))
            }
            (Self::OneOfAnyCase(choices), Some(Argument::Text(text)))
                if !text.is_empty()
                    && !choices
                        .iter()
                        .any(|choice| choice.eq_ignore_ascii_case(text)) =>
            {
                Some(format!(
                    "must be one of {}; it is '{text}'",
                    choices.join(", ")
                ))
            }
            _ => None,
        }
    }
}
