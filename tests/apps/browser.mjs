// A real Chromium and the looks in which the page is tried. A page that complains, breaks its content policy or asks anybody but its
// own service has failed, whatever else it shows; so has one in which axe-core finds a serious fault.

import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const LOOKS = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: "light", isMobile: true, hasTouch: true },
};

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function browser(pictureFolder) {
  if (pictureFolder) await mkdir(pictureFolder, { recursive: true });
  const chromiumBrowser = await chromium.launch({
    executablePath: process.env.TRIALOGUE_TEST_CHROMIUM ?? "/usr/bin/chromium",
    // Chromium does not start as root with its own sandbox.
    args: process.getuid() === 0 ? ["--no-sandbox"] : [],
  });
  const count = { checks: 0, failed: 0 };

  /** Opens the page of `origin` as `look` and runs `body`; `may` names what the browser is expected to complain of. */
  async function check(name, look, origin, body, may = null) {
    count.checks += 1;
    const complaints = [];
    const expect = (what, found, expected) => {
      const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
      if (left !== right) complaints.push(`${what}: ${left} instead of ${right}`);
    };
    const context = await chromiumBrowser.newContext({ ...LOOKS[look], acceptDownloads: true, reducedMotion: "reduce" });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      page.on("console", (message) => {
        const isBad = ["error", "warning"].includes(message.type());
        if (isBad && !may?.test(message.text())) complaints.push(`console: ${message.text()}`);
      });
      page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
      page.on("request", (request) => {
        const isOurs = request.url().startsWith(`${origin}/`) || request.url().startsWith("blob:");
        if (!isOurs) complaints.push(`a request for ${request.url()}`);
        if (/trl_/.test(request.url())) complaints.push("a key in an address");
      });
      page.on("requestfailed", (request) => {
        const fault = request.failure()?.errorText ?? "";
        if (fault !== "net::ERR_ABORTED" && !may?.test(fault)) complaints.push(`a request that failed: ${request.url()} ${fault}`);
      });
      await page.addInitScript(() => {
        window.violations = [];
        document.addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
      });
      await page.goto(`${origin}/`);
      await body({ page, context, expect, ask: (question) => ask(page, question) });
      await settled(page);
      for (const violation of await page.evaluate(() => window.violations)) complaints.push(`violates the policy: ${violation}`);
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      if (wide > room) complaints.push(`the page is ${wide} pixels wide on a screen of ${room}`);
      complaints.push(...(await faults(page)));
      if (pictureFolder) await page.screenshot({ path: join(pictureFolder, `${name.replaceAll(/\W+/g, "_")}_${look}.png`) });
    } catch (error) {
      complaints.push(error.message);
    } finally {
      await context.close();
    }
    if (complaints.length > 0) count.failed += 1;
    console.log(`${complaints.length === 0 ? "ok  " : "FAIL"} ${name}, ${look}`);
    for (const complaint of complaints) console.log(`     ${complaint}`);
  }

  return { check, count, close: () => chromiumBrowser.close() };
}

/** Asks a question and waits for the end of its turn, however it ends. */
export async function ask(page, question) {
  await page.fill("#question", question);
  await page.press("#question", "Enter");
  await over(page);
}

/** Waits until the last turn is over. */
export async function over(page) {
  await page.locator(".turn:last-child .end > *").first().waitFor();
  await page.locator(".turn[aria-busy]").waitFor({ state: "detached" });
}

/** Waits until charts are drawn and nothing moves. */
async function settled(page) {
  await page.waitForFunction(() => [...document.querySelectorAll(".drawing")].every((place) => place.clientWidth === 0 || place.firstElementChild));
  await page.waitForTimeout(250);
}

/** What axe-core finds serious or critical. */
async function faults(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const serious = found.violations.filter((violation) => ["serious", "critical"].includes(violation.impact));
  return serious.map((violation) => `axe, ${violation.impact}: ${violation.id}: ${violation.nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join("; ")}`);
}
