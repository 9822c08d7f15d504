//! SQL text grown together with its bound values.

use rusqlite::types::Value;

/// A statement under construction. Values never enter the text: they are bound.
#[derive(Debug, Default)]
pub(super) struct Statement {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

impl Statement {
    /// A statement that begins with `text`.
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    /// Appends SQL.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Binds a value and appends its place holder.
    pub(super) fn bind(&mut self, value: impl Into<Value>) {
        self.values.push(value.into());
        self.text.push_str(&format!("?{}", self.values.len()));
    }

    /// Appends a list of any length as a subquery, so that lists of different lengths are one statement.
    pub(super) fn bind_list<T: Into<serde_json::Value>>(&mut self, items: impl IntoIterator<Item = T>) {
        let list: serde_json::Value = items.into_iter().map(Into::into).collect();
        self.push("(SELECT value FROM json_each(");
        self.bind(list.to_string());
        self.push("))");
    }
}
