// The list of past conversations, and the drawer that holds it on narrow screens.

import { button, byId, made } from "./elements.js";
import * as service from "./service.js";

const list = byId("past");
const side = byId("side");
const veil = byId("veil");
const narrow = window.matchMedia("(max-width: 860px)");

let gone;
let current = null;
let next = null;

export function start(hands) {
  gone = hands.gone;
  byId("older").addEventListener("click", () => read(next, [...list.children]));
  byId("open-side").addEventListener("click", openDrawer);
  byId("close-side").addEventListener("click", closeDrawer);
  veil.addEventListener("click", closeDrawer);
  side.addEventListener("click", (event) => event.target.closest("a, #new") && closeDrawer());
  document.addEventListener("keydown", (event) => event.key === "Escape" && !veil.hidden && closeDrawer());
  narrow.addEventListener("change", closeDrawer);
  closeDrawer();
}

/** Marks the conversation that is open. */
export function mark(id) {
  current = id;
  for (const link of list.querySelectorAll("a")) {
    if (link.hash === `#${id}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Reads the list anew; `id` is open. */
export async function refresh(id) {
  current = id;
  await read(null, []);
}

async function read(token, before) {
  try {
    const page = await service.json(`api/v1/conversations?limit=30${token ? `&page_token=${encodeURIComponent(token)}` : ""}`);
    next = page.next_page_token;
    list.replaceChildren(...before, ...page.conversations.map(item));
    byId("older").hidden = next === null;
    byId("past-note").textContent = page.total === 0 ? "What you ask is kept here." : "";
    mark(current);
  } catch {
    byId("past-note").textContent = "The list cannot be read now.";
  }
}

function item({ conversation_id: id, title, last_used_at: used }) {
  const link = made("a", { href: `#${id}`, title }, made("span", { class: "title", dir: "auto" }, title), made("span", { class: "when" }, since(new Date(used))));
  return made("li", {}, link, button("✕", "quiet icon", () => forget(id, title), { "aria-label": `Delete “${title}”` }));
}

/** Asks whether a conversation may be deleted. */
function forget(id, title) {
  const dialog = made(
    "dialog",
    { "aria-labelledby": "forget-title" },
    made("h2", { id: "forget-title" }, "Delete this conversation?"),
    made("p", { dir: "auto" }, title),
    made(
      "div",
      { class: "choices" },
      button("Keep it", "quiet", () => dialog.close()),
      button("Delete", "filled danger", async () => {
        dialog.close();
        await service.request(`api/v1/conversations/${id}`, { method: "DELETE" }).catch(() => {});
        await refresh(current);
        gone(id);
      }),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

const STEPS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

function since(moment) {
  const seconds = (Date.now() - moment.getTime()) / 1000;
  for (const [unit, length] of STEPS) {
    if (seconds >= length) return new Intl.RelativeTimeFormat("en", { style: "narrow" }).format(-Math.floor(seconds / length), unit);
  }
  return "now";
}

function openDrawer() {
  side.inert = false;
  side.classList.add("open");
  veil.hidden = false;
  byId("open-side").setAttribute("aria-expanded", "true");
  byId("close-side").focus();
}

function closeDrawer() {
  const wasOpen = side.classList.contains("open");
  side.classList.remove("open");
  veil.hidden = true;
  byId("open-side").setAttribute("aria-expanded", "false");
  // Out of sight, so out of reach of the keyboard.
  side.inert = narrow.matches;
  if (wasOpen) byId("open-side").focus();
}
