// The text of a result as paragraphs and tables. Of Markdown it reads the tables that our answers have, `|a|b|` under each other,
// and nothing else; what stands in them stays text.
"use strict";

const prose = (() => {
  const isRow = (line) => line?.startsWith("|");
  const isRule = (line) => /^\|(\s*:?-+:?\s*\|)+\s*$/.test(line ?? "");
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

  /** The elements that show `text`. */
  function elements(text) {
    const shown = [];
    const lines = text.split("\n");
    while (lines.length > 0) {
      const isTable = isRow(lines[0]) && isRule(lines[1]);
      let length = 1;
      while (length < lines.length && (isTable ? isRow(lines[length]) : !(isRow(lines[length]) && isRule(lines[length + 1])))) length += 1;
      const part = lines.splice(0, length);
      if (isTable) shown.push(table(part));
      else if (part.join("").trim() !== "") shown.push(made("p", part.join("\n").trim()));
    }
    return shown;
  }

  return { elements };
})();
