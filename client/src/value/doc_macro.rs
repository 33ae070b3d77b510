//! `doc!`

/// Writes a [`Document`](struct@crate::Document) like JSON, with Rust expressions as values.
///
/// ```
/// let name = "Teapot";
/// let product = astra_db::doc!({"name": name, "tags": ["kitchen", "tea"], "stock": 3});
/// assert_eq!(product.get("stock").and_then(|stock| stock.as_i64()), Some(3));
/// ```
///
/// What [`serde_json::json!`] takes, this takes. The fields keep their order, also without the feature
/// `preserve_order` of `serde_json`, and a [`Number`](crate::Number) keeps its digits.
///
/// ```
/// use astra_db::{Number, doc};
///
/// let price: Number = "12.12312321312312312312312321".parse()?;
/// let product = doc!({"price": price, "_id": null, ("dark".to_owned() + "Mode"): {"on": true}});
/// let json = r#"{"price":12.12312321312312312312312321,"_id":null,"darkMode":{"on":true}}"#;
/// assert_eq!(product.to_string(), json);
/// # Ok::<(), astra_db::value::InvalidNumber>(())
/// ```
#[macro_export]
macro_rules! doc {
    ({ $($fields:tt)* }) => {
        $crate::__document!($($fields)*)
    };
}

/// Fields as a document. A field is read token by token up to its colon; what follows is `null`, an
/// array, an object, or an expression up to the next comma.
#[doc(hidden)]
#[macro_export]
macro_rules! __document {
    (@fields $document:ident ()) => {};
    (@fields $document:ident ($($name:tt)+) : null $($rest:tt)*) => {
        $document.insert($($name)+, $crate::Value::Null);
        $crate::__document!(@next $document $($rest)*);
    };
    (@fields $document:ident ($($name:tt)+) : [$($elements:tt)*] $($rest:tt)*) => {
        $document.insert($($name)+, $crate::__value!([$($elements)*]));
        $crate::__document!(@next $document $($rest)*);
    };
    (@fields $document:ident ($($name:tt)+) : {$($fields:tt)*} $($rest:tt)*) => {
        $document.insert($($name)+, $crate::__value!({$($fields)*}));
        $crate::__document!(@next $document $($rest)*);
    };
    (@fields $document:ident ($($name:tt)+) : $value:expr, $($rest:tt)*) => {
        $document.insert($($name)+, $crate::__value!($value));
        $crate::__document!(@fields $document () $($rest)*);
    };
    (@fields $document:ident ($($name:tt)+) : $value:expr) => {
        $document.insert($($name)+, $crate::__value!($value));
    };
    (@fields $document:ident ($($name:tt)*) $token:tt $($rest:tt)*) => {
        $crate::__document!(@fields $document ($($name)* $token) $($rest)*);
    };

    (@next $document:ident) => {};
    (@next $document:ident , $($rest:tt)*) => {
        $crate::__document!(@fields $document () $($rest)*);
    };

    () => {
        $crate::Document::new()
    };
    ($($fields:tt)+) => {{
        let mut document = $crate::Document::new();
        $crate::__document!(@fields document () $($fields)+);
        document
    }};
}

/// A value of a document.
#[doc(hidden)]
#[macro_export]
macro_rules! __value {
    (@elements $elements:ident) => {};
    (@elements $elements:ident null $(, $($rest:tt)*)?) => {
        $elements.push($crate::Value::Null);
        $crate::__value!(@elements $elements $($($rest)*)?);
    };
    (@elements $elements:ident [$($inner:tt)*] $(, $($rest:tt)*)?) => {
        $elements.push($crate::__value!([$($inner)*]));
        $crate::__value!(@elements $elements $($($rest)*)?);
    };
    (@elements $elements:ident {$($fields:tt)*} $(, $($rest:tt)*)?) => {
        $elements.push($crate::__value!({$($fields)*}));
        $crate::__value!(@elements $elements $($($rest)*)?);
    };
    (@elements $elements:ident $value:expr $(, $($rest:tt)*)?) => {
        $elements.push($crate::__value!($value));
        $crate::__value!(@elements $elements $($($rest)*)?);
    };

    (null) => { $crate::Value::Null };
    ([]) => { $crate::Value::Array(::std::vec::Vec::new()) };
    ([$($elements:tt)+]) => {{
        let mut elements = ::std::vec::Vec::new();
        $crate::__value!(@elements elements $($elements)+);
        $crate::Value::Array(elements)
    }};
    ({$($fields:tt)*}) => { $crate::Value::Object($crate::__document!($($fields)*)) };
    ($value:expr) => { $crate::__private::value(&$value) };
}
