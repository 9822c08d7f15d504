// A chart in its card: the drawing, as wide as there is room, and in a dialog larger, where curves can be moved and magnified. In the
// page they cannot: a finger or a wheel there scrolls. Both follow the colours and the width of the page.

import { button, made } from "./elements.js";

/** Dragging moves a curve, the wheel magnifies it, and two clicks bring it back. */
const ZOOM = { name: "zoom", select: { type: "interval" }, bind: "scales" };

/** What a description read aloud may have. */
const LONGEST_LABEL = 1200;

/** The drawings in the page, each with how to draw it anew. */
const drawn = new Map();

/** The card of a chart; `words` tell what it shows to who cannot see it. */
export function chartCard(spec, words) {
  const { title, subtitle } = heading(spec);
  const place = made("div", { class: "drawing", role: "img", "aria-label": `${title}. ${words}`.slice(0, LONGEST_LABEL) });
  const larger = button("Enlarge", "quiet", () => enlarge(spec, title, subtitle, words));
  const head = made("header", {}, made("div", {}, made("h3", { dir: "auto" }, title), subtitle ? made("p", { class: "note", dir: "auto" }, subtitle) : null), larger);
  place.style.minHeight = `${height(spec)}px`;
  const card = made("figure", { class: "card chart" }, head, place);
  keep(place, spec);
  return card;
}

/** Draws anew where the colours or the width change, and no more what has left the page. */
export function keepDrawingsInStep() {
  theme.onChange(() => {
    for (const [place, kept] of drawn) draw(place, kept);
  });
}

const watcher = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const kept = drawn.get(target);
    if (!kept) continue;
    clearTimeout(kept.settling);
    kept.settling = setTimeout(() => target.clientWidth !== kept.width && draw(target, kept), kept.width ? 80 : 0);
  }
});

/** Draws `spec` into `place` as soon as that has a width, and anew when something changes; `params` are what is added to it. */
function keep(place, spec, params = []) {
  drawn.set(place, { spec, params, width: 0, drawing: 0, view: null });
  watcher.observe(place);
}

function drop(place) {
  drawn.get(place)?.view?.finalize();
  drawn.delete(place);
  watcher.unobserve(place);
}

async function draw(place, kept) {
  if (!place.isConnected) return drop(place);
  kept.width = place.clientWidth;
  if (kept.width === 0) return;
  kept.drawing += 1;
  const own = kept.drawing;
  const inner = made("div");
  try {
    const view = await drawing.draw(inner, kept.spec, kept.width, look(), kept.params);
    if (own !== kept.drawing) return view.finalize();
    kept.view?.finalize();
    kept.view = view;
    place.replaceChildren(inner);
    place.style.minHeight = "";
  } catch (error) {
    place.replaceChildren(made("p", { class: "notice" }, `The chart cannot be drawn: ${error.message}.`));
  }
}

function enlarge(spec, title, subtitle, words) {
  const place = made("div", { class: "drawing", role: "img", "aria-label": `${title}. ${words}`.slice(0, LONGEST_LABEL) });
  const hint = canZoom(spec) ? made("p", { class: "note" }, "Drag to move, turn the wheel to zoom, click twice to go back.") : null;
  const dialog = made(
    "dialog",
    { class: "large", "aria-label": title },
    made("header", {}, made("div", {}, made("h2", { dir: "auto" }, title), subtitle ? made("p", { class: "note", dir: "auto" }, subtitle) : null), button("Close", "outlined", () => dialog.close())),
    place,
    hint,
  );
  dialog.addEventListener("close", () => {
    drop(place);
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  const high = structuredClone(spec);
  if (canZoom(spec)) high.height = Math.max(240, Math.min(560, window.innerHeight - 380));
  keep(place, high, canZoom(spec) ? [ZOOM] : []);
}

/** Curves have two axes of numbers; bars have names on one. */
const canZoom = (spec) => !spec.concat && !spec.layer;

function heading({ title }) {
  const whole = typeof title === "object" && title !== null ? title : { text: title };
  const words = (value) => [value ?? []].flat().map(String).join(" ");
  return { title: words(whole.text), subtitle: words(whole.subtitle) };
}

/** About how high a chart will be, so that what stands below it need not move. */
function height(spec) {
  const AXES = 60;
  if (spec.concat) return Math.ceil(spec.concat.length / 3) * ((spec.concat[0].height ?? 60) + 66);
  return (Number(spec.height) || 200) + AXES;
}

/** The colours and the font of the page as the browser computes them now. */
function look() {
  const probe = made("span");
  document.body.append(probe);
  const colour = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const names = ["text", "quiet", "line", "strong", "muted"];
  const colours = names.map((name) => [name, colour(`--${name}`)]);
  const look = { ...Object.fromEntries(colours), font: getComputedStyle(document.body).fontFamily };
  probe.remove();
  return look;
}
