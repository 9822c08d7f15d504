//! Suites: files of cases. JSONL has a case a line; YAML has families of paraphrases, which become cases.
//!
//! It knows the folder and the files, and refuses what does not fit with the file and the place in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::case::{Budget, Case, CaseTurn, Expect, Split, StoreState};

/// A suite as people write it: `evals/suites/NAME.yaml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuiteFile {
    /// What the suite is about, in a sentence.
    pub about: String,
    /// The fixture of the families that name none.
    pub fixture: String,
    /// The families.
    pub families: Vec<Family>,
}

/// Several ways to say one thing, and what must come of each of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Its name; the cases are called by it and a number.
    pub family: String,
    /// The half of the cases that they are of, where it is not left to the family's name: `dev` once somebody has learned from them.
    #[serde(default)]
    pub split: Option<Split>,
    /// What the cases are about beside the suite.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The fixture, where it is another than the suite's.
    #[serde(default)]
    pub fixture: Option<String>,
    /// What is the matter with the store.
    #[serde(default)]
    pub store: StoreState,
    /// Ways to ask in one turn; `expect` says what must come of it.
    #[serde(default)]
    pub ask: Vec<String>,
    /// What must come of each of `ask`.
    #[serde(default)]
    pub expect: Option<Expect>,
    /// Conversations: each a list of things said, as many as there are `expects`.
    #[serde(default)]
    pub talks: Vec<Vec<String>>,
    /// What must come of each turn of `talks`.
    #[serde(default)]
    pub expects: Vec<Expect>,
    /// What each conversation may cost.
    #[serde(default)]
    pub budget: Budget,
}

/// A suite as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// The file's name without its ending.
    pub name: String,
    /// What it is about.
    pub about: String,
    /// Its cases.
    pub cases: Vec<Case>,
}

/// The endings of files in YAML.
pub const YAML: &[&str] = &["yaml", "yml"];

/// Reads the suites of `folder/suites`, by name.
///
/// # Errors
/// Where there is none, a file cannot be read or does not fit, or two suites have one name, or two cases one id.
pub fn read_suites(folder: &Path) -> anyhow::Result<Vec<Suite>> {
    let suites_folder = folder.join("suites");
    let mut suites: Vec<Suite> = Vec::new();
    let mut ids = BTreeSet::new();
    for path in files(&suites_folder, &[YAML, &["jsonl"]].concat())? {
        let unusable = || format!("the suite `{}` cannot be used", path.display());
        let suite = read_suite(&path).with_context(unusable)?;
        if suites.iter().any(|earlier| earlier.name == suite.name) {
            bail!("two files are the suite `{}`; the second is `{}`", suite.name, path.display());
        }
        for case in &suite.cases {
            let checked = case.check().map_err(|fault| anyhow::anyhow!("family `{}`, case `{}`: {fault}", case.family, case.id));
            checked.with_context(unusable)?;
            if !ids.insert(case.id.clone()) {
                bail!("two cases are called `{}`; the second is in `{}`", case.id, path.display());
            }
        }
        suites.push(suite);
    }
    if suites.is_empty() {
        bail!("`{}` has no suite, that is, no `.yaml`, no `.yml` and no `.jsonl`", suites_folder.display());
    }
    Ok(suites)
}

/// The files of a folder with one of `endings`, by name.
///
/// # Errors
/// Where the folder cannot be read.
pub fn files(folder: &Path, endings: &[&str]) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read the folder `{}`", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| endings.contains(&ending)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read_suite(path: &Path) -> anyhow::Result<Suite> {
    let text = fs::read_to_string(path)?;
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
    if path.extension().is_some_and(|ending| ending == "jsonl") {
        return Ok(Suite { cases: cases_of_lines(&name, &text)?, about: String::new(), name });
    }
    let file: SuiteFile = from_yaml(&text).map_err(|fault| fault.context(unfit_family(&text)))?;
    let mut cases = Vec::new();
    for family in &file.families {
        cases.extend(cases_of_family(&name, &file.fixture, family)?);
    }
    Ok(Suite { name, about: file.about, cases })
}

/// Reads YAML into a value of ours.
///
/// By way of JSON, so that what stands in YAML means exactly what it would mean in a line of JSONL.
///
/// # Errors
/// Where the text is no YAML, or does not fit the type.
pub fn from_yaml<T: serde::de::DeserializeOwned>(text: &str) -> anyhow::Result<T> {
    let value: serde_json::Value = serde_saphyr::from_str(text).map_err(|fault| anyhow::anyhow!("{fault}"))?;
    Ok(serde_json::from_value(value)?)
}

/// Which family does not fit, for the error of a file that does not: the type of the whole cannot tell.
fn unfit_family(text: &str) -> String {
    let whole: serde_json::Value = from_yaml(text).unwrap_or_default();
    let families = whole.get("families").and_then(serde_json::Value::as_array).into_iter().flatten();
    let unfit = families.filter(|family| serde_json::from_value::<Family>((*family).clone()).is_err());
    let names: Vec<String> = unfit.map(|family| family.get("family").unwrap_or(&serde_json::Value::Null).to_string()).collect();
    if names.is_empty() { "the file does not fit the schema".to_owned() } else { format!("families that do not fit: {}", names.join(", ")) }
}

fn cases_of_lines(suite: &str, text: &str) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let case: Case = serde_json::from_str(line).with_context(|| format!("line {}", index + 1))?;
        cases.push(Case { suite: suite.to_owned(), ..case });
    }
    Ok(cases)
}

fn cases_of_family(suite: &str, fixture: &str, family: &Family) -> anyhow::Result<Vec<Case>> {
    let name = &family.family;
    let mut talks: Vec<Vec<CaseTurn>> = Vec::new();
    match (&family.expect, family.ask.is_empty()) {
        (Some(expect), false) => {
            talks.extend(family.ask.iter().map(|said| vec![CaseTurn { user: said.clone(), expect: expect.clone() }]));
        }
        (None, true) => {}
        (Some(_), true) => bail!("family `{name}` has `expect` but nothing in `ask`"),
        (None, false) => bail!("family `{name}` has `ask` but no `expect`"),
    }
    for talk in &family.talks {
        if talk.len() != family.expects.len() {
            bail!("family `{name}`: a talk has {} turns, but there are {} `expects`", talk.len(), family.expects.len());
        }
        let turns = talk.iter().zip(&family.expects);
        talks.push(turns.map(|(said, expect)| CaseTurn { user: said.clone(), expect: expect.clone() }).collect());
    }
    if talks.is_empty() {
        bail!("family `{name}` has neither `ask` nor `talks`");
    }
    let case = |(index, turns): (usize, Vec<CaseTurn>)| Case {
        id: format!("{name}.{:02}", index + 1),
        suite: suite.to_owned(),
        family: name.clone(),
        split: family.split,
        tags: family.tags.clone(),
        fixture: family.fixture.clone().unwrap_or_else(|| fixture.to_owned()),
        store: family.store,
        turns,
        budget: family.budget,
    };
    Ok(talks.into_iter().enumerate().map(case).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn family(text: &str) -> anyhow::Result<Vec<Case>> {
        cases_of_family("s", "f", &from_yaml(text)?)
    }

    #[test]
    fn a_family_becomes_a_case_for_each_way_to_say_it() {
        let cases = family("{family: a.b, ask: [one, two], expect: {calls: [{tool: list_runs}]}}").unwrap();
        assert_eq!(cases.iter().map(|case| case.id.as_str()).collect::<Vec<_>>(), ["a.b.01", "a.b.02"]);
        assert_eq!(cases[1].turns[0].user, "two");
    }

    #[test]
    fn lines_of_jsonl_say_what_families_say() {
        let read_as = |name: &str, text: &str| {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join("suites")).unwrap();
            fs::write(folder.path().join("suites").join(name), text).unwrap();
            read_suites(folder.path()).map(|mut suites| suites.remove(0).cases).map_err(|fault| format!("{fault:#}"))
        };
        let yaml = "about: x\nfixture: f\nfamilies:\n- {family: a, ask: [one, two], expect: {calls: [{tool: get_run, args: {run: {any_of: [x, null]}}}]}}\n";
        let cases = read_as("s.yaml", yaml).unwrap();
        let lines: String = cases.iter().map(|case| format!("{}\n", serde_json::to_string(case).unwrap())).collect();
        assert_eq!(read_as("s.jsonl", &lines).unwrap(), cases);
        assert!(read_as("s.jsonl", &format!("{lines}{{")).unwrap_err().contains("line 3"));
        assert!(read_as("s.jsonl", &lines.repeat(2)).unwrap_err().contains("two cases are called `a.01`"));
        assert!(read_as("s.yaml", "about: x\nfixture: f\nfamilies:\n- {family: b, askk: [one]}\n").unwrap_err().contains("\"b\""));
        assert!(read_as("s.txt", "").unwrap_err().contains("no suite"));
        assert_eq!(read_as("s.yml", yaml).unwrap(), cases);
    }

    #[test]
    fn two_files_of_one_name_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("suites")).unwrap();
        let text =
            |family: &str| format!("about: x\nfixture: f\nfamilies:\n- {{family: {family}, ask: [one], expect: {{outcome: refuse}}}}\n");
        fs::write(folder.path().join("suites/s.yaml"), text("a")).unwrap();
        fs::write(folder.path().join("suites/s.yml"), text("b")).unwrap();
        assert!(read_suites(folder.path()).unwrap_err().to_string().contains("two files are the suite `s`"));
    }

    #[test]
    fn a_call_that_cannot_be_expected_is_refused_with_its_file_and_family() {
        let check = |call: &str, fault: &str| {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join("suites")).unwrap();
            let text = format!("about: x\nfixture: f\nfamilies:\n- {{family: a.b, ask: [one], expect: {{calls: [{call}]}}}}\n");
            fs::write(folder.path().join("suites/s.yaml"), text).unwrap();
            let found = format!("{:#}", read_suites(folder.path()).unwrap_err());
            assert!(["s.yaml", "a.b", fault].iter().all(|part| found.contains(part)), "{found}");
        };
        check("{tool: get_run, args: {run: {anyof: [x]}}}", "is no matcher");
        check("{tool: get_run, args: {run: {regex: 'run-(', example: x}}}", "`run-(` is no regular expression");
        check("{tool: get_run, args: {run: {time: yesterday}}}", "`yesterday` is no instant");
        check("{tool: get_run, args: {rum: x}}", "`get_run` has no argument `rum`; it has `experiment`, `run`");
        check("{tool: get_runs}", "there is no tool `get_runs`; there are");
        check("{tool: list_runs, args: {filter: {filter: 'metrics.f1 >>'}}}", "`metrics.f1 >>` is no filter");
        check("{tool: get_run, args: {run: {ref: 'turn[0].run'}}}", "`turn[0].run` refers to nothing");
    }

    #[test]
    fn a_case_that_everybody_would_pass_is_refused() {
        let check = |family_of: &str, fault: &str| {
            let found = family(family_of).unwrap().first().unwrap().check().unwrap_err();
            assert!(found.contains(fault), "{found}");
        };
        check("{family: a, ask: [one], expect: {}}", "asks for nothing");
        check("{family: a, talks: [[]], expects: []}", "no turn");
        check("{family: a, ask: [one], expect: {alternatives: [[{tool: list_runs}]]}}", "asks for nothing");
        check(
            "{family: a, ask: [one], expect: {outcome: clarify, alternatives: [[{tool: list_runs}]]}}",
            "`alternatives` stand beside `calls`",
        );
        check("{family: a, ask: [one], expect: {outcome: refuse, never: [get_runs]}}", "`get_runs`, which is no tool");
        check("{family: a, ask: [one], expect: {answer: {facts: [{run: x}]}}}", "a fact has a `value`");
        let second = "{family: a, talks: [[one, two]], expects: [{outcome: refuse}, {calls: [{tool: get_run, args: {run: {ref: 'turn[0].ruin'}}}]}]}";
        check(second, "`turn[0].ruin` refers to nothing");
    }

    #[test]
    fn a_family_may_name_its_half() {
        let split = |said: &str| {
            let cases = family(&format!("{{family: a.b, {said} ask: [one], expect: {{}}}}")).unwrap();
            cases.first().unwrap().split()
        };
        assert_eq!(split("split: dev,"), Split::Dev);
        assert_eq!(split("split: heldout,"), Split::Heldout);
        assert_eq!(split(""), Split::of("a.b"));
    }

    #[test]
    fn a_family_that_says_half_of_it_is_refused() {
        let check = |text: &str, fault: &str| {
            let found = format!("{:#}", family(text).unwrap_err());
            assert!(found.contains(fault), "{found}");
        };
        check("{family: a, ask: [one]}", "no `expect`");
        check("{family: a, expect: {}}", "nothing in `ask`");
        check("{family: a}", "neither");
        check("{family: a, talks: [[one, two]], expects: [{}]}", "2 turns");
        check("{family: a, asks: [one]}", "asks");
    }
}
