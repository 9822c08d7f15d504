// Shows the view of MCP Apps in a real browser, the way hosts do: in a sandbox, under the content policy that hosts apply unless told
// otherwise, over the bridge of the extension's own package. Fails where the view does not show what the result has, loads anything,
// or takes data for markup.
//
//   node view.mjs <folder with view.html and *.vl.json> [<folder for the pictures>]

import { createServer } from "node:http";
import { mkdir, readFile, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";

/** "If `ui.csp` is omitted, Host MUST use" this policy [io.modelcontextprotocol/ui, 2026-01-26]. */
const DEFAULT_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:; connect-src 'none'";

/** High enough for every chart, so that nothing is drawn anew for a picture. */
const HEIGHT = 2600;

const HOSTILE = "<img src=x onerror=\"window.wasRun = true\"> \u202egnp.exe </script><script>window.wasRun = true</script> & ${x}";
const SUMMARY = "The best run is run-017 with an f1_score of 0.912.";
const CAVEATS = ["2 values are not drawn because NaN or infinite", "the chart has no room for 3 more curves, bars or panels"];

const [sampleFolder, pictureFolder] = process.argv.slice(2);
if (!sampleFolder) {
  console.error("usage: node view.mjs <folder with view.html and *.vl.json> [<folder for the pictures>]");
  process.exit(2);
}
if (pictureFolder) await mkdir(pictureFolder, { recursive: true });

const server = await serve();
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({
  executablePath: process.env.TRIALOGUE_TEST_CHROMIUM ?? "/usr/bin/chromium",
  // Chromium does not start as root with its own sandbox.
  args: process.getuid() === 0 ? ["--no-sandbox"] : [],
});
let checks = 0;
let failed = 0;

const samples = new Map();
for (const file of (await readdir(sampleFolder)).filter((name) => name.endsWith(".vl.json")).sort()) {
  samples.set(basename(file, ".vl.json"), JSON.parse(await readFile(join(sampleFolder, file), "utf8")));
}
for (const [name, spec] of samples) {
  await check(name, {}, async (shown) => {
    await shown.host("input", { arguments: {} });
    await shown.host("result", resultOf(spec));
    await showsChart(shown, spec, `${name}_light`);
    await shown.host("context", { theme: "dark" });
    await until(async () => (await brightness(shown.frame)) === "light", "text becomes light");
    await showsChart(shown, spec, `${name}_dark`);
    await shown.page.setViewportSize({ width: 320, height: HEIGHT });
    await showsChart(shown, spec, `${name}_narrow`);
  });
}
const line = samples.get("lines_three_runs");
const bars = samples.get("ranking");

await check("waiting", {}, async ({ page, frame, host }) => {
  await host("input", { arguments: { metric: "f1_score" } });
  expect("it says that it waits", await frame.locator("#waiting").isVisible(), true);
  await picture(page, "waiting");
  expect("it names itself", (await host("app")).name, "trialogue-chart");
});
await check("a theme that the host does not tell is the reader's", { theme: null, prefers: "dark" }, async ({ frame, host }) => {
  await host("result", resultOf(bars));
  await drawn(frame);
  expect("text is light", await brightness(frame), "light");
});
await check("colours of the host", {}, async ({ frame, host }) => {
  await host("result", resultOf(bars));
  await host("context", { styles: { variables: { "--color-text-primary": "light-dark(#112233, #fafafa)", "--color-text-secondary": "#ddeeff" } } });
  await until(async () => (await brightness(frame)) === "light", "the names of the bars are as the host has secondary text");
  expect("the title", await frame.locator("#title").evaluate((title) => getComputedStyle(title).color), "rgb(17, 34, 51)");
});
await check("a later result takes the place of the one before", {}, async ({ frame, host }) => {
  await host("result", resultOf(line));
  await host("result", resultOf(bars));
  await drawn(frame);
  expect("bars", await frame.locator(".mark-rect.role-mark path").count(), bars.data.values.length);
  expect("charts", await frame.locator("#chart svg").count(), 1);
});
await check("a host that hides the view until it has a result", {}, async ({ frame, host }) => {
  await host("hidden", true);
  await host("result", resultOf(bars));
  await host("hidden", false);
  await drawn(frame);
});
await check("very many points", {}, async ({ frame, host }) => {
  const values = Array.from({ length: 6000 }, (_, x) => ({ label: "run-017", x, value: Math.sin(x / 300) }));
  await host("result", resultOf({ ...line, data: { values } }));
  await frame.locator("#chart canvas").waitFor();
});
await check("names that are markup stay text", {}, async ({ page, frame, host }) => {
  const values = bars.data.values.map((row, index) => ({ ...row, label: `${index} ${HOSTILE}` }));
  const spec = structuredClone({ ...bars, data: { values }, title: { text: HOSTILE, subtitle: HOSTILE } });
  spec.encoding.y.scale.domain = values.map((row) => row.label);
  await host("result", { ...resultOf(spec), content: [{ type: "text", text: HOSTILE }], structuredContent: { caveats: [HOSTILE] } });
  await drawn(frame);
  for (const part of ["#title", "#subtitle", "#caveats li"]) expect(part, await frame.locator(part).textContent(), HOSTILE.replace("\u202e", ""));
  await frame.locator(".mark-rect.role-mark path").nth(1).hover();
  await frame.locator(".tooltip").waitFor();
  expect("the tooltip", await frame.locator(".tooltip dd").first().textContent(), values[1].label.replace("\u202e", ""));
  await picture(page, "tooltip");
});
await check("a result without a chart shows its text", {}, async ({ page, frame, host }) => {
  const text = `churn-prediction-q1 has 24 runs, the last 2 are:\n\n|run|f1_score|note|\n|-|-|-|\n|run-024|0.891|a\\|b|\n|run-023|0.912|${HOSTILE}|\nNote: ${CAVEATS[0]}.`;
  await host("result", { content: [{ type: "text", text }, { type: "image", data: "", mimeType: "image/png" }], structuredContent: { caveats: CAVEATS } });
  await frame.locator("#text table").waitFor();
  expect("the words", await frame.locator("#text p").allTextContents(), ["churn-prediction-q1 has 24 runs, the last 2 are:", `Note: ${CAVEATS[0]}.`]);
  expect("the columns", await frame.locator("th").allTextContents(), ["run", "f1_score", "note"]);
  expect("the cells", await frame.locator("td").allTextContents(), ["run-024", "0.891", "a|b", "run-023", "0.912", HOSTILE.replace("\u202e", "")]);
  expect("the caveats that the text does not have", await frame.locator("#caveats li").allTextContents(), [CAVEATS[1]]);
  expect("problem", await frame.locator("#problem").isVisible(), false);
  await picture(page, "text");
  await page.setViewportSize({ width: 320, height: HEIGHT });
  await until(() => frame.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "a wide table scrolls by itself");
  await picture(page, "text_narrow");
});
await check("structured content alone is shown as it is", {}, async ({ frame, host }) => {
  await host("result", { content: [], structuredContent: { runs: 24 } });
  await frame.locator("#text").waitFor();
  expect("the text", JSON.parse(await frame.locator("#text").textContent()), { runs: 24 });
});
await check("a failed call says so", {}, async ({ page, frame, host }) => {
  await host("result", { isError: true, content: [{ type: "text", text: "no experiment is called `chrun`; there are `churn-prediction-q1` and `fraud`" }] });
  await frame.locator("#problem").waitFor();
  expect("the problem", await frame.locator("#problem").textContent(), "The call failed.");
  expect("the text", (await frame.locator("#text").textContent()).includes("`chrun`"), true);
  await picture(page, "failed");
});
await check("an empty result says so", {}, async ({ frame, host }) => {
  await host("result", { content: [] });
  await frame.locator("#problem").waitFor();
  expect("the problem", await frame.locator("#problem").textContent(), "The result is empty.");
});
await check("a call that was cancelled says so", {}, async ({ frame, host }) => {
  await host("cancelled", { reason: "by the user" });
  await frame.locator("#problem").waitFor();
  expect("the problem", await frame.locator("#problem").textContent(), "The call was cancelled: by the user.");
});

const outside = `${origin}/outside`;
const foreign = {
  "data from elsewhere": { ...bars, data: { url: outside } },
  "data from elsewhere in a lookup": { ...bars, transform: [{ lookup: "label", from: { data: { url: outside }, key: "label", fields: ["x"] } }] },
  "data by name": { ...bars, data: { name: "rows" }, datasets: { rows: [] } },
  "rows that are no plain values": { ...bars, data: { values: [{ label: "a", value: { signal: "x" } }] } },
  "a picture": { ...bars, layer: [{ mark: { type: "image" }, encoding: { url: { value: outside } } }] },
  "a picture as the mark's name": { ...bars, layer: [{ mark: "image" }] },
  "a link": { ...bars, layer: [{ mark: { type: "bar", href: outside } }] },
  "a paint from elsewhere": { ...bars, layer: [{ mark: { type: "bar", fill: `url(${outside}#paint)` } }] },
  "options of the embedding": { ...bars, usermeta: { embedOptions: { actions: true } } },
  "an input": { ...bars, params: [{ name: "x", value: 1, bind: { input: "range" } }] },
  "no object": [1, 2],
  "what Vega-Lite cannot read": { ...bars, layer: [{ mark: "bar", encoding: { x: { field: "value", type: "quantitative", axis: { labelExpr: "((" } } } }] },
};
await check("what is more than a drawing is refused", {}, async ({ page, frame, host }) => {
  for (const [what, spec] of Object.entries(foreign)) {
    await host("result", resultOf(bars));
    await drawn(frame);
    await host("result", resultOf(spec));
    await frame.locator("#problem").waitFor();
    expect(what, (await frame.locator("#problem").textContent()).startsWith("The chart cannot be drawn: "), true);
    expect(what, await frame.locator("#text").textContent(), SUMMARY);
    expect(what, await frame.locator("#chart *").count(), 0);
    if (what === "a link") await picture(page, "refused");
  }
});
await check("requests of the host", {}, async ({ host }) => {
  expect("a method that it does not know", (await host("ask", "no/such")).error?.code, -32601);
  expect("an inherited name is no method", (await host("ask", "toString")).error?.code, -32601);
  expect("ping", (await host("ask", "ping")).result, {});
  expect("teardown", await host("teardown"), {});
});

await browser.close();
server.close();
console.log(`${checks} checks, ${failed} failed`);
process.exit(failed === 0 && samples.size > 0 ? 0 : 1);

/** The host page, its bridge and the view, on this machine. */
async function serve() {
  const bridge = await build({
    stdin: { contents: 'export { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";', resolveDir: import.meta.dirname },
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  const files = {
    "/host.html": { type: "text/html", body: await readFile(join(import.meta.dirname, "host.html")) },
    "/bridge.js": { type: "text/javascript", body: bridge.outputFiles[0].contents },
    "/view.html": { type: "text/html", policy: DEFAULT_POLICY, body: await readFile(join(sampleFolder, "view.html")) },
  };
  const server = createServer((request, response) => {
    const file = files[request.url];
    if (!file) return response.writeHead(404).end();
    const policy = file.policy ? { "content-security-policy": file.policy } : {};
    response.writeHead(200, { "content-type": `${file.type}; charset=utf-8`, ...policy }).end(file.body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Opens the view in a fresh page and runs `body`; then nothing may have been loaded, run or complained about. */
async function check(name, { theme = "light", prefers = "light" }, body) {
  checks += 1;
  const context = await browser.newContext({ viewport: { width: 680, height: HEIGHT }, colorScheme: prefers });
  const complaints = [];
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("request", (request) => {
      const isOurs = ["/host.html", "/bridge.js", "/view.html"].some((path) => request.url() === origin + path) || request.url() === "data:,";
      if (!isOurs) complaints.push(`a request for ${request.url()}`);
    });
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
    });
    await page.goto(`${origin}/host.html`);
    const host = (method, params) => page.evaluate(([method, params]) => window.host[method](params), [method, params]);
    await page.waitForFunction(() => window.host);
    await host("open", theme === null ? {} : { theme, displayMode: "inline" });
    const frame = page.frames()[1];
    await body({ page, frame, host }).catch((error) => complaints.push(error.message));
    const inside = await frame.evaluate(() => ({
      violations: window.violations,
      wasRun: window.wasRun === true,
      // Besides what the page itself is made of.
      markup: document.querySelectorAll("img, image, a, iframe, input, object, embed, script[src], link, use, foreignObject").length,
    }));
    for (const violation of inside.violations) complaints.push(`violates the policy: ${violation}`);
    if (inside.wasRun) complaints.push("text was run as code");
    if (inside.markup > 0) complaints.push(`${inside.markup} elements that load, link or ask`);
  } catch (error) {
    complaints.push(error.message);
  } finally {
    await context.close();
  }
  if (complaints.length > 0) failed += 1;
  console.log(`${complaints.length === 0 ? "ok  " : "FAIL"} ${name}`);
  for (const complaint of complaints) console.log(`     ${complaint}`);
}

function resultOf(spec) {
  return { content: [{ type: "text", text: SUMMARY }], structuredContent: { caveats: CAVEATS }, _meta: { "trialogue/chart": spec } };
}

async function showsChart({ page, frame }, spec, name) {
  await drawn(frame);
  await until(() => fits(frame), "everything is inside the page");
  await drawn(frame);
  await picture(page, name);
  const views = spec.concat ?? [spec];
  const rows = views.flatMap((view) => view.data.values);
  const isLines = spec.mark?.type === "line";
  const count = (marks) => frame.locator(`#chart ${marks}`).count();
  expect("curves", await count(".mark-line.role-mark path"), isLines ? new Set(rows.map((row) => row.label)).size : 0);
  expect("points", await count(".mark-symbol.role-mark path"), isLines ? rows.length : 0);
  expect("bars", await count(".mark-rect.role-mark path"), isLines ? 0 : rows.length);
  expect("values", await frame.locator("#chart .mark-text.role-mark text").allTextContents(), isLines ? [] : rows.map((row) => row.text));
  expect("title", await frame.locator("#title").textContent(), spec.title.text);
  expect("caveats", await frame.locator("#caveats li").allTextContents(), CAVEATS);
  expect("what a screen reader says", await frame.getByRole("img", { name: SUMMARY }).count(), 1);
  expect("it can be focused", await frame.locator("#chart").evaluate((chart) => (chart.focus(), document.activeElement === chart)), true);
  await frame.locator("#chart").evaluate((chart) => chart.blur());
  const asked = await frame.evaluate(() => document.documentElement.scrollHeight);
  const told = await page.evaluate(() => window.host.sizes.at(-1)?.height);
  if (!(told >= 120 && told <= 2500 && Math.abs(told - asked) <= 1)) throw new Error(`asked for ${told} px, needs ${asked}`);
}

/** Waits until the chart stands there and the host has given it the height that it asked for. */
async function drawn(frame) {
  await frame.locator("#chart svg").waitFor();
  await until(() => frame.evaluate(() => Math.abs(window.innerHeight - document.documentElement.getBoundingClientRect().height) <= 1), "the host gives the height");
}

/** Whether the chart fills the page and nothing of it lies outside. */
function fits(frame) {
  return frame.evaluate(() => {
    const picture = document.querySelector("#chart svg").getBoundingClientRect();
    const words = [...document.querySelectorAll("#chart svg text")].map((text) => text.getBoundingClientRect());
    const isInside = words.every(({ left, right, bottom }) => left >= picture.left - 1 && right <= picture.right + 1 && bottom <= picture.bottom + 1);
    const isNoWider = document.documentElement.scrollWidth <= window.innerWidth && picture.right <= window.innerWidth - 13;
    return isInside && isNoWider && picture.width > 0.85 * (window.innerWidth - 28);
  });
}

function brightness(frame) {
  return frame.evaluate(() => {
    const [red] = getComputedStyle(document.querySelector("#chart .role-axis-label text")).fill.match(/[\d.]+/);
    return Number(red) > 128 ? "light" : "dark";
  });
}

async function until(isSo, what) {
  for (let tries = 0; tries < 60; tries += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not so after 3 s: ${what}`);
}

function expect(what, found, expected) {
  if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
}

async function picture(page, name) {
  if (!pictureFolder) return;
  // A frame that was just made higher is painted a little later.
  for (const frame of page.frames()) await frame.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const { width, height } = await page.locator("iframe").boundingBox();
  await page.screenshot({ path: join(pictureFolder, `${name}.png`), clip: { x: 0, y: 0, width, height: Math.max(height, 60) } });
}
