//! Filters: made at random, written as JSON, and evaluated in the plainest way.

use proptest::collection::vec;
use proptest::prelude::*;

use super::table::{Cell, Column, Content, Use, Value};

#[derive(Clone, Debug)]
pub(super) enum Filter {
    /// A comparison of a scalar column.
    Is {
        column: usize,
        operator: Operator,
        values: Vec<Value>,
    },
    /// What a list, a set or a map has in it. Entries have a key and a value.
    Has {
        column: usize,
        part: Part,
        quantity: Quantity,
        values: Vec<(Value, Value)>,
    },
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Shorthand,
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    Nin,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Values,
    Keys,
    ValuesOfMap,
    Entries,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Quantity {
    Any,
    None,
    All,
}

/// A filter on some of the columns, none of them twice but as the two ends of a range: what else can be asked of one
/// column at a time depends on the operators, and has tests of its own.
pub(super) fn any_filter(columns: &[Column]) -> impl Strategy<Value = Filter> + use<> {
    let key = (any_is(0, columns), any_is(1, columns), any_is(2, columns));
    let leaves: Vec<_> = (3..columns.len())
        .filter(|column| columns[*column].name != "number")
        .map(|column| any_leaf(column, columns))
        .collect();
    let leaves = Just((0..leaves.len()).collect::<Vec<_>>())
        .prop_shuffle()
        .prop_flat_map(move |order| {
            let leaves: Vec<_> = order.iter().take(9).map(|at| leaves[*at].clone()).collect();
            leaves
        });
    let key = (
        proptest::option::weighted(0.4, key.0),
        proptest::option::weighted(0.3, key.1),
        proptest::option::weighted(0.3, key.2),
    );
    (key, leaves, any_shape()).prop_map(|(key, leaves, shape)| {
        let mut leaves = leaves.into_iter();
        let rest = shape.with(&mut leaves);
        // A clustering column after one that is left open is refused.
        let last = key.2.filter(|_| key.1.as_ref().is_none_or(Filter::fixes));
        let key = [key.0, key.1, last].into_iter().flatten();
        Filter::All(key.chain(rest).collect())
    })
}

/// A test of the key, or of columns fixed to one value, and nothing else.
pub(super) fn any_partition_filter(columns: &[Column]) -> impl Strategy<Value = Filter> + use<> {
    let Content::Scalar(partitions, _) = &columns[0].content else {
        unreachable!("the partition column is a scalar");
    };
    let partition = partitions.any().prop_map(|value| Filter::Is {
        column: 0,
        operator: Operator::Eq,
        values: vec![value],
    });
    let others = (3..columns.len())
        .filter(|column| columns[*column].name != "number")
        .map(|column| any_leaf(column, columns));
    let other = proptest::strategy::Union::new(others);
    let clustering = prop_oneof![any_is(1, columns), any_is(2, columns)];
    let clustering = proptest::option::weighted(0.4, clustering);
    (
        partition,
        clustering,
        proptest::option::weighted(0.4, other),
    )
        .prop_map(|(partition, clustering, other)| {
            Filter::All(
                [Some(partition), clustering, other]
                    .into_iter()
                    .flatten()
                    .collect(),
            )
        })
}

/// How comparisons are put together, up to nine of them.
#[derive(Clone, Debug)]
enum Shape {
    Leaf,
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

fn any_shape() -> impl Strategy<Value = Shape> {
    let leaf = Just(Shape::Leaf);
    leaf.prop_recursive(4, 9, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Shape::All),
            vec(inner.clone(), 1..4).prop_map(Shape::Any),
            inner.prop_map(|inner| Shape::Not(Box::new(inner))),
        ]
    })
}

impl Shape {
    fn with(&self, leaves: &mut impl Iterator<Item = Filter>) -> Option<Filter> {
        let mut all = |shapes: &[Self]| {
            let filters: Vec<_> = shapes
                .iter()
                .map_while(|shape| shape.with(leaves))
                .collect();
            (!filters.is_empty()).then_some(filters)
        };
        match self {
            Self::Leaf => leaves.next(),
            Self::All(shapes) => all(shapes).map(Filter::All),
            Self::Any(shapes) => all(shapes).map(Filter::Any),
            Self::Not(shape) => shape.with(leaves).map(|inner| Filter::Not(Box::new(inner))),
        }
    }
}

fn any_leaf(column: usize, columns: &[Column]) -> BoxedStrategy<Filter> {
    let range = move |low: Operator, high: Operator, values: (Value, Value)| {
        let end = |operator, value| Filter::Is {
            column,
            operator,
            values: vec![value],
        };
        Filter::All(vec![end(low, values.0), end(high, values.1)])
    };
    match &columns[column].content {
        Content::Scalar(values, Use::Everything | Use::Comparing) => {
            use Operator::{Gt, Gte, Lt, Lte};
            let ends = (values.any(), values.any());
            let ranges = (
                prop_oneof![Just(Gt), Just(Gte)],
                prop_oneof![Just(Lt), Just(Lte)],
                ends,
            );
            let ranges = ranges.prop_map(move |(low, high, ends)| range(low, high, ends));
            prop_oneof![5 => any_is(column, columns), 1 => ranges].boxed()
        }
        Content::Scalar(..) => any_is(column, columns),
        Content::Sequence(values) => any_has(
            column,
            Just(Part::Values).boxed(),
            (values.any(), values.any()).boxed(),
        ),
        Content::Map(keys, values) => {
            let parts = prop_oneof![
                Just(Part::Keys),
                Just(Part::ValuesOfMap),
                Just(Part::Entries)
            ];
            any_has(column, parts.boxed(), (keys.any(), values.any()).boxed())
        }
    }
}

fn any_is(column: usize, columns: &[Column]) -> BoxedStrategy<Filter> {
    use Operator::{Eq, Gt, Gte, In, Lt, Lte, Ne, Nin, Shorthand};
    let Content::Scalar(values, kind) = &columns[column].content else {
        unreachable!("only scalar columns are compared");
    };
    let operators: &[Operator] = match kind {
        Use::Everything | Use::Comparing => &[Shorthand, Eq, Ne, Gt, Gte, Lt, Lte, In, Nin],
        Use::Equality => &[Shorthand, Eq, Ne, In, Nin],
        Use::Shorthand => &[Shorthand],
    };
    let operator = proptest::sample::select(operators);
    (operator, vec(values.any(), 1..4))
        .prop_map(move |(operator, mut values)| {
            if !matches!(operator, In | Nin) {
                values.truncate(1);
            }
            Filter::Is {
                column,
                operator,
                values,
            }
        })
        .boxed()
}

fn any_has(
    column: usize,
    part: BoxedStrategy<Part>,
    values: BoxedStrategy<(Value, Value)>,
) -> BoxedStrategy<Filter> {
    let quantity = prop_oneof![
        Just(Quantity::Any),
        Just(Quantity::None),
        Just(Quantity::All)
    ];
    (part, quantity, vec(values, 1..4))
        .prop_map(move |(part, quantity, values)| Filter::Has {
            column,
            part,
            quantity,
            values,
        })
        .boxed()
}

impl Filter {
    /// Whether the filter holds for a row; nothing if that is unknown, as of a comparison with a value that is not there.
    /// Of the unknown, the opposite is unknown too.
    pub(super) fn holds(&self, row: &[Cell]) -> Option<bool> {
        match self {
            Self::Is {
                column,
                operator,
                values,
            } => match &row[*column] {
                Cell::Scalar(value) => value.map(|value| operator.holds(value.rank, values)),
                _ => unreachable!("only scalar columns are compared"),
            },
            Self::Has {
                column,
                part,
                quantity,
                values,
            } => Some(quantity.holds(values.iter().map(|value| part.is_in(&row[*column], value)))),
            Self::All(filters) => all(filters.iter().map(|filter| filter.holds(row))),
            Self::Any(filters) => {
                let opposites = filters
                    .iter()
                    .map(|filter| filter.holds(row).map(|holds| !holds));
                all(opposites).map(|none| !none)
            }
            Self::Not(filter) => filter.holds(row).map(|holds| !holds),
        }
    }

    fn fixes(&self) -> bool {
        use Operator::{Eq, In, Shorthand};
        matches!(
            self,
            Self::Is {
                operator: Shorthand | Eq | In,
                ..
            }
        )
    }

    /// The filter as JSON.
    pub(super) fn write(&self, columns: &[Column]) -> String {
        let each = |filters: &[Self]| -> String {
            let filters: Vec<_> = filters.iter().map(|filter| filter.write(columns)).collect();
            filters.join(",")
        };
        match self {
            Self::Is {
                column,
                operator,
                values,
            } => write_is(&columns[*column], *operator, values),
            Self::Has {
                column,
                part,
                quantity,
                values,
            } => write_has(&columns[*column], *part, *quantity, values),
            Self::All(filters) => format!(r#"{{"$and":[{}]}}"#, each(filters)),
            Self::Any(filters) => format!(r#"{{"$or":[{}]}}"#, each(filters)),
            Self::Not(filter) => format!(r#"{{"$not":{}}}"#, filter.write(columns)),
        }
    }
}

/// False if one is, else unknown if one is.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let parts: Vec<_> = parts.collect();
    if parts.contains(&Some(false)) {
        Some(false)
    } else if parts.contains(&None) {
        None
    } else {
        Some(true)
    }
}

impl Operator {
    fn holds(self, rank: usize, values: &[Value]) -> bool {
        let operand = values[0].rank;
        let among = values.iter().any(|value| value.rank == rank);
        match self {
            Self::Shorthand | Self::Eq | Self::In => among,
            Self::Ne | Self::Nin => !among,
            Self::Gt => rank > operand,
            Self::Gte => rank >= operand,
            Self::Lt => rank < operand,
            Self::Lte => rank <= operand,
        }
    }
}

impl Part {
    fn is_in(self, cell: &Cell, (one, other): &(Value, Value)) -> bool {
        match (self, cell) {
            (Self::Values, Cell::Sequence(items)) => items.iter().any(|item| item.rank == one.rank),
            (Self::Keys, Cell::Map(entries)) => entries.iter().any(|(key, _)| key.rank == one.rank),
            (Self::ValuesOfMap, Cell::Map(entries)) => {
                entries.iter().any(|(_, value)| value.rank == other.rank)
            }
            (Self::Entries, Cell::Map(entries)) => entries
                .iter()
                .any(|(key, value)| (key.rank, value.rank) == (one.rank, other.rank)),
            _ => unreachable!("each part is looked for in its kind of column"),
        }
    }
}

impl Quantity {
    fn holds(self, mut found: impl Iterator<Item = bool>) -> bool {
        match self {
            Self::Any => found.any(|found| found),
            Self::None => !found.any(|found| found),
            Self::All => found.all(|found| found),
        }
    }
}

fn write_is(column: &Column, operator: Operator, values: &[Value]) -> String {
    let Content::Scalar(written, _) = &column.content else {
        unreachable!("only scalar columns are compared");
    };
    let values: Vec<_> = values.iter().map(|value| written.write(*value)).collect();
    let (name, list) = match operator {
        Operator::Shorthand => return format!(r#"{{"{}":{}}}"#, column.name, values[0]),
        Operator::In => ("$in", true),
        Operator::Nin => ("$nin", true),
        Operator::Eq => ("$eq", false),
        Operator::Ne => ("$ne", false),
        Operator::Gt => ("$gt", false),
        Operator::Gte => ("$gte", false),
        Operator::Lt => ("$lt", false),
        Operator::Lte => ("$lte", false),
    };
    let operand = if list {
        format!("[{}]", values.join(","))
    } else {
        values[0].clone()
    };
    format!(r#"{{"{}":{{"{name}":{operand}}}}}"#, column.name)
}

fn write_has(column: &Column, part: Part, quantity: Quantity, values: &[(Value, Value)]) -> String {
    let operand = |(one, other): &(Value, Value)| match (part, &column.content) {
        (Part::Values, Content::Sequence(values)) => values.write(*one),
        (Part::Keys, Content::Map(keys, _)) => keys.write(*one),
        (Part::ValuesOfMap, Content::Map(_, values)) => values.write(*other),
        (Part::Entries, Content::Map(keys, values)) => {
            format!("[{},{}]", keys.write(*one), values.write(*other))
        }
        _ => unreachable!("each part is looked for in its kind of column"),
    };
    let operands: Vec<_> = values.iter().map(operand).collect();
    let operator = match quantity {
        Quantity::Any => "$in",
        Quantity::None => "$nin",
        Quantity::All => "$all",
    };
    let test = format!(r#"{{"{operator}":[{}]}}"#, operands.join(","));
    let test = match part {
        Part::Values | Part::Entries => test,
        Part::Keys => format!(r#"{{"$keys":{test}}}"#),
        Part::ValuesOfMap => format!(r#"{{"$values":{test}}}"#),
    };
    format!(r#"{{"{}":{test}}}"#, column.name)
}
