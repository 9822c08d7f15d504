//! The built-in planner: a deterministic semantic parser from utterances to tool calls. No model, no network.
//!
//! An utterance is cut into questions (`split`), read with the store's names as vocabulary (`reading`, with `reader`, `names`,
//! `linking` and `name_words`, `name_patterns`, `partial`, `metric_places`, `topics`, `quarters`, `rankings`, `counts`, `standings`, `concepts`, `flags`, `cues`, `courses`, `conditions`, `tag_values`, `bounds`, `dates`, `lengths`, `assignments`, `files`, `file_kinds`, `named` and `chatter`), matched
//! against the phrases that the tools carry (`intent`) or, where it is like none, answered by the tool that its names leave (`fallback`).
//! Orders that are not obeyed (`orders`), talk and secrets (`talk`) need no tool, and what no tool answers is told (`unanswered`, `impossible`, `unknown_values`, `left_over`, `beyond`); runs that conditions choose are looked up (`selecting`), as is the one that others are set before or behind (`since_run`). Its parts become the tool's arguments (`fill`). What is left out is taken from the conversation (`wishes` that are said shortly and orders upon the answer that are `restated` first, `persons` and `siblings` that are meant, `neighbours`, `followup`, `changes`, `corrections`, `redrawn`, `other_end`, `thresholds`, `told`, `several`, `remarks`, `better`, `winners`, `places`, `narrowing`, `resorting`, `filters`, `widening`, `choosing`). It does not guess: what it does not understand, it says.

mod assignments;
mod better;
mod beyond;
mod bounds;
mod changes;
mod chatter;
mod choosing;
mod concepts;
mod conditions;
mod corrections;
mod counts;
mod courses;
mod creation;
mod cues;
mod dates;
mod fallback;
mod file_kinds;
mod files;
mod fill;
mod filters;
mod flags;
mod followup;
mod impossible;
mod intent;
mod left_over;
mod lengths;
mod lexicon;
mod linking;
mod metric_places;
mod name_patterns;
mod name_words;
mod named;
mod names;
mod narrowing;
mod neighbours;
mod orders;
mod other_end;
mod partial;
mod people;
mod persons;
mod places;
mod quarters;
mod rankings;
mod reader;
mod reading;
mod redrawn;
mod remarks;
mod resorting;
mod restated;
mod run_ranges;
mod selecting;
mod several;
mod siblings;
mod since_run;
mod split;
mod standings;
mod tag_values;
mod talk;
mod thresholds;
mod told;
mod topics;
mod unanswered;
mod unknown_values;
mod vocabulary;
mod widening;
mod winners;
mod wishes;

use serde_json::{Map, Value};

use super::conversation::Conversation;
use crate::tools::view::plain;
use crate::tools::{Context, ToolError};
use reading::{Part, Reading};
use talk::Talk;
use vocabulary::Vocabulary;

pub(super) use split::questions;

/// What an utterance asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plan {
    /// This call answers it.
    Call {
        /// The tool's name.
        tool: &'static str,
        /// Its arguments.
        arguments: Map<String, Value>,
    },
    /// These calls of one tool answer it together: one for each run it is about.
    Each {
        /// The tool's name.
        tool: &'static str,
        /// The arguments of each call.
        all: Vec<Map<String, Value>>,
    },
    /// It cannot be answered; why, and what can.
    Refuse(String),
    /// It wants no tool: a greeting, or a question about Trialogue itself; what to say to it.
    Talk(String),
    /// It was not understood; what can be.
    Puzzle(String),
}

impl Plan {
    fn call(tool: &'static str, arguments: Map<String, Value>) -> Self {
        Self::Call { tool, arguments }
    }
}

/// What can be asked instead. Without a number, since it also stands beside answers whose numbers are all of the store.
const EXAMPLES: &str = "“Which run had the highest F1 score?”, “Compare the best and the worst run”, “Plot the training loss of the latest run” or “Which parameters matter for accuracy?”";

/// How many runs a list shows whose last lines are asked for.
const RUNS_WITHOUT: usize = 100;

/// Finds out what one question asks for.
pub(super) async fn interpret(question: &str, context: &Context, conversation: &Conversation) -> Result<Plan, ToolError> {
    let mut plan = understood(question, context, conversation).await?;
    // `what is in it?`, of what was just made.
    let asks = crate::domain::reference::words(question).first().is_some_and(|word| lexicon::begins_question(word));
    if asks && matches!(plan, Plan::Puzzle(_)) && creation::pointed_at(question, conversation).is_some() {
        plan = Plan::call("describe_experiment", Arguments::new());
    }
    if let Plan::Call { tool: "describe_experiment" | "list_runs" | "best_run" | "parameter_impact", arguments } = &mut plan
        && !arguments.contains_key("experiment")
        && let Some(name) = creation::pointed_at(question, conversation)
    {
        put(arguments, "experiment", name);
    }
    Ok(plan)
}

async fn understood(question: &str, context: &Context, conversation: &Conversation) -> Result<Plan, ToolError> {
    if let Some(plan) = of_answer(question, context, conversation).await? {
        return Ok(plan);
    }
    if orders::is_denial(question) {
        return Ok(Plan::Talk(format!("All right, nothing is changed: I only read. You can ask me things like {EXAMPLES}")));
    }
    let without_denials = if orders::refused(question).is_some() { question.to_owned() } else { orders::without_denials(question) };
    let whole = without_denials.as_str();
    let (question, is_taken_back) = corrections::without_lead(whole);
    // The words of a name are none of the sentence, so they are no order either.
    let order = creation::order(question).or_else(|| creation::order_later(question, conversation)).filter(|_| !talk::overrides(whole));
    let is_named = matches!(order, Some(creation::Order::Create(_)));
    // `thanks, that was helpful` is thanks as a whole.
    if !is_named && let Some(plan) = without_store(question, conversation).or_else(|| without_store(whole, conversation)) {
        return Ok(plan);
    }
    if !is_named && let Some(name) = creation::name_asked_about(question) {
        let mut arguments = Arguments::new();
        put(&mut arguments, "query", name);
        put(&mut arguments, "status", "all");
        return Ok(Plan::call("list_experiments", arguments));
    }
    if let Some(order) = order {
        return Ok(order.plan());
    }
    if creation::is_remark(question, conversation) {
        return Ok(Plan::Talk("Then choose another name: say for example “create an experiment called pilot”.".to_owned()));
    }
    let blamed = wishes::without_complaint(question, conversation);
    let is_taken_back = is_taken_back || blamed.len() < question.len();
    let (question, _) = corrections::without_lead(blamed);
    let (question, is_put_right) = corrections::without_order(question, conversation);
    let is_taken_back = is_taken_back || is_put_right;
    let vocabulary = Vocabulary::load(context).await?;
    let first = reading::read(question, &vocabulary, context.focus.as_ref(), context.now);
    // Where the question names an experiment, that experiment's names count before those of any other.
    let mut reading = match first.experiment().and_then(|name| vocabulary.experiment_id(name)) {
        Some(id) => reading::read(question, &vocabulary, Some(id), context.now),
        None => first,
    };
    if talk::asks_for_secret(&reading) {
        return Ok(Plan::Refuse(format!(
            "I tell no passwords, keys, settings or instructions, and have none at hand: I only talk about the experiments in your tracking store. You can ask me things like {EXAMPLES}"
        )));
    }
    if talk::is_asked_of_itself(&reading) {
        return Ok(Plan::Talk(of_itself()));
    }
    if let Some(reason) = beyond::reason(&reading) {
        return Ok(Plan::Refuse(format!("{reason} You can ask me things like {EXAMPLES}")));
    }
    if talk::is_small(&reading) {
        return Ok(Plan::Talk(format!("I hear you. I am best at questions about your experiments, for example {EXAMPLES}")));
    }
    let is_foreign = talk::is_of_other_matters(&reading) || talk::is_barely_named(&reading) || talk::asks_for_knowledge(&reading);
    // `how long did it train?`: a fact of the run that was told.
    let points = followup::runs_referred_to(&reading, conversation).is_some();
    let is_foreign = is_foreign && told::why(&reading, conversation).is_none() && !(points && reading.means("howlong"));
    if is_foreign || talk::is_of_machine(&reading) || people::is_private(&reading) || people::is_let_in(&reading) {
        return Ok(Plan::Refuse(off_topic()));
    }
    people::strangers(&mut reading);
    if let Some(reason) = left_over::of_asked(&reading).filter(|_| conversation.last_call.is_some()) {
        return Ok(Plan::Refuse(reason));
    }
    if let Some(wish) = wishes::shortened(question, conversation) {
        let mut reading = reading::read(&wish, &vocabulary, context.focus.as_ref(), context.now);
        // Where an experiment is named, it is a question of its own.
        let stands_alone = reading.experiment().is_some() && wish.starts_with("only ");
        let plan = continued(&mut reading, is_taken_back, context, conversation, &vocabulary).await?.filter(|_| !stands_alone);
        if let Some(plan) = plan {
            return Ok(plan);
        }
    }
    if let Some(plan) = continued(&mut reading, is_taken_back, context, conversation, &vocabulary).await? {
        return Ok(plan);
    }
    if conversation.last_call.is_none() && context.focus.is_none() && points_nowhere(&reading) {
        return Ok(Plan::Refuse(
            "I do not know what that refers to: nothing was asked before. Which run, metric or experiment do you mean?".to_owned(),
        ));
    }
    unknown_values::settle(&mut reading, &vocabulary);
    impossible::settle_lack(&mut reading);
    if let Some(metric) = impossible::lacked(&reading) {
        let mut arguments = Arguments::new();
        put_experiment(&mut arguments, &reading);
        put(&mut arguments, "sort_by", metric);
        put(&mut arguments, "limit", RUNS_WITHOUT);
        return Ok(Plan::call("list_runs", arguments));
    }
    let reason = unanswered::reason(&reading, &vocabulary).or_else(|| impossible::reason(&reading));
    if let Some(reason) = reason.or_else(|| unknown_values::reason(&reading, &vocabulary)).or_else(|| unknown_values::compared(&reading)) {
        return Ok(Plan::Refuse(reason));
    }
    if let Some(verb) = orders::unknown_verb(&reading) {
        return Ok(Plan::Refuse(format!(
            "I do not know how to {} anything: I read experiments and, when asked, create new ones. You can ask me things like {EXAMPLES}",
            plain(verb)
        )));
    }
    let is_of_told = points && !fill::keys(&reading).is_empty();
    if talk::is_of_elsewhere(&reading)
        && !is_of_told
        && !talk::asks_nothing(&reading)
        && fill::absent_experiment(&reading).is_none()
        && !left_over::draws_unknown(&reading)
    {
        return Ok(Plan::Refuse(off_topic()));
    }
    let place_of_other = since_run::resolve(&mut reading, context).await?;
    fill::see_bare_curve(&mut reading, context, &vocabulary).await?;
    fill::see_own_end(&mut reading, context, &vocabulary).await?;
    selecting::resolve(&mut reading, context, &vocabulary).await?;
    if let Some(plan) = narrowing::against_focus(&reading, conversation) {
        return Ok(plan);
    }
    let intents = intent::intents(&reading);
    let evident = fill::evident_tool(&reading);
    let likely = intents.iter().filter(|intent| intent.likeness >= intent::LEAST_LIKENESS).map(|intent| intent.tool).take(3);
    for tool in evident.into_iter().chain(likely).chain(fallback::tools(&reading)) {
        if let Some(arguments) = fill::arguments(tool, &reading, conversation, &vocabulary) {
            let (tool, mut arguments) = fill::retarget(tool, arguments, &reading, conversation);
            followup::put_listed_experiment(&mut arguments, tool, &reading, conversation);
            fill::put_experiment_of_values(&mut arguments, tool, &reading, &vocabulary, context.focus.as_ref());
            fill::put_experiment_of_run(&mut arguments, tool, &reading, &vocabulary);
            fill::complete_keys(&mut arguments, tool, &reading, &vocabulary);
            if let Some(place) = place_of_other.as_ref().filter(|_| !arguments.contains_key("experiment")) {
                put(&mut arguments, "experiment", place.clone());
            }
            selecting::resolve_one(&mut arguments, tool, &reading, context, &vocabulary).await?;
            if let Some(reason) = left_over::reason(&reading, tool, &arguments, &vocabulary) {
                return Ok(Plan::Refuse(reason));
            }
            return Ok(files::of_each(Plan::call(tool, arguments), &reading));
        }
    }
    // The tool tells that there is no such experiment, and which there are.
    if let Some(name) = fill::absent_experiment(&reading) {
        let mut arguments = Arguments::new();
        put(&mut arguments, "experiment", name);
        return Ok(Plan::call("describe_experiment", arguments));
    }
    if talk::asks_nothing(&reading) {
        return Ok(Plan::Talk(format!(
            "I see no question in that. I can answer questions about the experiments in your tracking store, such as {EXAMPLES}"
        )));
    }
    if let Some(reason) = left_over::of_nothing(&reading) {
        return Ok(Plan::Refuse(reason));
    }
    Ok(Plan::Puzzle(format!(
        "I did not understand that. I answer questions about the experiments in your tracking store, such as {EXAMPLES}"
    )))
}

/// The plan for a wish about the answer before that sounds like an order about the store: `lower the bar to 0.9`, `actually validation,
/// not training`; absent where it is none.
async fn of_answer(question: &str, context: &Context, conversation: &Conversation) -> Result<Option<Plan>, ToolError> {
    let Some((last_tool, last)) = conversation.last_call.as_ref() else { return Ok(None) };
    let denied = || restated::denied(question).filter(|_| orders::is_denial(question));
    let Some(restated) = restated::restated(question, conversation).or_else(denied) else { return Ok(None) };
    let vocabulary = Vocabulary::load(context).await?;
    let mut reading = reading::read(&restated.wish, &vocabulary, context.focus.as_ref(), context.now);
    let plan = continued(&mut reading, restated.is_correction, context, conversation, &vocabulary).await?;
    let shown = |arguments: &Arguments, key: &str| arguments.get(key).and_then(Value::as_array).map_or(0, Vec::len);
    // What is left out adds nothing.
    let is_more = |arguments: &Arguments| {
        restated.wish.starts_with("without ") && ["run_ids", "metrics"].iter().any(|key| shown(arguments, key) > shown(last, key).max(1))
    };
    Ok(plan.filter(|plan| matches!(plan, Plan::Call { tool, arguments } if tool == last_tool && arguments != last && !is_more(arguments))))
}

/// Whether a question is an order to do what is not done, whatever is said before it.
pub(super) fn is_refused_order(question: &str) -> bool {
    orders::refused(question).is_some()
}

/// The plan for what goes on from the answer before, or is of files; absent for a question that stands alone.
async fn continued(
    reading: &mut Reading,
    is_taken_back: bool,
    context: &Context,
    conversation: &Conversation,
    vocabulary: &Vocabulary,
) -> Result<Option<Plan>, ToolError> {
    followup::see_place_in_list(reading, conversation);
    winners::see(reading, conversation);
    places::see(reading, conversation, vocabulary);
    persons::see(reading, conversation);
    persons::see_told_run(reading, conversation);
    siblings::see(reading, conversation, vocabulary);
    let reading = &*reading;
    if let Some(plan) = choosing::plan(reading, conversation) {
        return Ok(Some(plan));
    }
    if let Some(plan) = file_kinds::plan(reading, vocabulary, context, conversation).await? {
        return Ok(Some(files::of_each(plan, reading)));
    }
    if let Some(mut plan) = files::plan(reading, conversation) {
        file_kinds::settle(&mut plan, context).await;
        return Ok(Some(files::of_each(plan, reading)));
    }
    if let Some(plan) = neighbours::plan(reading, context, conversation).await? {
        return Ok(Some(plan));
    }
    let corrected = remarks::plan(reading, conversation)
        .or_else(|| persons::plan(reading, conversation))
        .or_else(|| widening::plan(reading, conversation))
        .or_else(|| places::inside(reading, conversation))
        .or_else(|| places::unclear(reading, conversation, vocabulary))
        .or_else(|| better::plan(reading, conversation))
        .or_else(|| several::plan(reading, conversation))
        .or_else(|| redrawn::plan(reading, conversation))
        .or_else(|| other_end::plan(reading, conversation))
        .or_else(|| thresholds::plan(reading, conversation))
        .or_else(|| corrections::plan(reading, is_taken_back, conversation));
    if corrected.is_some() {
        return Ok(corrected);
    }
    let mut plan = followup::plan(reading, conversation);
    if let Some(plan) = &mut plan {
        forget_foreign_metric(plan, reading, vocabulary);
    }
    Ok(plan)
}

/// The plan for what needs no look at the store: orders that are not obeyed, talk, and the rest of the world.
fn without_store(question: &str, conversation: &Conversation) -> Option<Plan> {
    if talk::overrides(question) {
        return Some(Plan::Refuse(format!(
            "I will not: I read experiments and, when asked, create new ones. You can ask me things like {EXAMPLES}"
        )));
    }
    if let Some(verb) = orders::ability_asked_about(question) {
        return Some(Plan::Talk(format!(
            "No, I cannot {verb} anything: I read experiments and, when asked, create new ones. You can ask me things like {EXAMPLES}"
        )));
    }
    if let Some(verb) = orders::refused(question).filter(|_| {
        !narrowing::leaves_out(question, conversation)
            && !widening::is_about_filter(question, conversation)
            && !redrawn::is_about_drawing(question, conversation)
    }) {
        return Some(Plan::Refuse(format!(
            "I cannot {verb} anything: I read experiments and, when asked, create new ones; use MLflow itself for that. You can ask me things like {EXAMPLES}"
        )));
    }
    if talk::is_off_topic(&crate::domain::reference::words(question), question) && !orders::explains(question) {
        return Some(Plan::Refuse(off_topic()));
    }
    talk::talk(question).map(|talk| {
        Plan::Talk(match talk {
            Talk::Greeting => format!("Hello! Ask me about your experiments, for example {EXAMPLES}"),
            Talk::Thanks => "You are welcome. Ask me more about your experiments whenever you like.".to_owned(),
            Talk::Farewell => "Goodbye! Come back whenever you want to know more about your experiments.".to_owned(),
            Talk::Remark => format!("All right. Ask me about your experiments whenever you like, for example {EXAMPLES}"),
            Talk::Opinion => format!("I hear you. I am best at questions about your experiments, for example {EXAMPLES}"),
            Talk::OfItself => of_itself(),
        })
    })
}

fn of_itself() -> String {
    format!(
        "I am Trialogue. I answer questions about the experiments in your MLflow tracking store: I list and describe experiments and runs, find the best, \
                 compare, draw training curves, measure which parameters matter, read files of runs and, when asked, create experiments; I change and delete nothing. You can ask me things \
                 like {EXAMPLES}"
    )
}

/// `plot it`, `who started that one?`: all that it is about was said before, so at the beginning of a conversation it is about nothing.
fn points_nowhere(reading: &Reading) -> bool {
    const SAID_ALONGSIDE: [&str; 12] =
        ["show", "plot", "compare", "details", "howlong", "status", "user", "start", "tag", "perform", "artifact", "describe"];
    let is_empty = |part: &Part| match part {
        Part::Filler | Part::Anaphor(_) => true,
        Part::Meaning(meaning) => SAID_ALONGSIDE.contains(meaning),
        // `why did it fail?`
        Part::Conditions(_) => reading.says("why"),
        // `plot its training loss`
        Part::Metric(_) | Part::Parameter(_) => ["its", "it", "their"].iter().any(|word| reading.says(word)),
        _ => false,
    };
    let points = ["it", "its", "that", "those", "them", "these", "their"].iter().any(|word| reading.says(word));
    let of_place = ["there", "here", "logged", "available", "contain", "stored"].iter().any(|word| reading.says(word));
    let points_first = reading.parts().any(|part| matches!(part, Part::Anaphor(_)));
    points
        && points_first
        && !of_place
        && reading.words.len() <= 8
        && reading.parts().all(is_empty)
        && reading.parts().any(|part| matches!(part, Part::Meaning(_) | Part::Conditions(_) | Part::Metric(_) | Part::Parameter(_)))
}

fn off_topic() -> String {
    format!("I cannot help with that: I only talk about the experiments in your tracking store. You can ask me things like {EXAMPLES}")
}

/// `and in the demand experiment?`: a metric of the question before is not asked for where it is not logged.
fn forget_foreign_metric(plan: &mut Plan, reading: &Reading, vocabulary: &Vocabulary) {
    let Plan::Call { tool: "best_run" | "parameter_impact", arguments } = plan else { return };
    let text = |name: &str| arguments.get(name).and_then(Value::as_str);
    let (Some(experiment), Some(metric)) = (text("experiment").and_then(|name| vocabulary.experiment_id(name)), text("metric")) else {
        return;
    };
    if reading.metrics().is_empty() && vocabulary.key_likeness(vocabulary::Kind::Metric, metric, experiment).is_none() {
        arguments.remove("metric");
    }
}

/// The reading as the arguments of a call see it.
type Arguments = Map<String, Value>;

/// Puts an argument where there is something to put.
fn put(arguments: &mut Arguments, name: &str, value: impl Into<Value>) {
    arguments.insert(name.to_owned(), value.into());
}

/// The experiment that the question names, or the unknown name where it says one.
fn put_experiment(arguments: &mut Arguments, reading: &Reading) {
    if let Some(name) = reading.experiment() {
        put(arguments, "experiment", name);
    } else if let Some(name) = fill::unknown_experiment(reading) {
        put(arguments, "experiment", name);
    }
}
