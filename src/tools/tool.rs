//! One definition a tool: what a tool is, and its type-erased form from which every surface is derived.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::ToolError;
use super::view::{Resolved, Table};
use crate::config::Limits;
use crate::domain::chart::{Chart, Prepared};
use crate::domain::experiment::ExperimentId;
use crate::domain::time::Timestamp;
use crate::store::Store;

/// What a tool may do to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reads only.
    Read,
    /// Writes; a model's wish to do so needs the person's consent.
    Write,
}

/// The HTTP method of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Arguments in path and query.
    Get,
    /// Arguments in path and body.
    Post,
}

/// Where the REST service offers a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path with `{argument}` parts.
    pub path: &'static str,
}

/// Where the present moment comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Always this moment, for tests.
    Fixed(Timestamp),
}

impl Clock {
    /// The present moment.
    #[must_use]
    pub fn now(self) -> Timestamp {
        match self {
            Self::Fixed(moment) => moment,
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
        }
    }
}

/// What every tool works on.
#[derive(Debug, Clone)]
pub struct Context {
    /// Where the experiments are.
    pub store: Store,
    /// Bounds on what one answer holds.
    pub limits: Limits,
    /// Only experiments whose tag `tenant_id` is this are seen.
    pub tenant: Option<String>,
    /// What "today" means.
    pub now: Timestamp,
    /// The experiment that the conversation is about.
    pub focus: Option<ExperimentId>,
}

/// One operation. The fields are the arguments, their doc comments the descriptions that models and people read.
pub trait Tool: DeserializeOwned + JsonSchema + Send + 'static {
    /// Its name on every surface.
    const NAME: &'static str;
    /// Its name for people.
    const TITLE: &'static str;
    /// Whether it writes.
    const ACCESS: Access;
    /// Where REST offers it.
    const ROUTE: Route;
    /// How people ask for it, with typed slots such as `{metric}`; see `agent::interpreter`.
    const PHRASES: &'static [&'static str];
    /// Whether answers may have a chart.
    const DRAWS: bool = false;
    /// What of the result a model need not read unless it asks for details: paths such as `curves.*.steps`.
    const DETAILS: &'static [&'static str] = &[];
    /// What it answers.
    type Output: View;
    /// Does it.
    fn call(self, context: &Context) -> impl Future<Output = Result<Self::Output, ToolError>> + Send;
}

/// A tool's answer and the ways to look at it.
pub trait View: Serialize + JsonSchema + Send {
    /// What the references in the call led to.
    fn resolved(&self) -> &Resolved;
    /// What was left out, assumed or cut.
    fn caveats(&self) -> &[String];
    /// The answer in sentences, every number as the store has it.
    fn prose(&self) -> String;
    /// The answer as rows, where it is more than a sentence.
    fn table(&self) -> Option<Table> {
        None
    }
    /// The picture, where one helps.
    fn chart(&self) -> Option<Prepared> {
        None
    }
    /// The image that it is about, as the store has it.
    fn image(&self) -> Option<&Image> {
        None
    }
}

/// An image of the store, in its own format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// `image/png`, `image/jpeg`, `image/gif` or `image/webp`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A tool's answer, type-erased.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The published shape: satisfies the tool's output schema.
    pub result: Value,
    /// What the references in the call led to.
    pub resolved: Resolved,
    /// What was left out, assumed or cut.
    pub caveats: Vec<String>,
    /// The answer in sentences.
    pub prose: String,
    /// The answer as rows.
    pub table: Option<Table>,
    /// The picture.
    pub chart: Option<Chart>,
    /// The image that it is about, as the store has it.
    pub image: Option<Image>,
}

type Calling<'a> = Pin<Box<dyn Future<Output = Result<Outcome, ToolError>> + Send + 'a>>;

/// A tool as the catalogue holds it.
#[derive(Debug)]
pub struct ToolDef {
    /// Its name on every surface.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Whether it writes.
    pub access: Access,
    /// Where REST offers it.
    pub route: Route,
    /// How people ask for it.
    pub phrases: &'static [&'static str],
    /// Whether answers may have a chart.
    pub draws: bool,
    /// What of the result a model need not read unless it asks for details.
    pub details: &'static [&'static str],
    input: fn() -> Value,
    output: fn() -> Value,
    call: for<'a> fn(Value, &'a Context) -> Calling<'a>,
    schemas: OnceLock<Schemas>,
}

#[derive(Debug)]
struct Schemas {
    description: String,
    input: Value,
    output: Value,
    validator: Result<jsonschema::Validator, String>,
}

impl ToolDef {
    /// Erases the type of a tool.
    #[must_use]
    pub const fn of<T: Tool>() -> Self {
        Self {
            name: T::NAME,
            title: T::TITLE,
            access: T::ACCESS,
            route: T::ROUTE,
            phrases: T::PHRASES,
            draws: T::DRAWS,
            details: T::DETAILS,
            input: input_schema::<T>,
            output: output_schema::<T::Output>,
            call: erased_call::<T>,
            schemas: OnceLock::new(),
        }
    }

    /// What it does, for models and people.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.schemas().description
    }

    /// The JSON Schema of its arguments: an object, no `$ref`, no boolean subschema, nothing beyond the named properties.
    #[must_use]
    pub fn input_schema(&self) -> &Value {
        &self.schemas().input
    }

    /// The JSON Schema of its result.
    #[must_use]
    pub fn output_schema(&self) -> &Value {
        &self.schemas().output
    }

    /// What is published of the tool, in `tools/` and over MCP.
    #[must_use]
    pub fn contract(&self) -> Value {
        serde_json::json!({
            "name": self.name,
            "title": self.title,
            "description": self.description(),
            "annotations": {
                "readOnlyHint": self.access == Access::Read,
                "destructiveHint": false,
                "idempotentHint": self.access == Access::Read,
                "openWorldHint": false,
            },
            "inputSchema": self.input_schema(),
            "outputSchema": self.output_schema(),
        })
    }

    /// Checks `arguments` against the schema and answers. Arguments that are null count as left out.
    ///
    /// # Errors
    /// [`ToolError::InvalidArguments`] names the argument and what would be right; else what the tool itself refuses.
    pub async fn call(&self, arguments: Value, context: &Context) -> Result<Outcome, ToolError> {
        let arguments = self.checked(arguments)?;
        (self.call)(arguments, context).await
    }

    /// The arguments without nulls, if they satisfy the schema.
    ///
    /// # Errors
    /// [`ToolError::InvalidArguments`] with every fault found.
    pub fn checked(&self, arguments: Value) -> Result<Value, ToolError> {
        let arguments = match arguments {
            Value::Null => Value::Object(Map::new()),
            Value::Object(fields) => Value::Object(fields.into_iter().filter(|(_, value)| !value.is_null()).collect()),
            other => {
                return Err(ToolError::InvalidArguments(format!("the arguments of `{}` must be a JSON object, not `{other}`", self.name)));
            }
        };
        if let Some(fault) = too_much(&arguments) {
            return Err(ToolError::InvalidArguments(fault));
        }
        let validator = match &self.schemas().validator {
            Ok(validator) => validator,
            Err(fault) => return Err(ToolError::InvalidArguments(format!("the schema of `{}` is broken: {fault}", self.name))),
        };
        let faults: Vec<String> = validator.iter_errors(&arguments).map(|fault| self.explained(&fault)).collect();
        if faults.is_empty() { Ok(arguments) } else { Err(ToolError::InvalidArguments(faults.join("; "))) }
    }

    fn explained(&self, fault: &jsonschema::ValidationError<'_>) -> String {
        let place = fault.instance_path().to_string();
        let argument = place.trim_start_matches('/');
        let properties = self.input_schema().get("properties").and_then(Value::as_object);
        let known: Vec<String> = properties.map(|fields| fields.keys().map(|key| format!("`{key}`")).collect()).unwrap_or_default();
        if argument.is_empty() {
            return format!("{fault} (arguments of `{}`: {})", self.name, known.join(", "));
        }
        let schema = properties.and_then(|fields| fields.get(argument.split('/').next().unwrap_or(argument)));
        let description = schema.and_then(|schema| schema.get("description")).and_then(Value::as_str).unwrap_or("");
        format!("argument `{argument}`: {fault}. It is: {description}")
    }

    fn schemas(&self) -> &Schemas {
        self.schemas.get_or_init(|| {
            let mut input = (self.input)();
            let description = match input.as_object_mut().and_then(|schema| schema.remove("description")) {
                Some(Value::String(text)) => text,
                _ => String::new(),
            };
            let validator = jsonschema::validator_for(&input).map_err(|fault| fault.to_string());
            Schemas { description, output: (self.output)(), input, validator }
        })
    }
}

/// What no call needs: lists so long, and texts so long, that they cost more than they tell.
fn too_much(arguments: &Value) -> Option<String> {
    let fields = arguments.as_object().into_iter().flatten();
    fields.into_iter().find_map(|(name, value)| match value {
        Value::Array(items) if items.len() > LISTED_AT_MOST => {
            Some(format!("argument `{name}` has {} items; at most {LISTED_AT_MOST} are taken", items.len()))
        }
        Value::String(text) if text.len() > TEXT_BYTES => {
            Some(format!("argument `{name}` has {} bytes; at most {TEXT_BYTES} are taken", text.len()))
        }
        _ => None,
    })
}

/// The most items of a list among the arguments, and the most bytes of a text.
const LISTED_AT_MOST: usize = 500;
const TEXT_BYTES: usize = 20_000;

fn erased_call<T: Tool>(arguments: Value, context: &Context) -> Calling<'_> {
    Box::pin(async move {
        let tool: T = serde_json::from_value(arguments).map_err(|fault| ToolError::InvalidArguments(fault.to_string()))?;
        // What a server is asked within one call it is asked once, and what it left out is told with the answer.
        let context = Context { store: context.store.for_one_call(), ..context.clone() };
        let output = tool.call(&context).await?;
        let mut result = serde_json::to_value(&output).map_err(|fault| ToolError::InvalidArguments(fault.to_string()))?;
        let prepared = output.chart();
        let mut caveats = output.caveats().to_vec();
        let omissions = context.store.omissions();
        if let Some(Value::Array(told)) = result.get_mut("caveats") {
            told.extend(omissions.iter().cloned().map(Value::String));
        }
        caveats.extend(omissions);
        caveats.extend(prepared.iter().flat_map(|prepared| prepared.omitted.caveats()));
        Ok(Outcome {
            result,
            resolved: output.resolved().clone(),
            caveats,
            prose: output.prose(),
            table: output.table(),
            image: output.image().cloned(),
            chart: prepared.and_then(|prepared| prepared.chart),
        })
    })
}

fn input_schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = portable(settings.into_generator().into_root_schema_for::<T>().to_value());
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(without_null);
    }
    schema
}

/// An optional argument is left out, not null: `["string", "null"]` becomes `"string"`, which every client reads.
fn without_null(schema: &mut Value) {
    let Some(fields) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = fields.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            fields.insert("type".to_owned(), only);
        }
    }
    let alternatives = fields
        .get("anyOf")
        .and_then(Value::as_array)
        .map(|all| all.iter().filter(|one| one.get("type") != Some(&Value::from("null"))).cloned().collect::<Vec<_>>());
    if let Some([Value::Object(only)]) = alternatives.as_deref() {
        fields.remove("anyOf");
        for (key, value) in only {
            fields.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    if let Some(Value::Array(values)) = fields.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
}

fn output_schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true).for_serialize();
    portable(settings.into_generator().into_root_schema_for::<T>().to_value())
}

/// Rids a schema of what clients stumble over: `$schema`, titles, number formats, null alternatives and null defaults of optional
/// arguments, and boolean subschemas (the TypeScript MCP client of version 1 refuses a whole list for one of them).
fn portable(schema: Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let mut clean = Map::new();
            for (key, value) in fields {
                let is_noise = match key.as_str() {
                    "$schema" => true,
                    "title" => value.is_string(),
                    "format" => value.as_str().is_some_and(|format| {
                        format.starts_with("uint") || format.starts_with("int") || format == "double" || format == "float"
                    }),
                    "default" => value.is_null(),
                    _ => false,
                };
                if is_noise {
                    continue;
                }
                let value = match (key.as_str(), value) {
                    ("properties" | "patternProperties", Value::Object(named)) => {
                        Value::Object(named.into_iter().map(|(name, schema)| (name, portable(schema))).collect())
                    }
                    ("additionalProperties", Value::Bool(false)) => Value::Bool(false),
                    ("additionalProperties" | "items", Value::Bool(true)) => Value::Object(Map::new()),
                    ("enum" | "const" | "required" | "default" | "examples", kept) => kept,
                    (_, nested) => portable(nested),
                };
                clean.insert(key, value);
            }
            Value::Object(clean)
        }
        Value::Array(items) => Value::Array(items.into_iter().map(portable).collect()),
        other => other,
    }
}
