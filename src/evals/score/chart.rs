//! The picture: of the expected kind, with the expected curves or bars, and with the points of the expected call.

use super::calls::{Credit, expected_of};
use super::scene::Scene;
use super::{Scorer, Sheet};
use crate::domain::chart::{Chart, Plot, Scale};
use crate::evals::case::{CaseTurn, ChartExpect, ChartKind, ScaleKind};
use crate::evals::fixture::Which;
use crate::evals::play::PlayedTurn;

/// The verdict on a turn's picture, where its case says something about it.
///
/// # Errors
/// Where the expected call cannot be run.
pub(super) async fn judge(case_turn: &CaseTurn, scene: &Scene<'_>, credit: &Credit<'_>, sheet: &mut Sheet) -> anyhow::Result<()> {
    let Some(expected) = &case_turn.expect.chart else { return Ok(()) };
    let charts: Vec<(usize, &Chart)> = drawn(scene.played);
    if expected.kind == ChartKind::None {
        sheet.note(Scorer::Chart, (!charts.is_empty()).then(|| "there is a chart where none was asked for".to_owned()));
        return Ok(());
    }
    let kinds: Vec<ChartKind> = charts.iter().map(|(_, chart)| kind_of(chart)).collect();
    let mut faults = Vec::new();
    for (index, chart) in charts.iter().filter(|(_, chart)| kind_of(chart) == expected.kind) {
        let fault = match looks_wrong(expected, chart) {
            None => points_differ(*index, chart, scene, credit).await?,
            fault => fault,
        };
        match fault {
            None => {
                sheet.note(Scorer::Chart, None);
                return Ok(());
            }
            Some(fault) => faults.push(fault),
        }
    }
    let fault = if faults.is_empty() { format!("wants a chart of {:?}, has {kinds:?}", expected.kind) } else { faults.join("; ") };
    sheet.note(Scorer::Chart, Some(fault));
    Ok(())
}

/// The charts with the place of the call that drew each.
fn drawn(played: &PlayedTurn) -> Vec<(usize, &Chart)> {
    let calls = played.turn.calls.iter().enumerate();
    calls.filter_map(|(index, call)| Some((index, call.result.as_ref().ok()?.chart.as_ref()?))).collect()
}

fn kind_of(chart: &Chart) -> ChartKind {
    match chart.plot() {
        Plot::Lines(_) => ChartKind::Lines,
        Plot::Comparison(_) => ChartKind::Comparison,
        Plot::Ranking(_) => ChartKind::Ranking,
        Plot::Impact(_) => ChartKind::Impact,
    }
}

fn looks_wrong(expected: &ChartExpect, chart: &Chart) -> Option<String> {
    let labels = labels_of(chart);
    if !expected.labels.is_empty() {
        let mut wanted = expected.labels.clone();
        wanted.sort();
        if wanted != labels {
            return Some(format!("the chart shows {}, not {}", labels.join(", "), wanted.join(", ")));
        }
    }
    let found = match chart.plot() {
        Plot::Lines(lines) => Some(lines.y_scale),
        Plot::Comparison(_) | Plot::Ranking(_) | Plot::Impact(_) => None,
    };
    let wanted = expected.y_scale.map(|scale| match scale {
        ScaleKind::Linear => Scale::Linear,
        ScaleKind::Log => Scale::Log,
    });
    (wanted.is_some() && wanted != found).then(|| format!("the vertical axis is {found:?}, not {wanted:?}"))
}

fn labels_of(chart: &Chart) -> Vec<String> {
    let mut labels: Vec<String> = chart.points().into_iter().map(|point| point.label).collect();
    labels.sort();
    labels.dedup();
    labels
}

async fn points_differ(index: usize, chart: &Chart, scene: &Scene<'_>, credit: &Credit<'_>) -> anyhow::Result<Option<String>> {
    let Some(call) = scene.played.turn.calls.get(index) else { return Ok(None) };
    let Some((expected, arguments)) = expected_of(credit, index, call, scene.before) else {
        return Ok(Some("the chart is of another call than the expected one".to_owned()));
    };
    let answer = scene.answer(Which::Base, &expected.tool, &arguments, index).await?;
    let wanted = answer.ok().and_then(|answer| answer.chart).map(|chart| points_of(&chart));
    Ok((wanted.as_ref() != Some(&points_of(chart))).then(|| "the chart shows other points than the expected call's".to_owned()))
}

/// The points, in no order, and how the axes are divided.
fn points_of(chart: &Chart) -> Vec<String> {
    let mut points: Vec<String> = chart.points().iter().map(|point| format!("{point:?}")).collect();
    points.sort();
    if let Plot::Lines(lines) = chart.plot() {
        points.push(format!("{:?} {:?}", lines.x, lines.y_scale));
    }
    points
}
