// Light or dark, as the reader chose here, else as his system says. It runs before the page is shown, so that nothing flashes.
"use strict";

const theme = (() => {
  const KEPT_AS = "trialogue-theme";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const listeners = [];

  /** Browsers may keep nothing for a page, and say so by throwing. */
  function kept() {
    try {
      return localStorage.getItem(KEPT_AS);
    } catch {
      return null;
    }
  }

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  }

  function toggle() {
    const chosen = isDark() ? "light" : "dark";
    root.dataset.theme = chosen;
    try {
      localStorage.setItem(KEPT_AS, chosen);
    } catch {
      // It holds for this visit.
    }
    tell();
  }

  function tell() {
    for (const listener of listeners) listener();
  }

  if (kept() === "light" || kept() === "dark") root.dataset.theme = kept();
  system.addEventListener("change", tell);

  return { isDark, toggle, onChange: (listener) => listeners.push(listener) };
})();
