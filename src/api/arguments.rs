//! From a request to the arguments of a tool: path, query and body become one JSON object, typed by the tool's schema.
//!
//! What does not fit is left as it was written: the schema's own check then says what was wrong and what would be right.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::tools::ToolDef;

/// How deep the JSON of a body may nest.
const DEPTH_AT_MOST: usize = 32;

/// The parameters that every route takes beside those of its tool.
pub(super) const COMMON_PARAMETERS: [&str; 2] = ["tenant_id", "chart"];

/// What a request asks of a tool.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    /// The arguments of the tool.
    pub arguments: Map<String, Value>,
    /// `tenant_id` of the query.
    pub tenant: Option<String>,
    /// `chart` of the query.
    pub chart: ChartWish,
}

/// Whether a result brings its chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChartWish {
    /// It does not.
    None,
    /// As a Vega-Lite specification.
    VegaLite,
}

/// Reads the arguments of `tool`: `path` are the parts of the path by name, decoded; `query` and `body` are as they were sent.
///
/// # Errors
/// What is wrong, for whoever sent it.
pub(super) fn read(tool: &ToolDef, path: &[(String, String)], query: Option<&str>, body: &[u8]) -> Result<Asked, String> {
    let mut asked = Asked { arguments: parsed_body(body)?, tenant: None, chart: ChartWish::None };
    let mut given: Vec<(String, Vec<String>)> = Vec::new();
    for (name, text) in pairs(query)? {
        match name.as_str() {
            "tenant_id" if asked.tenant.is_some() => return Err("`tenant_id` is given twice".to_owned()),
            "tenant_id" if text.is_empty() => return Err("`tenant_id` is empty; leave it out, or name a tenant".to_owned()),
            "tenant_id" => asked.tenant = Some(text),
            "chart" => asked.chart = chart_wish(&text)?,
            _ => match given.iter_mut().find(|(known, _)| *known == name) {
                Some((_, texts)) => texts.push(text),
                None => given.push((name, vec![text])),
            },
        }
    }
    for (name, texts) in given {
        let (name, value) = from_query(tool, name, texts)?;
        put(&mut asked.arguments, name, value)?;
    }
    for (name, text) in path {
        // A list in the path is written with commas.
        let value = match kind(tool, name) {
            Some("array") => Value::from(text.split(',').map(|part| Value::from(part.trim())).collect::<Vec<_>>()),
            kind => typed(kind, text),
        };
        put(&mut asked.arguments, name.clone(), value)?;
    }
    Ok(asked)
}

fn chart_wish(text: &str) -> Result<ChartWish, String> {
    match text {
        "none" => Ok(ChartWish::None),
        "vega_lite" => Ok(ChartWish::VegaLite),
        _ => Err(format!("`chart` is `{text}`; it is `none` or `vega_lite`")),
    }
}

/// The fields of a body; none of an empty one.
pub(super) fn parsed_body(body: &[u8]) -> Result<Map<String, Value>, String> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    if deepest(body) > DEPTH_AT_MOST {
        return Err(format!("the body nests deeper than {DEPTH_AT_MOST} levels"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err("the body must be one JSON object, such as `{\"run_ids\": [\"run-015\", \"run-016\"]}`".to_owned()),
        Err(error) => Err(format!("the body is no JSON: {error}")),
    }
}

/// The deepest nesting of brackets outside of strings.
fn deepest(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Names and values of a query, decoded (`+` is a space, as forms write it).
pub(super) fn pairs(query: Option<&str>) -> Result<Vec<(String, String)>, String> {
    let parts = query.unwrap_or_default().split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &str) -> Result<String, String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map(|text| text.into_owned()).map_err(|_| "the query is not UTF-8 after its percent signs are decoded".to_owned())
}

/// One argument of the query: a list is repeated, an object is written `tags[team]=risk`.
fn from_query(tool: &ToolDef, name: String, texts: Vec<String>) -> Result<(String, Value), String> {
    if let Some((object, key)) = name.strip_suffix(']').and_then(|head| head.split_once('['))
        && kind(tool, object) == Some("object")
    {
        let [text] = texts.as_slice() else { return Err(format!("`{name}` is given twice")) };
        if key.is_empty() {
            return Err(format!("`{name}` has no key; write it like `{object}[team]=risk`"));
        }
        return Ok((object.to_owned(), Value::Object(Map::from_iter([(key.to_owned(), Value::from(text.as_str()))]))));
    }
    match (kind(tool, &name), texts.as_slice()) {
        (Some("array"), texts) => Ok((name, Value::from(texts.to_vec()))),
        (kind, [text]) => {
            let value = typed(kind, text);
            Ok((name, value))
        }
        (_, _) => Err(format!("`{name}` is given twice")),
    }
}

/// Adds an argument; the parts of an object come together.
fn put(arguments: &mut Map<String, Value>, name: String, value: Value) -> Result<(), String> {
    match (arguments.get_mut(&name), value) {
        (None, value) => {
            arguments.insert(name, value);
            Ok(())
        }
        (Some(Value::Object(known)), Value::Object(more)) => {
            for (key, value) in more {
                put(known, key, value)?;
            }
            Ok(())
        }
        (Some(_), _) => Err(format!("`{name}` is given twice")),
    }
}

fn kind<'tool>(tool: &'tool ToolDef, name: &str) -> Option<&'tool str> {
    tool.input_schema().get("properties")?.get(name)?.get("type")?.as_str()
}

fn typed(kind: Option<&str>, text: &str) -> Value {
    match kind {
        Some("integer") => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        Some("number") => text.parse::<f64>().map_or_else(|_| Value::from(text), Value::from),
        Some("boolean") => text.parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
        _ => Value::from(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tools;

    fn check(tool: &str, path: &[(&str, &str)], query: &str, body: &str, expected: Result<Value, &str>) {
        let tool = tools::named(tool).unwrap();
        let path: Vec<(String, String)> = path.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let found = read(tool, &path, Some(query), body.as_bytes()).map(|asked| Value::Object(asked.arguments));
        assert_eq!(found.as_ref().map_err(String::as_str), expected.as_ref().map_err(|text| *text));
    }

    #[test]
    fn the_query_is_typed_by_the_schema() {
        let query = "sort_by=metrics.f1_score&order=desc&limit=3&filter=params.a%20%3D%20%27x%20y%27";
        let expected = json!({"sort_by": "metrics.f1_score", "order": "desc", "limit": 3, "filter": "params.a = 'x y'", "experiment": "1"});
        check("list_runs", &[("experiment", "1")], query, "", Ok(expected));
        check("list_runs", &[], "limit=many", "", Ok(json!({"limit": "many"})));
        check(
            "list_experiments",
            &[],
            "query=a+b&tags[team]=risk&tags[x]=1",
            "",
            Ok(json!({"query": "a b", "tags": {"team": "risk", "x": "1"}})),
        );
    }

    #[test]
    fn lists_stand_in_the_path_with_commas_and_in_the_query_repeated() {
        let path = [("run_ids", "run-1,run-2"), ("metrics", "val/AUC")];
        check("metric_history", &path, "", "", Ok(json!({"run_ids": ["run-1", "run-2"], "metrics": ["val/AUC"]})));
        check("get_run", &[], "keys=a,b&keys=c", "", Ok(json!({"keys": ["a,b", "c"]})));
    }

    #[test]
    fn nothing_is_said_twice() {
        check("list_runs", &[], "limit=1&limit=2", "", Err("`limit` is given twice"));
        check("compare_runs", &[("experiment", "1")], "", r#"{"experiment": "2"}"#, Err("`experiment` is given twice"));
        check("list_experiments", &[], "tags[]=x", "", Err("`tags[]` has no key; write it like `tags[team]=risk`"));
        check("list_runs", &[], "tenant_id=a&tenant_id=b", "", Err("`tenant_id` is given twice"));
    }

    #[test]
    fn a_body_is_one_object_of_a_decent_depth() {
        check("compare_runs", &[], "", r#"{"run_ids": ["a\"]]", "b"]}"#, Ok(json!({"run_ids": ["a\"]]", "b"]})));
        let deep = format!("{}1{}", "[".repeat(33), "]".repeat(33));
        check("compare_runs", &[], "", &deep, Err("the body nests deeper than 32 levels"));
        let wanted = "the body must be one JSON object, such as `{\"run_ids\": [\"run-015\", \"run-016\"]}`";
        check("compare_runs", &[], "", "[]", Err(wanted));
    }
}
