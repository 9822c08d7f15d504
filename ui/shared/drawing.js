// Draws a Vega-Lite specification as wide as its place. Nothing in a specification can load anything or become markup:
// what might is refused, the loader loads nothing, and a tooltip is made of text.
"use strict";

const drawing = (() => {
  /** What our charts are made of; `image` is not among it. */
  const MARKS = new Set(["area", "bar", "circle", "line", "point", "rect", "rule", "square", "text", "tick"]);

  /** What fetches, links, opens an input or configures the embedding, wherever in a specification it stands. */
  const FORBIDDEN = new Set(["__proto__", "bind", "datasets", "href", "url", "usermeta"]);

  /** Where names of runs and metrics stand, which may begin as they like. */
  const WORDS = new Set(["description", "domain", "subtitle", "text", "title"]);

  /** Above this many rows a picture of pixels is faster than one of shapes. */
  const MOST_SHAPES = 5000;

  const LABEL_SIZE = 11;
  const LEGEND_SIZE = 12;

  /** A legend begins below the vertical axis, right of its labels; each name has its symbol and a gap. */
  const LEGEND_BEGINS = 50;
  const LEGEND_SYMBOL = 36;

  /** The narrowest panel whose axis can be read. */
  const PANEL = 130;

  /** Between a bar and its value, as the specification has it. */
  const VALUE_OFFSET = 4;

  /** Names with descenders end below what Vega takes for their end. */
  const PADDING = { left: 0, top: 2, right: 0, bottom: 5 };

  class Refusal extends Error {}

  /** The loader of the view: the last wall before the content policy. */
  const closed = {
    load: () => Promise.reject(new Refusal("charts load nothing")),
    sanitize: () => Promise.reject(new Refusal("charts link to nothing")),
    http: () => Promise.reject(new Refusal("charts load nothing")),
    file: () => Promise.reject(new Refusal("charts load nothing")),
  };

  const isObject = (value) => typeof value === "object" && value !== null;

  /** Throws where `node`, which stands in a specification as `name`, is more than a drawing of its own rows. */
  function refuseForeign(node, name) {
    if (typeof node === "string" && !WORDS.has(name) && /^\s*url\s*\(/i.test(node)) throw new Refusal(`its \`${name}\` points outside`);
    if (Array.isArray(node)) return node.forEach((item) => refuseForeign(item, name));
    if (!isObject(node)) return;
    for (const [key, value] of Object.entries(node)) {
      if (FORBIDDEN.has(key)) throw new Refusal(`its specification has \`${key}\``);
      if (key === "mark" && !MARKS.has(value?.type ?? value)) throw new Refusal("its specification has a mark that our charts do not have");
      if (key === "data") refuseForeignData(value);
      else refuseForeign(value, key);
    }
  }

  function refuseForeignData(data) {
    if (Object.keys(data ?? {}).join() !== "values" || !Array.isArray(data.values)) throw new Refusal("its data is not in it");
    const isPlain = (row) => isObject(row) && !Object.values(row).some(isObject);
    if (!data.values.every(isPlain)) throw new Refusal("its rows are not plain values");
  }

  /** How wide the widest of `labels` is, at most `limit`. */
  function widest(labels, size, look, limit) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `${size}px ${look.font}`;
    return Math.min(limit, Math.ceil(Math.max(0, ...labels.map((label) => pen.measureText(label).width))));
  }

  /** A copy of the specification for a place `room` pixels wide, without its title, which the page shows. */
  function fitted(spec, room, look, params) {
    const fit = structuredClone(spec);
    delete fit.title;
    if (params.length > 0) {
      fit.params = params;
      // What is moved out of the plot is not seen beside it.
      fit.mark.clip = true;
    }
    const labelLimit = Math.round(Math.min(220, room * 0.36));
    const legendLimit = Math.min(300, room - LEGEND_BEGINS - LEGEND_SYMBOL);
    fit.config = { ...fit.config, axis: { ...fit.config?.axis, labelLimit }, legend: { ...fit.config?.legend, labelLimit: legendLimit } };
    if (fit.concat) fitPanels(fit, room, labelLimit, look);
    else if (fit.layer) fitBars(fit, room, labelLimit, look);
    else fitLines(fit, room, legendLimit, look);
    for (const view of fit.concat ?? [fit]) {
      recolour(view, look);
      for (const layer of view.layer ?? []) {
        // On its own the specification cannot know what it stands on.
        if (layer.mark?.type === "text") layer.mark.color = look.quiet;
      }
    }
    return fit;
  }

  /** The first colour of a specification and that of what stays behind are chosen for white; a page may have its own. */
  function recolour(view, look) {
    const own = { "#0077bb": look.strong, "#a9bfd1": look.muted };
    for (const encoding of [view.encoding, ...(view.layer ?? []).map((layer) => layer.encoding)]) {
      const scale = encoding?.color?.scale;
      if (Array.isArray(scale?.range)) scale.range = scale.range.map((colour) => own[colour] ?? colour);
    }
  }

  const FITTING = { type: "fit-x", contains: "padding" };

  function fitLines(fit, room, legendLimit, look) {
    fit.width = room;
    fit.autosize = FITTING;
    // The points of a long curve are there for the pointer only, and give it something to hit.
    if (fit.mark?.point === "transparent") fit.mark.point = { opacity: 0, size: 90 };
    if (fit.encoding?.y) {
      // Above its axis, so that a long name takes no width.
      const above = { titleAngle: 0, titleAlign: "left", titleBaseline: "bottom", titleX: 0, titleY: -8, titleLimit: room - 60 };
      fit.encoding.y.axis = { ...fit.encoding.y.axis, ...above };
    }
    for (const channel of ["color", "strokeDash"]) {
      const { legend, scale } = fit.encoding?.[channel] ?? {};
      if (!legend || !scale?.domain) continue;
      const entry = widest(scale.domain, LEGEND_SIZE, look, legendLimit) + LEGEND_SYMBOL;
      legend.columns = Math.max(1, Math.min(scale.domain.length, Math.floor((room - LEGEND_BEGINS) / entry)));
    }
  }

  function fitBars(fit, room, labelLimit, look) {
    const labels = labelsWidth(fit, labelLimit, look);
    const right = overhang(fit, room - labels, look);
    const values = fit.layer[0]?.encoding?.x;
    if (values?.title && widest([values.title], LABEL_SIZE + 1, look, room) > room - labels - right) {
      // Wider than the plot, it begins below the names.
      values.axis = { ...values.axis, titleAnchor: "start", titleAlign: "left", titleX: -labels, titleLimit: room };
    }
    fit.width = room;
    fit.autosize = FITTING;
    fit.padding = { ...PADDING, right };
  }

  /** As many panels side by side as can be read, each under its name; the first of each row has the labels. */
  function fitPanels(fit, room, labelLimit, look) {
    const labelAxis = fit.concat[0].encoding?.y?.axis;
    const plots = room - labelsWidth(fit.concat[0], labelLimit, look);
    const right = Math.max(...fit.concat.map((panel) => overhang(panel, PANEL, look)));
    const gap = Math.max(28, right + 12);
    const columns = Math.max(1, Math.min(fit.columns ?? fit.concat.length, Math.floor((plots - right + gap) / (PANEL + gap))));
    fit.columns = columns;
    // Flush: only the plots count, so that they stand in line; what stands around them has room in the gaps.
    fit.bounds = "flush";
    fit.spacing = { column: gap, row: 66 };
    fit.padding = { ...PADDING, right: 0 };
    fit.concat.forEach((panel, index) => {
      panel.width = Math.floor((plots - right - gap * (columns - 1)) / columns);
      if (panel.encoding?.y) panel.encoding.y.axis = index % columns === 0 ? labelAxis : null;
      const values = panel.layer?.[0]?.encoding?.x;
      if (!values?.title) return;
      panel.title = { text: values.title, anchor: "start", frame: "group", offset: 8, limit: panel.width + right };
      values.axis = { ...values.axis, title: null };
    });
  }

  /** What the names left of the bars take. */
  function labelsWidth(bars, limit, look) {
    return widest(bars.encoding?.y?.scale?.domain ?? [], LABEL_SIZE, look, limit) + 8;
  }

  /** How far the values beside bars reach beyond a plot `width` pixels wide: Vega makes no room for them. */
  function overhang(bars, width, look) {
    const [low, high] = bars.layer?.[0]?.encoding?.x?.scale?.domain ?? [0, 1];
    const reach = bars.data.values.map((row) => {
      const end = (width * (Math.max(row.value, 0) - low)) / (high - low);
      return end + VALUE_OFFSET + widest([String(row.text)], LABEL_SIZE, look, width);
    });
    return Math.max(0, Math.ceil(Math.max(0, ...reach) - width) + 2);
  }

  function config(look) {
    const words = { labelColor: look.quiet, titleColor: look.quiet, titleFontWeight: "normal", titleFontSize: LABEL_SIZE + 1 };
    const lines = { domainColor: look.line, tickColor: look.line, gridColor: look.line };
    return {
      background: null,
      font: look.font,
      padding: PADDING,
      axis: { ...words, ...lines, labelFontSize: LABEL_SIZE, titlePadding: 8 },
      axisX: { labelOverlap: "greedy", labelSeparation: 6 },
      axisY: { labelPadding: 6 },
      bar: { cornerRadiusEnd: 2 },
      legend: { labelColor: look.text, labelFontSize: LEGEND_SIZE, symbolSize: 160, symbolStrokeWidth: 2.5, rowPadding: 4, columnPadding: 14 },
      title: { color: look.text, fontSize: LEGEND_SIZE, fontWeight: 600 },
      line: { strokeCap: "round", strokeJoin: "round" },
    };
  }

  /** Shows what is under the pointer, name by name; the element is made once. */
  function tooltipHandler() {
    const box = document.createElement("div");
    box.className = "tooltip";
    box.hidden = true;
    document.body.append(box);
    return (_, event, item, value) => {
      box.hidden = !isObject(value);
      if (box.hidden) return;
      const list = document.createElement("dl");
      for (const [name, shown] of Object.entries(value)) {
        const [term, definition] = [document.createElement("dt"), document.createElement("dd")];
        term.textContent = name;
        definition.textContent = String(shown);
        list.append(term, definition);
      }
      box.replaceChildren(list);
      place(box, event);
    };
  }

  /** Beside the pointer, and inside the page. */
  function place(box, event) {
    const EDGE = 8;
    const OFFSET = 14;
    const { width, height } = box.getBoundingClientRect();
    const isRoomRight = event.clientX + OFFSET + width + EDGE <= window.innerWidth;
    const left = isRoomRight ? event.clientX + OFFSET : event.clientX - OFFSET - width;
    const top = Math.min(event.clientY + OFFSET, window.innerHeight - height - EDGE);
    box.style.left = `${Math.max(EDGE, Math.min(left, window.innerWidth - width - EDGE))}px`;
    box.style.top = `${Math.max(EDGE, top)}px`;
  }

  function countRows(spec) {
    return (spec.concat ?? [spec]).reduce((sum, view) => sum + (view.data?.values.length ?? 0), 0);
  }

  let tooltip;

  /**
   * Draws into `place`, `room` pixels wide, with the colours and the font of `look`; what comes back is ended by its `finalize`.
   * `params` are what a page adds to a chart of curves, such as a zoom.
   */
  async function draw(place, spec, room, look, params = []) {
    if (!isObject(spec) || Array.isArray(spec)) throw new Refusal("its specification is no object");
    refuseForeign(spec, "specification");
    tooltip ??= tooltipHandler();
    return window.vegaEmbed(place, fitted(spec, room, look, params), {
      mode: "vega-lite",
      // No code is made of text: expressions are interpreted.
      ast: true,
      actions: false,
      config: config(look),
      defaultStyle: false,
      loader: closed,
      renderer: countRows(spec) > MOST_SHAPES ? "canvas" : "svg",
      tooltip,
    });
  }

  return { draw };
})();
