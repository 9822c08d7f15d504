//! What a model is told: the templates of `prompts/`, embedded in the binary and replaceable from a folder.
//!
//! It fills in text and knows nothing of what the text says; the context of each prompt is a struct, so a value cannot be forgotten.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of `prompts/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// Who the model is and how it answers.
    System,
    /// That an answer held numbers that no tool returned.
    Regenerate,
}

impl Prompt {
    /// All.
    pub const ALL: [Self; 2] = [Self::System, Self::Regenerate];

    /// The file, in `prompts/` as in a folder that replaces it.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::System => "system.md",
            Self::Regenerate => "regenerate.md",
        }
    }

    fn embedded(self) -> &'static str {
        match self {
            Self::System => include_str!("../prompts/system.md"),
            Self::Regenerate => include_str!("../prompts/regenerate.md"),
        }
    }

    fn placeholders(self) -> &'static [&'static str] {
        match self {
            Self::System => &["today", "store", "experiments", "examples"],
            Self::Regenerate => &["numbers"],
        }
    }
}

/// What `system.md` is filled with.
#[derive(Debug, Clone, Copy)]
pub struct SystemContext<'a> {
    /// The date, such as `2025-03-16`.
    pub today: &'a str,
    /// The tracking store, without credentials.
    pub store: &'a str,
    /// The experiments as a short list.
    pub experiments: &'a str,
    /// Questions and the calls that answer them.
    pub examples: &'a str,
}

/// What `regenerate.md` is filled with.
#[derive(Debug, Clone, Copy)]
pub struct RegenerateContext<'a> {
    /// The numbers that failed, one a line, each with its sentence.
    pub numbers: &'a str,
}

/// Why the prompts of a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The folder or a file in it cannot be read.
    #[error("cannot read the prompts of `{path}`: {source}")]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder has a template that nothing uses, most likely misspelt.
    #[error("`{path}` replaces no prompt; the prompts are {}", Prompt::ALL.map(|prompt| format!("`{}`", prompt.file_name())).join(", "))]
    UnknownFile {
        /// The file.
        path: PathBuf,
    },
    /// The template asks for a value that there is not.
    #[error("the prompt `{file}` has the unknown placeholder `{placeholder}`; it may use {}", expected.iter().map(|name| format!("`{{{{{name}}}}}`")).collect::<Vec<_>>().join(", "))]
    UnknownPlaceholder {
        /// The template's file name.
        file: &'static str,
        /// What stands between the braces.
        placeholder: String,
        /// What may stand there.
        expected: &'static [&'static str],
    },
    /// Two opening braces without two closing ones.
    #[error("the prompt `{file}` opens a placeholder with `{{{{` and does not close it on the same line")]
    Unclosed {
        /// The template's file name.
        file: &'static str,
    },
}

/// The templates in force.
#[derive(Debug, Clone)]
pub struct Prompts {
    system: Template,
    regenerate: Template,
}

impl Prompts {
    /// The embedded templates, each replaced by the file of that name in `folder` if there is one.
    pub fn load(folder: Option<&Path>) -> Result<Self, PromptError> {
        if let Some(folder) = folder {
            refuse_unknown_files(folder)?;
        }
        Ok(Self { system: load(Prompt::System, folder)?, regenerate: load(Prompt::Regenerate, folder)? })
    }

    /// The first message of a conversation.
    #[must_use]
    pub fn system(&self, context: &SystemContext<'_>) -> String {
        self.system.render(&[
            ("today", context.today),
            ("store", context.store),
            ("experiments", context.experiments),
            ("examples", context.examples),
        ])
    }

    /// What the model is told when its answer failed the number check.
    #[must_use]
    pub fn regenerate(&self, context: &RegenerateContext<'_>) -> String {
        self.regenerate.render(&[("numbers", context.numbers)])
    }
}

fn refuse_unknown_files(folder: &Path) -> Result<(), PromptError> {
    let unreadable = |source| PromptError::Unreadable { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_template = path.extension().is_some_and(|extension| extension == "md");
        let is_known = Prompt::ALL.iter().any(|prompt| path.ends_with(prompt.file_name()));
        if is_template && !is_known {
            return Err(PromptError::UnknownFile { path });
        }
    }
    Ok(())
}

fn load(prompt: Prompt, folder: Option<&Path>) -> Result<Template, PromptError> {
    let Some(path) = folder.map(|folder| folder.join(prompt.file_name())).filter(|path| path.exists()) else {
        return Template::parse(prompt, prompt.embedded());
    };
    let text = fs::read_to_string(&path).map_err(|source| PromptError::Unreadable { path, source })?;
    Template::parse(prompt, &text)
}

/// A template cut at its placeholders.
#[derive(Debug, Clone)]
struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Placeholder(&'static str),
}

impl Template {
    fn parse(prompt: Prompt, text: &str) -> Result<Self, PromptError> {
        let mut pieces = Vec::new();
        let mut rest = text.trim_end();
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, remainder)) = after.split_once("}}").filter(|(name, _)| !name.contains('\n')) else {
                return Err(PromptError::Unclosed { file: prompt.file_name() });
            };
            let Some(placeholder) = prompt.placeholders().iter().find(|placeholder| **placeholder == name.trim()) else {
                return Err(PromptError::UnknownPlaceholder {
                    file: prompt.file_name(),
                    placeholder: name.trim().to_owned(),
                    expected: prompt.placeholders(),
                });
            };
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::Placeholder(placeholder));
            rest = remainder;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self { pieces })
    }

    /// One pass: a value that itself holds braces, such as an experiment's name, stays as it is.
    fn render(&self, values: &[(&str, &str)]) -> String {
        let mut rendered = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => rendered.push_str(text),
                Piece::Placeholder(name) => {
                    let value = values.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value);
                    rendered.push_str(value);
                }
            }
        }
        rendered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: SystemContext<'_> =
        SystemContext { today: "2025-03-16", store: "a demo", experiments: "- churn {{today}}", examples: "- best run?" };

    fn folder_with(file: &str, text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(file), text).unwrap();
        folder
    }

    #[test]
    fn the_embedded_prompts_use_every_value() {
        let prompts = Prompts::load(None).unwrap();
        let system = prompts.system(&CONTEXT);
        for value in [CONTEXT.today, CONTEXT.store, CONTEXT.experiments, CONTEXT.examples] {
            assert!(system.contains(value), "{value}");
        }
        assert!(prompts.regenerate(&RegenerateContext { numbers: "- 0.913" }).contains("- 0.913"));
    }

    #[test]
    fn braces_in_a_value_are_text() {
        assert!(Prompts::load(None).unwrap().system(&CONTEXT).contains("- churn {{today}}"));
    }

    #[test]
    fn a_file_of_the_folder_replaces_one_prompt_only() {
        let folder = folder_with("system.md", "It is {{ today }}.\n");
        let prompts = Prompts::load(Some(folder.path())).unwrap();
        assert_eq!(prompts.system(&CONTEXT), "It is 2025-03-16.");
        assert!(prompts.regenerate(&RegenerateContext { numbers: "" }).contains("not in the results"));
    }

    #[test]
    fn what_cannot_be_rendered_is_refused_at_load() {
        let check = |file: &str, text: &str, expected: &str| {
            let folder = folder_with(file, text);
            let message = Prompts::load(Some(folder.path())).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        };
        check("system.md", "Hello {{name}}", "unknown placeholder `name`; it may use `{{today}}`, `{{store}}`");
        check("regenerate.md", "Hello {{today}}", "unknown placeholder `today`; it may use `{{numbers}}`");
        check("system.md", "Hello {{today", "does not close it");
        check("sytem.md", "Hello", "replaces no prompt; the prompts are `system.md`, `regenerate.md`");
        assert!(Prompts::load(Some(Path::new("no/such/folder"))).is_err());
    }
}
