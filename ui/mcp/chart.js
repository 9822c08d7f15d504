// What the page shows: the chart of a tool's result with its caveats or, where there is none, the text of the result.
// All that comes from a result is shown as text.
"use strict";

(() => {
  const root = document.documentElement;
  const parts = {};
  for (const id of ["waiting", "problem", "heading", "title", "subtitle", "chart", "text", "caveats"]) parts[id] = document.getElementById(id);

  const NOTHING = { spec: null, text: "", caveats: [] };

  /** What is shown; `spec` is null where there is no chart. */
  let shown = NOTHING;
  /** The drawing in the page. */
  let view = null;
  let drawnWidth = 0;
  /** Counts the drawings, so that one that was overtaken stays away. */
  let drawings = 0;

  function show(...ids) {
    for (const id of ["waiting", "problem", "heading", "chart", "text", "caveats"]) parts[id].hidden = !ids.includes(id);
  }

  /** A copy without the characters that turn the direction of what stands around them. */
  function upright(value) {
    if (typeof value === "string") return value.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
    if (Array.isArray(value)) return value.map(upright);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, upright(inner)]));
  }

  function textOf(result) {
    const blocks = Array.isArray(result.content) ? result.content : [];
    const words = blocks.filter((block) => block?.type === "text").map((block) => String(block.text));
    if (words.length === 0 && result.structuredContent !== undefined) words.push(JSON.stringify(result.structuredContent, null, 2));
    return words.join("\n\n").trim();
  }

  function showResult(received) {
    const result = upright(received);
    const caveats = result.structuredContent?.caveats;
    shown = {
      spec: result._meta?.["trialogue/chart"] ?? null,
      text: textOf(result),
      caveats: (Array.isArray(caveats) ? caveats : []).filter((caveat) => typeof caveat === "string"),
    };
    if (result.isError) showText("The call failed.");
    else if (shown.spec === null) showText(shown.text === "" ? "The result is empty." : null);
    else drawChart();
  }

  /** The text of the result, below what went wrong, if anything did. */
  function showText(problem) {
    forgetDrawing();
    parts.problem.textContent = problem ?? "";
    // JSON is read by its indentation.
    const isJson = /^[{[]/.test(shown.text);
    parts.text.classList.toggle("json", isJson);
    parts.text.replaceChildren(...(isJson ? [shown.text] : prose.elements(shown.text)));
    // The text has most caveats already.
    showCaveats(shown.caveats.filter((caveat) => !shown.text.includes(caveat)));
    show(...(problem ? ["problem"] : []), "text", "caveats");
  }

  function showCaveats(caveats) {
    parts.caveats.replaceChildren(...caveats.map((caveat) => Object.assign(document.createElement("li"), { textContent: caveat })));
  }

  async function drawChart() {
    drawings += 1;
    const own = drawings;
    showHeading();
    showCaveats(shown.caveats);
    show("heading", "chart", "caveats");
    drawnWidth = parts.chart.clientWidth;
    // A host may keep the page hidden until it knows its size; the observer below draws then.
    if (drawnWidth === 0) return;
    const place = document.createElement("div");
    try {
      const drawn = await drawing.draw(place, shown.spec, drawnWidth, look());
      if (own !== drawings) return drawn.finalize();
      view?.finalize();
      view = drawn;
      parts.chart.replaceChildren(place);
    } catch (error) {
      if (own === drawings) showText(`The chart cannot be drawn: ${error.message}.`);
    }
  }

  function showHeading() {
    const { spec, text } = shown;
    const title = typeof spec.title === "object" && spec.title !== null ? spec.title : { text: spec.title };
    const words = (value) => [value ?? []].flat().map(String).join(" ");
    parts.title.textContent = words(title.text);
    parts.subtitle.textContent = words(title.subtitle);
    // Who cannot see the chart hears what it says. A label is read in one go, so it has no table.
    const LONGEST = 1200;
    const said = text.split("\n|", 1)[0].trim();
    parts.chart.setAttribute("aria-label", (said || words(title.text) || "chart").slice(0, LONGEST));
  }

  function forgetDrawing() {
    drawings += 1;
    view?.finalize();
    view = null;
    parts.chart.replaceChildren();
  }

  /** The colours and the font of the page as the browser computes them now. */
  function look() {
    const probe = document.createElement("span");
    document.body.append(probe);
    const colour = (name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    };
    const look = { text: colour("--text"), quiet: colour("--quiet"), line: colour("--line"), font: getComputedStyle(document.body).fontFamily };
    probe.remove();
    return look;
  }

  /** Takes over what the host says of itself; it sends only what changed. */
  function adapt(context) {
    if (context.theme === "light" || context.theme === "dark") root.style.colorScheme = context.theme;
    for (const [name, value] of Object.entries(context.styles?.variables ?? {})) {
      if (name.startsWith("--") && typeof value === "string") root.style.setProperty(name, value);
    }
    for (const [side, pixels] of Object.entries(context.safeAreaInsets ?? {})) root.style.setProperty(`--inset-${side}`, `${Number(pixels)}px`);
    redraw();
  }

  function redraw() {
    if (!parts.chart.hidden) drawChart();
  }

  let settling;
  new ResizeObserver(() => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      if (parts.chart.clientWidth !== drawnWidth) redraw();
    }, 80);
  }).observe(parts.chart);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

  host.reportSize();
  host.connect({
    onContext: adapt,
    notifications: {
      "ui/notifications/host-context-changed": adapt,
      "ui/notifications/tool-result": showResult,
      "ui/notifications/tool-cancelled": ({ reason }) => {
        shown = NOTHING;
        showText(reason ? `The call was cancelled: ${upright(String(reason))}.` : "The call was cancelled.");
      },
    },
    requests: {
      ping: () => ({}),
      "ui/resource-teardown": () => {
        forgetDrawing();
        return {};
      },
    },
  });
})();
