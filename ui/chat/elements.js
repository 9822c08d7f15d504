// Elements made of text and other elements. Nothing here reads markup, so what comes from the store stays text.

/** An element with its attributes and listeners (`onclick`), and what stands in it: texts, elements, or nothing (`null`). */
export function made(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button that does something. */
export function button(words, className, onclick, attributes = {}) {
  return made("button", { type: "button", class: className, onclick, ...attributes }, words);
}

export const byId = (id) => document.getElementById(id);

/** A copy without the characters that turn the direction of what stands around them. */
export function upright(value) {
  if (typeof value === "string") return value.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
  if (Array.isArray(value)) return value.map(upright);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, upright(inner)]));
}

/** A name with a hyphen that fits on a line. */
const HYPHENATED = /([\p{L}\p{N}_./]+(?:-[\p{L}\p{N}_./]+)+)/u;
const LONGEST_WHOLE = 30;

/** Words in which no name is broken at its hyphen, nor a sign from its number. */
export function unbroken(words) {
  return words.split(HYPHENATED).map((part, index) => (index % 2 === 0 || part.length > LONGEST_WHOLE ? part : made("span", { class: "whole" }, part)));
}

/** Words with the names in them, which stand in backticks, set apart. */
export function named(words) {
  return words.split(/`([^`]+)`/).flatMap((part, index) => (index % 2 === 0 ? unbroken(part) : made("code", {}, ...unbroken(part))));
}

/** Words as models write them: with what is strong between two asterisks. */
export function written(words) {
  const parts = words.split(/\*\*([^\s*](?:[^*]*[^\s*])?)\*\*/);
  return parts.flatMap((part, index) => (index % 2 === 0 ? named(part) : made("strong", {}, ...named(part))));
}

/** An argument of a call, as a person would write it. */
export function spoken(value) {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(spoken).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name} = ${spoken(inner)}`)
    .join(", ");
}

/** How long something took, for people. */
export function lasted(milliseconds) {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Lets the browser save a file. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = made("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
