//! What texts mean, what is refused and why, and that printing comes back.

use super::*;

fn metric(key: &str) -> Field {
    Field::Metric(key.to_owned())
}

fn param(key: &str) -> Field {
    Field::Param(key.to_owned())
}

fn tag(key: &str) -> Field {
    Field::Tag(key.to_owned())
}

fn number(comparison: Comparison, number: f64) -> Test {
    Test::Number(comparison, number)
}

fn text(how: TextMatch, text: &str) -> Test {
    Test::Text(how, text.to_owned())
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[track_caller]
fn check(filter: &str, expected: &[(Field, Test)]) {
    let found = Filter::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    let expected: Vec<Clause> = expected.iter().cloned().map(|(field, test)| Clause { field, test }).collect();
    assert_eq!(found.clauses, expected, "{filter}");
}

#[track_caller]
fn check_refused(filter: &str, position: usize, part: &str) {
    let error = Filter::parse(filter).expect_err(filter);
    assert!(error.problem().contains(part), "{filter}: {error}");
    assert_eq!(error.position(), position, "{filter}: {error}");
}

#[test]
fn a_clause_is_a_field_and_a_test() {
    use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
    check("", &[]);
    check("  \n ", &[]);
    check("metrics.f1 > 0.9", &[(metric("f1"), number(Gt, 0.9))]);
    check("metric.f1>=.9", &[(metric("f1"), number(Ge, 0.9))]);
    check("metrics.f1<-1", &[(metric("f1"), number(Lt, -1.0))]);
    check("metrics.f1 <= 9e-1", &[(metric("f1"), number(Le, 0.9))]);
    check("metrics.f1\n=\t1.", &[(metric("f1"), number(Eq, 1.0))]);
    check("metrics.f1 != 1E5", &[(metric("f1"), number(Ne, 1e5))]);
    check("params.opt = 'adam'", &[(param("opt"), text(TextMatch::Eq, "adam"))]);
    check("parameters.opt != \"it's\"", &[(param("opt"), text(TextMatch::Ne, "it's"))]);
    check("param.opt like '%a_m%'", &[(param("opt"), text(TextMatch::Like, "%a_m%"))]);
    check("parameter.opt ILike 'ADAM'", &[(param("opt"), text(TextMatch::ILike, "ADAM"))]);
    check("params.opt IS NULL", &[(param("opt"), Test::IsNull)]);
    check("tags.opt is not null", &[(tag("opt"), Test::IsNotNull)]);
    check("tag.a = ''", &[(tag("a"), text(TextMatch::Eq, ""))]);
    check("status = 'FINISHED'", &[(Field::Attribute(Attribute::Status), text(TextMatch::Eq, "FINISHED"))]);
    check("attributes.start_time > 5", &[(Field::Attribute(Attribute::StartTime), number(Gt, 5.0))]);
    check("attribute.created > 5", &[(Field::Attribute(Attribute::StartTime), number(Gt, 5.0))]);
    check("attr.end_time > 5.5", &[(Field::Attribute(Attribute::EndTime), number(Gt, 5.5))]);
    check("run.`Run Name` = 'x'", &[(Field::Attribute(Attribute::RunName), text(TextMatch::Eq, "x"))]);
    check("\"run name\" = 'x'", &[(Field::Attribute(Attribute::RunName), text(TextMatch::Eq, "x"))]);
    check("run_id IN ('a', \"b\",)", &[(Field::Attribute(Attribute::RunId), Test::OneOf(texts(&["a", "b"])))]);
    check("run_id NOT IN('a')", &[(Field::Attribute(Attribute::RunId), Test::NoneOf(texts(&["a"])))]);
    check("dataset.name = 'd'", &[(Field::Dataset(DatasetField::Name), text(TextMatch::Eq, "d"))]);
    check("datasets.context IN ('train')", &[(Field::Dataset(DatasetField::Context), Test::OneOf(texts(&["train"])))]);
}

#[test]
fn keys_split_at_the_first_dot_and_may_be_quoted() {
    let is_one = || number(Comparison::Eq, 1.0);
    check("metrics.a.b.c = 1", &[(metric("a.b.c"), is_one())]);
    check("metrics.`a b/c-d:e.f` = 1", &[(metric("a b/c-d:e.f"), is_one())]);
    check("metrics.\"val loss\" = 1", &[(metric("val loss"), is_one())]);
    check("metrics.'val loss' = 1", &[(metric("val loss"), is_one())]);
    check("`metrics`.x = 1", &[(metric("x"), is_one())]);
    check("metrics.and = 1", &[(metric("and"), is_one())]);
    check("metrics.1x = 1", &[(metric("1x"), is_one())]);
    check("metrics.損失 = 1", &[(metric("損失"), is_one())]);
}

#[test]
fn a_parameter_compares_with_a_number_beyond_mlflow() {
    check("params.lr > 0.01", &[(param("lr"), number(Comparison::Gt, 0.01))]);
    check("params.lr = 1", &[(param("lr"), number(Comparison::Eq, 1.0))]);
    assert_eq!(number_in_text(" 1e-2 "), Some(0.01));
    for text in ["", "ten", "nan", "inf", "1_000", "0x10", "1e999"] {
        assert_eq!(number_in_text(text), None, "{text}");
    }
}

#[test]
fn clauses_are_joined_by_and_of_which_one_too_many_is_overlooked() {
    let both = [(param("a"), text(TextMatch::Eq, "x")), (param("b"), text(TextMatch::Eq, "y"))];
    check("params.a = 'x' AND params.b = 'y'", &both);
    check("params.a = 'x'and params.b='y'", &both);
    check("AND params.a = 'x' AND AND params.b = 'y' AND ", &both);
    check("and", &[]);
}

#[test]
fn errors_say_what_is_wrong_where_and_what_would_be_right() {
    check_refused("metrics.f1 == 0.9", 12, "write `=`");
    check_refused("metrics.f1 <> 0.9", 12, "write `!=`");
    check_refused("metrics.f1 > '0.9'", 14, "write `0.9`");
    check_refused("metrics.f1 = '0.9'", 14, "unquoted numbers");
    check_refused("metrics.f1 > high", 14, "quotes, 'high'");
    check_refused("metrics.f1 > NaN", 14, "nothing compares");
    check_refused("metrics.f1 > 1e+5", 14, "`100000.0`");
    check_refused("metrics.f1 > .5e3", 14, "`500.0`");
    check_refused("metrics.f1 > +1", 14, "`1.0`");
    check_refused("metrics.f1 LIKE 'x'", 17, "unquoted numbers");
    check_refused("metrics.f1 IS NULL", 12, "unquoted numbers");
    check_refused("metrics.f1 IN (1, 2)", 16, "quoted texts only");
    check_refused("metrics.f1 BETWEEN 1 AND 2", 12, "two clauses");
    check_refused("metrics.f1", 11, "operator is wanted before the end");
    check_refused("metrics.f1 >", 13, "value is missing");
    check_refused("params.a = x", 12, "quotes, 'x'");
    check_refused("params.a = `x`", 12, "backticks are for keys");
    check_refused("params.a > 'x'", 12, "compares numbers");
    check_refused("params.a > '0.5'", 12, "write `0.5`");
    check_refused("params.a NOT LIKE 'x'", 10, "negations");
    check_refused("params.a CONTAINS 'x'", 10, "LIKE '%text%'");
    check_refused("params.a IN ('x')", 13, "parameters are compared");
    check_refused("params.a = 'x' OR params.b = 'y'", 16, "no `OR`");
    check_refused("params.a = 'x' params.b = 'y'", 16, "`AND`, which is missing");
    check_refused("params.a = 'x', params.b = 'y'", 15, "missing before `,`");
    check_refused("params.a = 'x';", 15, "missing before `;`");
    check_refused("NOT params.a = 'x'", 1, "no `NOT`");
    check_refused("(params.a = 'x')", 1, "no parentheses");
    check_refused("params.a = 'x", 12, "never closed");
    check_refused("params.`a = 'x'", 8, "never closed");
    check_refused("params.a = 'it''s'", 15, "put the value into \"…\"");
    check_refused("params.a = 'it\\'s'", 16, "put the value into \"…\"");
    check_refused("params.a = \"\"\"", 13, "put the value into '…'");
    check_refused("params.a-b = 'x'", 9, "needs backticks");
    check_refused("params.a/b = 'x'", 9, "`a/b`");
    check_refused("metrics.5 > 1", 9, "metrics.`5`");
    check_refused("metrics.a.1e5 > 1", 9, "needs backticks");
    check_refused("tags.in = 'x'", 6, "tags.`in`");
    check_refused("params. = 'x'", 8, "needs backticks");
    check_refused("params.`` = 'x'", 8, "at least one character");
    check_refused("tags.`a`b = 'x'", 9, "one pair of backticks");
    check_refused("'0.9' < metrics.f1", 1, "value on the right");
    check_refused("0.9 < metrics.f1", 1, "value on the right");
    check_refused("f1_score > 0.9", 1, "metrics.f1_score");
    check_refused("attributes.run_nam = 'x'", 12, "probably `run_name`");
    check_refused("starttime > 5", 1, "probably `start_time`");
    check_refused("lifecycle_stage = 'active'", 1, "no attribute");
    check_refused("METRICS.f1 > 1", 1, "probably `metrics`");
    check_refused("metrcis.f1 > 1", 1, "probably `metrics`");
    check_refused("model.f1 > 1", 1, "no kind of field");
    check_refused("dataset.foo = 'x'", 9, "name, digest and context");
    check_refused("dataset.name IS NULL", 14, "dataset fields");
    check_refused("run_name IN ('a')", 13, "run_name, status");
    check_refused("run_id IN ()", 11, "at least one");
    check_refused("run_id IN 'a'", 11, "list of quoted texts");
    check_refused("run_id IN ('a' 'b')", 16, "goes on with `,`");
    check_refused("run_id IN ('a\\n')", 12, "backslash");
    check_refused("run_id = ('a')", 10, "by `IN`");
    check_refused("start_time = '5'", 14, "milliseconds");
    check_refused("start_time IS 5", 12, "NOT NULL");
}

#[test]
fn an_error_shows_its_place() {
    let error = Filter::parse("tags.name = 'é' AND metrics.f1 == 0.9").unwrap_err();
    let expected =
        "`==` is no operator: write `=` (at character 32)\n  tags.name = 'é' AND metrics.f1 == 0.9\n                                 ^";
    assert_eq!(error.to_string(), expected);
    let long = format!("tags.`{}` == 'x'", "k".repeat(200));
    let shown = Filter::parse(&long).unwrap_err().to_string();
    assert!(shown.lines().all(|line| line.chars().count() <= 82), "{shown}");
}

#[test]
fn any_text_is_answered_and_long_ones_refused() {
    let long = format!("tags.a = '{}'", "x".repeat(MAX_LENGTH));
    check_refused(&long, 1, "at most 65536 bytes");
    let many = vec!["tags.a = 'x'"; MAX_CLAUSES + 1].join(" AND ");
    assert!(Filter::parse(&many).unwrap_err().problem().contains("at most 200 clauses"));
    let pieces =
        ["metrics", ".", "`", "'", "\"", "é", " ", "=", "!=", "(", ")", ",", "\\", "AND", "IN", "IS", "NULL", "-", "1", "e", "\u{0}"];
    let mut state = 7_usize;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[(state >> 33) % pieces.len()]);
        }
        if let Ok(filter) = Filter::parse(&text) {
            let again = Filter::parse(&filter.to_string());
            assert!(again.is_ok() || filter.to_mlflow().is_err(), "{text}: {filter}");
        }
    }
}

#[test]
fn printing_comes_back_as_the_same_tree() {
    for filter in [
        "metrics.`a b` > 0.1 AND params.`x` = 'y'",
        "metrics.`m` != -1e-300 AND metrics.`m` < 1e999",
        "tags.`a.b/c` LIKE '%\"%' AND tags.`t` ILIKE \"it's\"",
        "attributes.run_id NOT IN ('a', 'b') AND dataset.name IN ('d')",
        "params.`p` IS NULL AND tags.`t` IS NOT NULL",
    ] {
        let tree = Filter::parse(filter).unwrap();
        assert_eq!(tree.to_mlflow().as_deref(), Ok(filter));
        assert_eq!(tree.to_string(), filter);
        assert_eq!(Filter::parse(&tree.to_string()), Ok(tree));
    }
}

#[test]
fn instants_are_dates_for_people_and_milliseconds_for_mlflow() {
    let check = |written: &str, shown: &str, sent: &str| {
        let tree = Filter::parse(written).unwrap();
        assert_eq!(tree.to_string(), shown);
        assert_eq!(tree.to_mlflow().as_deref(), Ok(sent));
        assert_eq!(Filter::parse(&tree.to_string()), Ok(tree));
    };
    let morning = ("attributes.start_time >= '2025-01-15T11:00:00Z'", "attributes.start_time >= 1736938800000");
    check(morning.1, morning.0, morning.1);
    check("start_time >= '2025-01-15T12:00:00+01:00'", morning.0, morning.1);
    check("end_time < '2025-01-15'", "attributes.end_time < '2025-01-15T00:00:00Z'", "attributes.end_time < 1736899200000");
    check("start_time > 0.5", "attributes.start_time > 0.5", "attributes.start_time > 0.5");
    let experiments = ExperimentFilter::parse("creation_time > '2025-01-15'").unwrap();
    assert_eq!(experiments.to_string(), "creation_time > '2025-01-15T00:00:00Z'");
    assert_eq!(experiments.to_mlflow().as_deref(), Ok("creation_time > 1736899200000"));
    check_refused("start_time > 'last week'", 14, "2026-03-07");
    check_refused("start_time LIKE '2025%'", 17, "2026-03-07");
}

#[test]
fn what_mlflow_has_no_text_for_is_not_printed() {
    let check = |field: Field, test: Test, part: &str| {
        let error = Filter { clauses: vec![Clause { field, test }] }.to_mlflow().unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    };
    check(tag("a"), text(TextMatch::Eq, "both ' and \""), "both kinds of quotes");
    check(tag("a"), text(TextMatch::Eq, "C:\\"), "backslash");
    check(tag("a`b"), Test::IsNull, "backtick");
    check(param("lr"), number(Comparison::Gt, 0.1), "params.`lr` > 0.1");
    check(metric("m"), number(Comparison::Gt, f64::NAN), "NaN");
}

#[test]
fn a_tree_that_no_store_answers_has_a_fault() {
    let fault = |field: Field, test: Test| Clause { field, test }.fault();
    assert!(fault(metric("m"), text(TextMatch::Eq, "1")).is_some());
    assert!(fault(metric("m"), number(Comparison::Eq, f64::NAN)).is_some());
    assert!(fault(Field::Attribute(Attribute::RunId), Test::OneOf(Vec::new())).is_some());
    assert!(fault(Field::Attribute(Attribute::Status), Test::OneOf(texts(&["FINISHED"]))).is_some());
    assert_eq!(fault(param("p"), number(Comparison::Eq, 1.0)), None);
}

#[test]
fn sort_keys_of_runs() {
    use SortDirection::{Ascending, Descending};
    let check = |key: &str, field: Field, direction: SortDirection| {
        assert_eq!(RunOrder::parse(key), Ok(RunOrder { field, direction }), "{key}");
    };
    check("metrics.f1 DESC", metric("f1"), Descending);
    check(" metrics.`val loss`  asc ", metric("val loss"), Ascending);
    check("params.desc desc", param("desc"), Descending);
    check("tag.x", tag("x"), Ascending);
    check("created", Field::Attribute(Attribute::StartTime), Ascending);
    check("attributes.run_name DESC", Field::Attribute(Attribute::RunName), Descending);
    let refused = |key: &str, part: &str| {
        let error = RunOrder::parse(key).unwrap_err();
        assert!(error.problem().contains(part), "{key}: {error}");
    };
    refused("", "begins with a name");
    refused("f1_score DESC", "metrics.f1_score");
    refused("metrics.a DESC, metrics.b", "one field");
    refused("metrics.a NULLS LAST", "leave `NULLS");
    refused("metrics.a up", "`ASC`, `DESC`");
    refused("dataset.name", "dataset fields");
    refused("`run name`", "write `run_name`");
    refused("metrics.a-b", "needs backticks");
    assert_eq!(RunOrder::parse("metrics.x desc").unwrap().to_string(), "metrics.`x` DESC");
}

#[test]
fn filters_and_sort_keys_of_experiments() {
    let check = |filter: &str, field: ExperimentField, test: Test| {
        let tree = ExperimentFilter::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
        assert_eq!(tree.clauses, [ExperimentClause { field, test }], "{filter}");
        assert_eq!(ExperimentFilter::parse(&tree.to_mlflow().unwrap()), Ok(tree));
    };
    check("name = 'x'", ExperimentField::Name, text(TextMatch::Eq, "x"));
    check("attributes.name = 'x'", ExperimentField::Name, text(TextMatch::Eq, "x"));
    check("attribute.name ilike '%CHURN%'", ExperimentField::Name, text(TextMatch::ILike, "%CHURN%"));
    check("experiment_id IN ('1', '2')", ExperimentField::ExperimentId, Test::OneOf(texts(&["1", "2"])));
    check("creation_time > 1736938800000", ExperimentField::CreationTime, number(Comparison::Gt, 1_736_938_800_000.0));
    check("tags.`mlflow.note.content` IS NULL", ExperimentField::Tag("mlflow.note.content".to_owned()), Test::IsNull);
    for (filter, part) in [
        ("attr.name = 'x'", "write an attribute alone"),
        ("metrics.f1 > 1", "no `metrics`"),
        ("team = 'x'", "tags.team"),
        ("last_update > 5", "no attribute"),
        ("creation_tme > 5", "probably `creation_time`"),
        ("creation_time > 5.5", "whole milliseconds"),
        ("experiment_id LIKE '1'", "a quoted id"),
        ("experiment_id = 1", "a quoted id"),
        ("name IN ('a')", "name is compared"),
        ("name IS NULL", "name is compared"),
    ] {
        let error = ExperimentFilter::parse(filter).expect_err(filter);
        assert!(error.problem().contains(part), "{filter}: {error}");
    }
    let order = ExperimentOrder::parse("last_update_time DESC").unwrap();
    assert_eq!(order.to_string(), "last_update_time DESC");
    assert!(ExperimentOrder::parse("tags.a").unwrap_err().problem().contains("cannot be sorted by tags"));
}
