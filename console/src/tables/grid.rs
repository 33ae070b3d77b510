//! Names with types, a line each, as forms for tables and types have them.

use astra_db::schema::ColumnType;

use super::column_type::parse;

/// Empty lines at the end of a new form, and more each time they are asked for.
const SPARE: usize = 3;

/// The lines of a form. There is always an empty one to type into.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    pub(crate) lines: Vec<FieldLine>,
}

/// A name, its type, and what part it has in the primary key.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct FieldLine {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// A word of [`super::create`]; empty for none.
    pub(crate) role: String,
    pub(crate) problem: Option<String>,
}

impl Grid {
    /// Lines as a form sent them: every `name` begins one.
    pub(crate) fn of_form(pairs: &[(String, String)]) -> Self {
        let mut lines: Vec<FieldLine> = Vec::new();
        for (key, value) in pairs {
            let value = value.trim().to_owned();
            match (key.as_str(), lines.last_mut()) {
                ("column", _) => lines.push(FieldLine {
                    name: value,
                    ..FieldLine::default()
                }),
                ("type", Some(line)) => line.kind = value,
                ("role", Some(line)) => line.role = value,
                _ => {}
            }
        }
        lines.retain(|line| *line != FieldLine::default());
        Self { lines }
    }

    /// The same lines and empty ones after them.
    pub(crate) fn with_spare(mut self) -> Self {
        let length = self.lines.len() + SPARE;
        self.lines.resize_with(length, FieldLine::default);
        self
    }

    /// The types of the lines, or nothing where a line has a problem, which is noted there.
    pub(crate) fn types(&mut self) -> Option<Vec<(String, ColumnType)>> {
        let mut types = Vec::new();
        for line in &mut self.lines {
            match (line.name.is_empty(), parse(&line.kind)) {
                (true, _) => line.problem = Some("This needs a name".to_owned()),
                (false, Err(bad)) => line.problem = Some(format!("The type: {bad}")),
                (false, Ok(kind)) => types.push((line.name.clone(), kind)),
            }
        }
        (types.len() == self.lines.len()).then_some(types)
    }
}
