// The text of a result as paragraphs, tables and lists. Of Markdown it reads the tables that our answers have, `|a|b|` under each other,
// the lists that models write, and nothing else; what stands in them stays text.
"use strict";

const prose = (() => {
  const isRow = (line) => line?.startsWith("|");
  const isRule = (line) => /^\|(\s*:?-+:?\s*\|)+\s*$/.test(line ?? "");
  const item = (line) => /^\s*(?:[-*•]|\d+[.)])\s+(?<text>\S.*)$/.exec(line ?? "")?.groups.text;
  const isNumber = (text) => /^[-+]?\d[\d.,]*(e[-+]?\d+)?\s?%?$/i.test(text) || text === "" || text === "-";

  function made(name, ...children) {
    const element = document.createElement(name);
    element.append(...children);
    return element;
  }

  /** `|a\|b|c|` has the cells `a|b` and `c`. */
  function cells(line) {
    const inner = line.trim().replace(/^\|/, "").replace(/\|$/, "");
    return inner.split(/(?<!\\)\|/).map((cell) => cell.replaceAll("\\|", "|").trim());
  }

  function table(lines) {
    const [names, , ...rows] = lines.map(cells);
    const areNumbers = names.map((_, column) => rows.every((row) => isNumber(row[column] ?? "")));
    const row = (kind, texts) => {
      const line = made("tr", ...texts.map((text) => made(kind, text)));
      [...line.children].forEach((cell, column) => cell.classList.toggle("number", areNumbers[column] ?? false));
      return line;
    };
    return made("table", made("thead", row("th", names)), made("tbody", ...rows.map((texts) => row("td", texts))));
  }

  function list(lines) {
    return made(/^\s*\d/.test(lines[0]) ? "ol" : "ul", ...lines.map((line) => made("li", item(line))));
  }

  /** What the lines from `index` on are: rows of a table, items of a list, or text. */
  function kind(lines, index) {
    if (isRow(lines[index]) && isRule(lines[index + 1])) return "table";
    return item(lines[index]) === undefined ? "text" : "list";
  }

  /** The elements that show `text`. */
  function elements(text) {
    const shown = [];
    const lines = text.split("\n");
    while (lines.length > 0) {
      const is = kind(lines, 0);
      let length = 1;
      while (length < lines.length && (is === "table" ? isRow(lines[length]) : kind(lines, length) === is)) length += 1;
      const part = lines.splice(0, length);
      if (is === "table") shown.push(table(part));
      else if (is === "list") shown.push(list(part));
      else if (part.join("").trim() !== "") shown.push(made("p", part.join("\n").trim()));
    }
    return shown;
  }

  return { elements };
})();
