// A table of a result that sorts by the column whose head is pressed: first down, then up, then as it came.

import { button, made } from "./elements.js";

/** More rows than these are shown when asked for. */
const FIRST_ROWS = 10;

/** What is short stands on one line. */
const SHORT = 28;

const NUMBER = /^([-+]?[\d.,]*\d(?:e[-+]?\d+)?)\s?%?$/i;

/** `open`, or `folded` where something else shows the same already. */
export function sortableTable({ columns, rows }, about, state) {
  const order = { column: null, direction: 1 };
  let isWhole = rows.length <= FIRST_ROWS + 2;
  const body = made("tbody");
  const heads = columns.map((name, column) => head(name, column));
  const areNumbers = columns.map((_, column) => isNumeric(rows, column));
  heads.forEach((cell, column) => cell.classList.toggle("number", areNumbers[column]));
  const table = made("table", {}, made("thead", {}, made("tr", {}, ...heads)), body);
  const more = button(`Show all ${rows.length} rows`, "quiet", () => {
    isWhole = true;
    more.remove();
    fill();
  });
  const whole = made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Table of ${about}` }, table);
  fill();
  const shown = [whole, isWhole ? null : more];
  if (state === "open") return made("div", { class: "table" }, ...shown);
  const counted = rows.length === 1 ? "1 row" : `${rows.length} rows`;
  return made("details", { class: "fold table" }, made("summary", {}, made("span", {}, "Table"), made("span", { class: "of" }, counted)), ...shown);

  function head(name, column) {
    // The corner of a comparison has no name, and what has none is no button.
    if (name === "") return made("td", {});
    return made("th", { scope: "col" }, button(name, "head", () => sort(column)));
  }

  function sort(column) {
    if (order.column !== column) Object.assign(order, { column, direction: areNumbers[column] ? -1 : 1, presses: 1 });
    else if (order.presses === 1) Object.assign(order, { direction: -order.direction, presses: 2 });
    else Object.assign(order, { column: null });
    heads.forEach((cell, index) => {
      if (index === order.column) cell.setAttribute("aria-sort", order.direction > 0 ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    });
    fill();
  }

  function kind(text, column) {
    if (areNumbers[column]) return "number";
    return text.length <= SHORT ? "short" : null;
  }

  function fill() {
    const sorted = order.column === null ? rows : [...rows].sort((left, right) => compare(left[order.column], right[order.column], order.direction));
    const few = isWhole ? sorted : sorted.slice(0, FIRST_ROWS);
    body.replaceChildren(
      ...few.map((cells) => made("tr", {}, ...cells.map((text, column) => made("td", { class: kind(text, column), dir: "auto" }, text)))),
    );
  }
}

/** The number that a cell begins with, as `0.8702 ★`; `null` where it has none. */
function numberOf(text) {
  const found = NUMBER.exec(text.replace(/\s*★$/, "").trim());
  return found ? Number(found[1].replaceAll(",", "")) : null;
}

/** What has no place in an order of numbers. */
const isMissing = (text) => ["", "–", "-", "NaN"].includes(text);

function isNumeric(rows, column) {
  const texts = rows.map((cells) => cells[column] ?? "").filter((text) => !isMissing(text));
  return texts.length > 0 && texts.every((text) => numberOf(text) !== null);
}

/** What is missing comes last, whichever way it goes. */
function compare(left, right, direction) {
  if (isMissing(left) || isMissing(right)) return Number(isMissing(left)) - Number(isMissing(right));
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== null && b !== null) return (a - b) * direction;
  return left.localeCompare(right, "en", { numeric: true }) * direction;
}
