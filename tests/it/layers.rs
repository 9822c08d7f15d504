//! The layer test: imports point down the levels of `ARCHITECTURE.md`, and each external crate stays behind the module that wraps it.
//!
//! It reads the sources as text, so it sees what is written: a path made by a macro escapes it. Test code is left out, it may build its world
//! from any layer.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules directly under the crate, lowest level first. Modules of one level do not know each other.
const LEVELS: [&[&str]; 7] =
    [&["domain", "config", "files"], &["store", "llm", "prompts", "state"], &["tools"], &["agent"], &["api", "evals"], &["cli"], &["main"]];

/// External crates that only these modules, and the modules inside them, may name.
const PLACES: [(&str, &[&str]); 24] = [
    ("rusqlite", &["store::sqlite", "state"]),
    ("tokio_postgres", &["state::postgres"]),
    ("async_openai", &["llm::openai"]),
    ("reqwest", &["store::mlflow", "llm::openai", "api::auth"]),
    ("cap_std", &["store::artifacts"]),
    ("object_store", &["store::artifacts"]),
    ("csv", &["tools"]),
    ("clap", &["cli", "config", "main"]),
    ("resvg", &["domain::chart"]),
    ("rmcp", &["api::mcp"]),
    ("axum", &["api"]),
    ("hyper", &["api::connections"]),
    ("governor", &["api::load"]),
    ("jsonwebtoken", &["api::auth"]),
    ("prometheus_client", &["api::metrics"]),
    ("tracing_subscriber", &["cli"]),
    ("tracing_opentelemetry", &["api::spans", "cli::traces"]),
    ("opentelemetry", &["api::spans", "cli::traces"]),
    ("opentelemetry_sdk", &["api::spans", "cli::traces"]),
    ("opentelemetry_otlp", &["cli::traces"]),
    ("jsonschema", &["tools"]),
    ("rustyline", &["cli"]),
    ("serde_saphyr", &["evals"]),
    ("regex", &["evals"]),
];

#[test]
fn imports_point_down_and_crates_stay_in_their_place() {
    let source_folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut complaints = Vec::new();
    let mut modules = BTreeSet::new();
    for file in rust_files(&source_folder) {
        let relative = file.strip_prefix(&source_folder).unwrap();
        let module = module_of(relative);
        let source = fs::read_to_string(&file).unwrap();
        complaints
            .extend(complaints_about(&module, &source).into_iter().map(|complaint| format!("src/{}:{complaint}", relative.display())));
        modules.extend(module.into_iter().next());
    }
    assert!(modules.contains("domain") && modules.contains("store"), "the walk found too little to mean anything: {modules:?}");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn an_upward_import_is_found_however_it_is_written() {
    check("store::sqlite", "use crate::tools::Limits;", &["1: `store` may not know `tools`: it is on no lower level"]);
    check(
        "store",
        "use crate::{\n    domain::run::Run,\n    agent::{Turn, budget},\n};",
        &["3: `store` may not know `agent`: it is on no lower level"],
    );
    check("store::mlflow::wire", "use super::super::super::api;", &["1: `store` may not know `api`: it is on no lower level"]);
    check(
        "store::mlflow",
        "mod inner { use super::super::super::{llm::Model, domain}; }",
        &["1: `store` may not know `llm`: it is on no lower level"],
    );
    check("domain::chart", "fn f() -> crate::config::Config { 1 }", &["1: `domain` may not know `config`: it is on no lower level"]);
    check("tools", "use crate::*;", &["1: `*` takes in every layer"]);
    check("llm", "use crate as whole;", &["1: `whole` takes in every layer"]);
    check("agent", "use crate::helpers::trim;", &["1: `helpers` has no level: give it one in LEVELS"]);
    check("helpers", "", &["1: `helpers` has no level: give it one in LEVELS"]);
}

#[test]
fn a_downward_import_and_an_import_within_a_module_are_let_through() {
    check("agent::planner", "use crate::agent::budget; use super::super::tools::{self, ToolDef}; use crate::domain::run::Run;", &[]);
    check("store::sqlite", "use super::{StoreError, mlflow}; pub(crate) fn f() {} pub(in crate::store) fn g() {}", &[]);
    check("main", "use trialogue::cli; fn main() { trialogue::agent::run() }", &[]);
}

#[test]
fn an_external_crate_is_found_outside_its_place() {
    let complaint = "1: `rusqlite` may be named in store::sqlite, state only";
    check("store::sqlite::read", "use rusqlite::Connection;", &[]);
    check("store::demo", "use rusqlite::Connection;", &[complaint]);
    check("store", "fn f() -> ::rusqlite::Connection { 1 }", &[complaint]);
    check("tools", "use {rusqlite as sql, serde};", &[complaint]);
    check("store", "use rusqlite;", &[complaint]);
    check("store", "use super::domain::rusqlite::Row; let rusqlite = 1; row.rusqlite::<u8>();", &[]);
    check("client", "", &["1: `client` has no level: give it one in LEVELS"]);
}

#[test]
fn comments_strings_and_test_code_are_no_imports() {
    check("store", "// use crate::tools;\n/* use crate::api; /* nested */ crate::api::x */ //! crate::llm", &[]);
    check(
        "store",
        r####"const A: &str = "crate::tools \" crate::api"; const B: &str = r#"crate::llm "quoted" crate::llm"#; const C: &[u8] = b"crate::api";"####,
        &[],
    );
    check(
        "store",
        "fn f<'a>(x: &'a str) -> char { let q = ['\"', '\\'', 'a']; q }\nuse crate::llm::X;",
        &["2: `store` may not know `llm`: it is on no lower level"],
    );
    check(
        "store",
        "#[cfg(test)]\nmod tests { use crate::api::App; fn f() { crate::cli::g() } }\n#[cfg(test)] use crate::agent::{a, b};",
        &[],
    );
    check("store", "#[cfg(test)]\nmod tests { }\nuse crate::api;", &["3: `store` may not know `api`: it is on no lower level"]);
    check("store::tests::deep", "use crate::api;", &[]);
}

fn check(module: &str, source: &str, expected: &[&str]) {
    let module: Vec<String> = module.split("::").map(str::to_owned).collect();
    assert_eq!(complaints_about(&module, source), expected, "in {module:?}: {source}");
}

/// What is wrong with the imports of a module's source, as `line: reason`.
fn complaints_about(module: &[String], source: &str) -> Vec<String> {
    let Some(own) = module.first() else { return Vec::new() };
    let Some(own_level) = level_of(own) else { return vec![format!("1: {}", no_level(own))] };
    if module.iter().any(|part| part == "tests") {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    for import in imports(module, &without_test_code(&tokens(source))) {
        let complaint = match &import.target {
            Target::Module(name) if name == own => None,
            Target::Module(name) => match level_of(name) {
                None => Some(no_level(name)),
                Some(level) if level < own_level => None,
                Some(_) => Some(format!("`{own}` may not know `{name}`: it is on no lower level")),
            },
            Target::Everything(name) => Some(format!("`{name}` takes in every layer")),
            Target::External(name, places) => {
                let module = module.join("::");
                let inside = |place: &&&str| module == **place || module.starts_with(&format!("{place}::"));
                let fits = places.iter().find(inside).is_some();
                (!fits).then(|| format!("`{name}` may be named in {} only", places.join(", ")))
            }
        };
        complaints.extend(complaint.map(|complaint| format!("{}: {complaint}", import.line)));
    }
    complaints
}

fn level_of(module: &str) -> Option<usize> {
    LEVELS.iter().position(|level| level.contains(&module))
}

fn no_level(module: &str) -> String {
    format!("`{module}` has no level: give it one in LEVELS")
}

/// A path that leaves the module it stands in.
struct Import {
    line: usize,
    target: Target,
}

enum Target {
    /// A module directly under the crate.
    Module(String),
    /// The crate itself, by a star or a new name.
    Everything(String),
    /// One of the crates of [`PLACES`], with where it may stand.
    External(&'static str, &'static [&'static str]),
}

/// Every path of the source that begins at the crate, above the module, or with a crate of [`PLACES`].
fn imports(module: &[String], tokens: &[Token]) -> Vec<Import> {
    let mut imports = Vec::new();
    let mut scope = module.to_vec();
    // For each open brace, whether it opened a module.
    let mut braces = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let text_at = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.text.as_str());
        let before = text_at(index.checked_sub(1));
        let after = text_at(index.checked_add(1));
        let begins_path = before != "::" || !is_name(text_at(index.checked_sub(2)));
        match token.text.as_str() {
            "{" => {
                let opens_module = text_at(index.checked_sub(2)) == "mod";
                if opens_module {
                    scope.push(before.to_owned());
                }
                braces.push(opens_module);
            }
            "}" if braces.pop() == Some(true) => drop(scope.pop()),
            "crate" | "trialogue" if begins_path && after == "::" => follow(&[], tokens.get(index + 2..), &mut imports),
            "crate" | "trialogue" if before == "use" && after == "as" => {
                imports.push(Import { line: token.line, target: Target::Everything(text_at(Some(index + 2)).to_owned()) });
            }
            "super" if begins_path => follow(&scope, tokens.get(index..), &mut imports),
            name => {
                let place = PLACES.iter().find(|(external, _)| *external == name);
                let is_path = after == "::" || ["use", "{", ","].contains(&before) && ["as", ";", ",", "}"].contains(&after);
                if let Some((external, places)) = place.filter(|_| begins_path && before != "." && is_path) {
                    imports.push(Import { line: token.line, target: Target::External(external, places) });
                }
            }
        }
    }
    imports
}

/// Follows the rest of a path, or a tree of paths in braces, from `scope` until it is under the crate or goes down again.
fn follow(scope: &[String], path: Option<&[Token]>, imports: &mut Vec<Import>) {
    let Some((first, rest)) = path.and_then(<[Token]>::split_first) else { return };
    match first.text.as_str() {
        "super" => {
            let above = scope.split_last().map_or(scope, |(_, above)| above);
            if rest.first().is_some_and(|token| token.text == "::") {
                follow(above, rest.get(1..), imports);
            }
        }
        "{" => {
            let mut depth = 0_usize;
            let mut entry_begins = true;
            for (index, token) in rest.iter().enumerate() {
                match token.text.as_str() {
                    "}" if depth == 0 => break,
                    "}" => depth -= 1,
                    "," if depth == 0 => entry_begins = true,
                    _ if entry_begins => {
                        follow(scope, rest.get(index..), imports);
                        entry_begins = false;
                        depth += usize::from(token.text == "{");
                    }
                    "{" => depth += 1,
                    _ => {}
                }
            }
        }
        "*" if scope.is_empty() => imports.push(Import { line: first.line, target: Target::Everything("*".to_owned()) }),
        name if scope.is_empty() && is_name(name) => {
            imports.push(Import { line: first.line, target: Target::Module(name.to_owned()) });
        }
        _ => {}
    }
}

/// A name or a mark of Rust, and the line it stands on. Literals and comments are none.
#[derive(Clone)]
struct Token {
    text: String,
    line: usize,
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first == '_' || first.is_alphabetic())
}

/// Leaves out what `#[cfg(test)]` stands before: up to the end of its braces, or its semicolon.
fn without_test_code(tokens: &[Token]) -> Vec<Token> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first() {
        let is_marked = rest.len() >= MARK.len() && rest.iter().zip(MARK).all(|(token, mark)| token.text == mark);
        if is_marked {
            rest = &rest[MARK.len() + item_length(&rest[MARK.len()..])..];
        } else {
            kept.push(first.clone());
            rest = after;
        }
    }
    kept
}

fn item_length(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            ";" if depth == 0 => return index + 1,
            "{" => depth += 1,
            // A field or variant: its block ends before it does.
            "}" if depth == 0 => return index,
            "}" if depth == 1 => return index + 1,
            "}" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment_length(rest)
        } else if let Some(length) = literal_length(rest) {
            length
        } else {
            let length = if is_name(rest) {
                rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            if !first.is_whitespace() {
                let line = 1 + source[..source.len() - rest.len()].matches('\n').count();
                tokens.push(Token { text: rest[..length].to_owned(), line });
            }
            length
        };
        rest = &rest[length..];
    }
    tokens
}

/// Rust's block comments nest.
fn block_comment_length(text: &str) -> usize {
    let mut depth = 0_usize;
    for (index, _) in text.char_indices() {
        if text[index..].starts_with("/*") {
            depth += 1;
        } else if text[index..].starts_with("*/") {
            depth -= 1;
            if depth == 0 {
                return index + 2;
            }
        }
    }
    text.len()
}

/// The length of the string or character that the text begins with.
fn literal_length(text: &str) -> Option<usize> {
    let unprefixed = text.trim_start_matches(['b', 'c']);
    let prefix = text.len() - unprefixed.len();
    let length = if let Some(raw) = unprefixed.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let body = raw[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        1 + hashes + 1 + body.find(&end)? + end.len()
    } else if unprefixed.starts_with('"') {
        quoted_length(unprefixed, '"')?
    } else if unprefixed.starts_with("'\\") {
        quoted_length(unprefixed, '\'')?
    } else {
        // `'a'` is a character, `'a` a lifetime.
        let character = unprefixed.strip_prefix('\'')?.chars().next()?;
        let closed = unprefixed[1 + character.len_utf8()..].starts_with('\'');
        if closed { character.len_utf8() + 2 } else { return None }
    };
    (prefix <= 1).then_some(prefix + length)
}

fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (index, character) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == quote {
            return Some(index + 1);
        }
    }
    None
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The module that a file under `src` holds: `store/mod.rs` and `store.rs` are `store`; `lib.rs` only lists modules and is none.
fn module_of(relative: &Path) -> Vec<String> {
    let mut module: Vec<String> = relative.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if module.last().is_some_and(|last| last == "mod") || module == ["lib"] {
        module.pop();
    }
    module
}
