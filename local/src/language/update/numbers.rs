//! `$inc` and `$mul`.

use super::operator::Operator;
use super::target::{Draft, Target};
use crate::ejson::abbreviated;
use crate::error::{ApiError, document, update};
use crate::json::{Number, Value};
use crate::number::{self, ArithmeticError, Decimal};
use crate::path::DocumentPath;

pub(super) fn parse(operator: &Operator, argument: &Value) -> Result<Number, ApiError> {
    argument.as_number().cloned().ok_or_else(|| {
        update::UNSUPPORTED_UPDATE_OPERATION_PARAM.because(format!(
            "`{}` takes a number, not {}.",
            operator.name,
            abbreviated(argument)
        ))
    })
}

/// Adds to a number; a missing one is set. Adding the integer 0 is no modification. Adding `0.0` is, where it makes an
/// integer a decimal, though both are stored alike.
pub(super) fn increment(
    draft: &mut Draft,
    path: &DocumentPath,
    by: &Number,
) -> Result<bool, ApiError> {
    let target = Target::find_or_create(draft, path)?;
    let Some(old) = old_number("$inc", &target, path)? else {
        target.set(Value::Number(by.clone()));
        return Ok(true);
    };
    if number::is_integer(by.as_str()) && Decimal::parse(by.as_str()).is_zero() {
        return Ok(false);
    }
    let sum = number::add(old.as_str(), by.as_str())
        .map_err(|problem| too_large("$inc", path, problem))?;
    let same_kind = !number::is_integer(old.as_str()) || number::is_integer(by.as_str());
    let modified = !same_kind || !number::compare(old.as_str(), &sum).is_eq();
    target.set(Value::Number(Number::new(sum)));
    Ok(modified)
}

/// Multiplies a number; a missing one is set to 0.
pub(super) fn multiply(
    draft: &mut Draft,
    path: &DocumentPath,
    by: &Number,
) -> Result<bool, ApiError> {
    let target = Target::find_or_create(draft, path)?;
    let Some(old) = old_number("$mul", &target, path)? else {
        target.set(Value::Number(Number::new("0")));
        return Ok(true);
    };
    let product = number::multiply(old.as_str(), by.as_str())
        .map_err(|problem| too_large("$mul", path, problem))?;
    let modified = !number::compare(old.as_str(), &product).is_eq();
    if modified {
        target.set(Value::Number(Number::new(product)));
    }
    Ok(modified)
}

fn old_number(
    operator: &str,
    target: &Target<'_>,
    path: &DocumentPath,
) -> Result<Option<Number>, ApiError> {
    match target.get() {
        None => Ok(None),
        Some(Value::Number(number)) => Ok(Some(number.clone())),
        Some(other) => Err(update::UNSUPPORTED_UPDATE_OPERATION_TARGET.because(format!(
            "`{operator}` changes numbers, but at `{path}` there is {}.",
            other.kind()
        ))),
    }
}

fn too_large(operator: &str, path: &DocumentPath, problem: ArithmeticError) -> ApiError {
    document::SHRED_DOC_LIMIT_VIOLATION.because(format!(
        "`{operator}` of `{path}` cannot be stored: {problem}. Use numbers closer to each other in size."
    ))
}
