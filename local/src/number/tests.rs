use proptest::prelude::*;

use super::*;

fn normalised(text: &str) -> String {
    normalise(text).unwrap().into_owned()
}

fn encoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    Decimal::parse(text).encode(&mut bytes);
    bytes
}

#[test]
fn numbers_are_stored_stripped_with_an_exponent_where_it_is_positive() {
    for (sent, stored) in [
        ("1.0", "1"),
        ("100.0", "1E+2"),
        ("100", "100"),
        ("1e3", "1E+3"),
        ("1.50", "1.5"),
        ("0.1e-10", "1E-11"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("0e7", "0"),
        ("1e1000", "1E+1000"),
        ("15e2", "1.5E+3"),
        ("0.000001", "0.000001"),
        ("0.0000001", "1E-7"),
        ("-12.3400", "-12.34"),
        (
            "12345678901234567890.123456789",
            "12345678901234567890.123456789",
        ),
        ("1e1000000000", "1E+1000000000"),
    ] {
        assert_eq!(normalised(sent), stored, "{sent}");
    }
}

#[test]
fn exponents_beyond_32_bits_are_refused() {
    assert_eq!(normalise("1e3000000000"), None);
    assert_eq!(normalise("1e-99999999999999999999999999"), None);
}

#[test]
fn numbers_compare_by_value() {
    assert!(compare("1", "1.0").is_eq());
    assert!(compare("1e2", "100").is_eq());
    assert!(compare("-0", "0.0").is_eq());
    assert!(compare("9007199254740993", "9007199254740992").is_gt());
    assert!(compare("1e1000000000", "9e999999999").is_gt());
    assert!(compare("-1e1000000000", "-1").is_lt());
    assert!(compare("1e-400", "0").is_gt());
}

#[test]
fn updates_tell_integers_from_decimals() {
    assert!(same_representation("1", "1"));
    assert!(!same_representation("1", "1.0"));
    assert!(same_representation("1.50", "1.5"));
    assert!(!same_representation("1E+2", "100"));
}

#[test]
fn sums_are_exact() {
    for (left, right, sum) in [
        ("0.1", "0.2", "0.3"),
        ("1e30", "1", "1000000000000000000000000000001"),
        ("10", "9007199254740993", "9007199254741003"),
        ("99", "1", "100"),
        ("4", "-4", "0"),
        ("2.5", "0.5", "3"),
        ("7.5", "2.5", "1E+1"),
        ("0", "1e400", "1E+400"),
        ("-0.1", "0", "-0.1"),
    ] {
        assert_eq!(add(left, right).unwrap(), sum, "{left} + {right}");
    }
}

#[test]
fn products_are_exact() {
    for (left, right, product) in [
        ("0.3", "3", "0.9"),
        ("10", "10", "100"),
        ("9007199254741003", "1000000", "9007199254741003000000"),
        ("2.5", "0.00001", "0.000025"),
        ("1e-1000000000", "1e1000000000", "1"),
        ("-7", "0", "0"),
    ] {
        assert_eq!(multiply(left, right).unwrap(), product, "{left} × {right}");
    }
}

#[test]
fn results_that_cannot_be_written_out_are_refused() {
    assert_eq!(
        add("1e1000000000", "1"),
        Err(ArithmeticError::TooManyDigits)
    );
    assert_eq!(add("1e101", "1"), Err(ArithmeticError::TooManyDigits));
    let many = "9".repeat(60);
    assert_eq!(multiply(&many, &many), Err(ArithmeticError::TooManyDigits));
    assert_eq!(
        multiply("1e2000000000", "1e2000000000"),
        Err(ArithmeticError::ExponentTooLarge)
    );
}

#[test]
fn fractions_are_dropped_towards_zero() {
    for (text, whole) in [
        ("1.9", 1),
        ("-1.9", -1),
        ("0.5", 0),
        ("12e1", 120),
        ("1e30", i64::MAX),
        ("-1e30", i64::MIN),
    ] {
        assert_eq!(Decimal::parse(text).truncated(), whole, "{text}");
    }
}

fn number() -> impl Strategy<Value = String> {
    let mantissa = prop_oneof![
        "-?(0|[1-9][0-9]{0,30})",
        "-?(0|[1-9][0-9]{0,8})\\.[0-9]{1,12}",
        "-?[0-9]",
    ];
    (
        mantissa,
        prop_oneof![
            Just(None),
            (-400_i64..400).prop_map(Some),
            any::<i32>().prop_map(|power| Some(i64::from(power)))
        ],
    )
        .prop_map(|(mantissa, power)| match power {
            Some(power) => format!("{mantissa}e{power}"),
            None => mantissa,
        })
}

proptest! {
    #[test]
    fn encoded_numbers_compare_as_the_numbers(left in number(), right in number()) {
        prop_assert_eq!(encoded(&left).cmp(&encoded(&right)), compare(&left, &right));
    }

    #[test]
    fn no_encoded_number_begins_another(left in number(), right in number()) {
        let (left, right) = (encoded(&left), encoded(&right));
        prop_assert!(left == right || !left.starts_with(&right));
    }

    #[test]
    fn storing_keeps_the_value_and_is_stable(text in number()) {
        if let Some(stored) = normalise(&text) {
            prop_assert!(compare(&text, &stored).is_eq());
            prop_assert_eq!(normalise(&stored).unwrap(), stored.as_ref());
        }
    }

    #[test]
    fn small_arithmetic_agrees_with_integers(left in -1_000_000_i64..1_000_000, right in -1_000_000_i64..1_000_000) {
        let (one, other) = (left.to_string(), right.to_string());
        prop_assert_eq!(add(&one, &other).unwrap(), (left + right).to_string());
        prop_assert_eq!(multiply(&one, &other).unwrap(), (left * right).to_string());
    }

    #[test]
    fn adding_and_taking_away_comes_back(left in "-?[1-9][0-9]{0,20}(\\.[0-9]{1,20})?", right in "-?[1-9][0-9]{0,20}(\\.[0-9]{1,20})?") {
        let sum = add(&left, &right).unwrap();
        let negated = right.strip_prefix('-').map_or_else(|| format!("-{right}"), str::to_owned);
        prop_assert!(compare(&add(&sum, &negated).unwrap(), &left).is_eq());
    }
}
