// A kept turn as the events that it once was.

export function* eventsOf(turn, conversationId) {
  yield { type: "planner", planner: turn.planner, conversation_id: conversationId };
  for (const call of turn.calls) {
    const ofCall = ({ call: index }) => index === call.call;
    const table = turn.tables.find(ofCall);
    yield { ...call, type: "call_started" };
    yield { ...call, type: "call_result", table };
    for (const chart of turn.charts.filter(ofCall)) yield { ...chart, type: "chart" };
  }
  if (turn.unverified_numbers.length > 0) yield { type: "number_check", unverified_numbers: turn.unverified_numbers };
  yield { type: "text_delta", text: turn.answer };
  for (const text of turn.caveats) yield { type: "caveat", text };
  for (const confirmation of turn.confirmations) yield { ...confirmation, type: "confirmation" };
  if (turn.usage) yield { ...turn.usage, type: "usage" };
  yield { ...turn, type: "done", conversation_id: conversationId };
}
