// Uses the page at `/` in a real browser: each state in light, in dark and on a phone, then what its parts do.
//
//   node page.mjs <program> <folder with hostile.db and empty.db> [<folder for the pictures>]

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LOOKS, browser, over } from "./browser.mjs";
import { refuses, says, services, stalls } from "./services.mjs";

const [program, storeFolder, pictureFolder] = process.argv.slice(2);
if (!storeFolder) {
  console.error("usage: node page.mjs <program> <folder with hostile.db and empty.db> [<folder for the pictures>]");
  process.exit(2);
}

const started = await services(program);
const { check, count, close } = await browser(pictureFolder);
const file = (name) => ["--tracking-uri", `sqlite:///${join(storeFolder, name)}`];

/** What Chromium says of an answer that is no success; what the page says of it is looked at. */
const REFUSED = /Failed to load resource/;
const BEST = "Which run had the highest F1 score?";
const CREATE = 'Create an experiment called pilot with description "A first try" and tags team=risk';

const demo = await started.serve(["--demo"]);
const { file: keyFile, key } = await started.key();
const locked = await started.serve(["--demo", "--keys", keyFile]);
const few = await started.serve(["--demo"], { TRIALOGUE_REQUESTS_PER_MINUTE: "3" });
const noStore = await started.serve(["--tracking-uri", "http://127.0.0.1:9"]);
const empty = await started.serve(file("empty.db"));
const hostile = await started.serve(file("hostile.db"));
const readOnly = await started.serve(["--demo", "--read-only"]);
const deadModel = await started.serveWithModel(refuses);
const slowModel = await started.serveWithModel(stalls);
const writer = await started.serveWithModel(says("**run-017** has the highest f1_score:\n\n- f1_score 0.912\n- `accuracy` 0.95"));
const liar = await started.serveWithModel(says("run-017 has the highest f1_score: 0.987."));

/** States of the page: the service, how one gets there, and what the browser may say of it. */
const STATES = {
  "first screen": [demo, async ({ page, expect }) => {
    await page.locator(".example").first().waitFor();
    expect("examples", await page.locator(".example").count(), 4);
    expect("the store", (await page.locator("#store").textContent()).includes("demonstration store"), true);
  }],
  "experiments": [demo, async ({ page, ask, expect }) => {
    await ask("Show me all experiments for churn prediction");
    expect("a row", (await page.locator("tbody tr").first().textContent()).includes("churn-prediction-q1"), true);
  }],
  "best run": [demo, async ({ page, ask, expect }) => {
    await ask(BEST);
    expect("the number", (await page.locator(".answer").textContent()).includes("0.912"), true);
    expect("bars", await page.locator(".drawing svg .mark-rect path").count(), 5);
    expect("the experiment", await page.locator("#experiment option:checked").textContent(), "churn-prediction-q1");
    expect("suggestions", await page.locator(".suggestion").count(), 3);
  }],
  "comparison": [demo, async ({ page, ask, expect }) => {
    await ask("Compare the last 3 runs of churn-prediction-q1");
    expect("caveats", (await page.locator(".caveats").textContent()).includes("run-024 is running"), true);
  }],
  "curve": [demo, async ({ page, ask, expect }) => {
    await ask("Plot the training loss curve for run 17");
    await page.locator(".drawing svg .mark-line path").first().waitFor();
    expect("the title", (await page.locator(".chart h3").textContent()).includes("training_loss"), true);
  }],
  "follow-up": [demo, async ({ page, ask, expect }) => {
    await ask(BEST);
    await page.locator(".suggestion").first().click();
    await page.locator(".turn").nth(1).waitFor();
    await over(page);
    expect("it is about the best run", (await page.locator(".turn").nth(1).locator("h2").textContent()), "Plot the training_loss curve for run-017");
    expect("old suggestions", await page.locator(".turn").first().locator(".suggestion").count(), 0);
  }],
  "enlarged": [demo, async ({ page, ask, expect }) => {
    await ask("Plot the training loss for the best 3 runs of churn-prediction-q1");
    await page.getByRole("button", { name: "Enlarge" }).click();
    await page.locator("dialog.large .drawing svg").waitFor();
    expect("curves", await page.locator("dialog.large .mark-line path").count(), 3);
  }],
  "impact": [demo, async ({ page, ask, expect }) => {
    await ask("Which parameters matter most for f1_score in churn-prediction-q1?");
    expect("bars", (await page.locator(".drawing svg .mark-rect path").count()) >= 2, true);
  }],
  "calls unfolded": [demo, async ({ page, ask, expect }) => {
    await ask(BEST);
    await page.locator(".fold > summary").last().click();
    await page.locator(".raw > summary").click();
    await page.waitForFunction(() => document.querySelector(".raw pre").textContent !== "");
    expect("the result", JSON.parse(await page.locator(".raw pre").textContent()).metric, "f1_score");
    expect("arguments", await page.locator(".call dt").allTextContents(), ["metric", "direction"]);
    await page.locator(".call").scrollIntoViewIfNeeded();
  }],
  "long table": [demo, async ({ page, ask, expect }) => {
    await ask("Show all runs of churn-prediction-q1");
    await page.getByRole("button", { name: /^Show all \d+ rows$/ }).click();
    expect("rows", await page.locator("tbody tr").count(), 20);
  }],
  "confirmation": [demo, async ({ page, ask, expect }) => {
    await ask(CREATE);
    expect("what would be written", await page.locator(".confirmation dd").allTextContents(), ["pilot", "A first try", "team = risk"]);
    await page.locator(".confirmation").scrollIntoViewIfNeeded();
  }],
  "declined": [demo, async ({ page, ask, expect }) => {
    await ask(CREATE);
    await page.getByRole("button", { name: "No", exact: true }).click();
    await page.locator(".turn").nth(1).waitFor();
    await over(page);
    expect("the answer", await page.locator(".turn").nth(1).locator(".answer").textContent(), "Nothing was written.");
  }],
  "not found": [demo, async ({ page, ask, expect }) => {
    await ask("show run 9999 of churn-prediction-q1");
    expect("the names there are", (await page.locator(".answer code").allTextContents()).includes("run-024"), true);
  }],
  "not understood": [demo, async ({ page, ask, expect }) => {
    await ask("what is the weather in Paris");
    expect("what can be asked", (await page.locator(".answer").textContent()).includes("You can ask me"), true);
  }],
  "forbidden": [readOnly, async ({ page, ask, expect }) => {
    await ask(CREATE);
    expect("no question", await page.locator(".confirmation").count(), 0);
    expect("the answer", (await page.locator(".answer").textContent()).includes("read-only"), true);
  }],
  "dead model": [deadModel, async ({ page, ask, expect }) => {
    await ask(BEST);
    expect("it is said", (await page.locator(".notice").textContent()).includes("model did not answer"), true);
    expect("the answer", (await page.locator(".answer").textContent()).includes("0.912"), true);
  }],
  "invented number": [liar, async ({ page, ask, expect }) => {
    await ask(BEST);
    expect("it is said", (await page.locator(".notice").textContent()).includes("0.987"), true);
    expect("the answer", [(await page.locator(".answer").textContent()).includes("0.987"), (await page.locator(".answer").textContent()).includes("0.912")], [false, true]);
  }],
  "a model's own words": [writer, async ({ page, ask, expect }) => {
    await ask(BEST);
    expect("strong words", await page.locator(".answer p strong").allTextContents(), ["run-017"]);
    expect("a list", await page.locator(".answer ul li").allTextContents(), ["f1_score 0.912", "accuracy 0.95"]);
    expect("names in it", await page.locator(".answer li code").allTextContents(), ["accuracy"]);
  }],
  "answering": [slowModel, async ({ page, expect }) => {
    await page.fill("#question", BEST);
    await page.press("#question", "Enter");
    await page.locator(".working").waitFor();
    expect("stop is offered", await page.locator("#stop").isVisible(), true);
  }],
  "stopped": [slowModel, async ({ page, expect }) => {
    await page.fill("#question", BEST);
    await page.press("#question", "Enter");
    await page.locator(".working").waitFor();
    await page.keyboard.press("Escape");
    await over(page);
    expect("it is said", (await page.locator(".turn .notice").textContent()).includes("Stopped"), true);
  }],
  "dead store": [noStore, async ({ page, ask, expect }) => {
    await page.locator(".trouble").waitFor();
    expect("at the beginning", await page.locator(".trouble h3").textContent(), "The tracking store does not answer");
    await ask(BEST);
    expect("and after a question", await page.locator(".turn .trouble h3").textContent(), "The tracking store does not answer");
    expect("again", await page.locator(".turn .trouble button").first().isVisible(), true);
  }, REFUSED],
  "empty store": [empty, async ({ page, expect }) => {
    await page.locator("#welcome .card").waitFor();
    expect("it is said", await page.locator("#welcome .card h3").textContent(), "There is nothing here yet");
  }],
  "too many questions": [few, async ({ page, expect }) => {
    await page.locator(".trouble").first().waitFor({ timeout: 2_000 }).catch(() => {});
    for (let asked = 0; asked < 4 && (await page.locator(".turn .trouble").count()) === 0; asked += 1) {
      await page.fill("#question", "best run");
      await page.press("#question", "Enter");
      await over(page);
    }
    expect("it is said", await page.locator(".turn .trouble h3").textContent(), "A little too fast");
    expect("one waits", await page.locator(".turn .trouble button").isDisabled(), true);
  }, REFUSED],
  "key wanted": [locked, async ({ page, expect }) => {
    await page.locator("dialog[open]").waitFor();
    await page.fill("#key", "trl_00000000_wrong");
    await page.press("#key", "Enter");
    await page.locator("dialog .wrong").waitFor();
    expect("nothing of the store", await page.locator(".example").count(), 0);
  }, REFUSED],
  "hostile names": [hostile, async ({ page, ask, expect }) => {
    await ask("Show all runs of churn-prediction-q1");
    await ask("Compare the last 3 runs of churn-prediction-q1");
    const cells = (await page.locator("td").allTextContents()).join(" ");
    expect("they are text", cells.includes("<img src=x onerror="), true);
    expect("they are no markup", await page.locator("#turns img, #turns script, #turns iframe, #turns a").count(), 0);
    expect("they are not run", await page.evaluate(() => window.wasRun ?? false), false);
  }],
};

for (const [name, [origin, body, may]] of Object.entries(STATES)) {
  await Promise.all(Object.keys(LOOKS).map((look) => check(name, look, origin, body, may)));
}

for (const look of Object.keys(LOOKS)) {
  const mortal = await started.serveWithModel(stalls);
  await check("service gone", look, mortal, async ({ page, ask, expect }) => {
    await page.locator(".example").first().waitFor();
    await page.fill("#question", BEST);
    await page.press("#question", "Enter");
    await page.locator(".working", { hasText: "The model" }).waitFor();
    started.stop(mortal);
    await over(page);
    expect("an answer that was cut off", await page.locator(".turn .trouble h3").textContent(), "The answer was cut off");
    await ask(BEST);
    expect("and no more", await page.locator(".turn").nth(1).locator(".trouble h3").textContent(), "Trialogue does not answer");
  }, /ERR_|Failed to load resource/);
}
await check("agreeing writes", "light", demo, async ({ page, ask, expect }) => {
  const name = `pilot-${Date.now()}`;
  await ask(`Create an experiment called ${name}`);
  await page.getByRole("button", { name: "Write it" }).click();
  await page.locator(".turn").nth(1).waitFor();
  await over(page);
  expect("the answer", (await page.locator(".turn").nth(1).locator(".answer").textContent()).includes(`The experiment ${name} is created`), true);
});
await check("a key is kept in the tab, in no address, and can be forgotten", "light", locked, async ({ page, context, expect }) => {
  await page.locator("dialog[open]").waitFor();
  await page.fill("#key", key);
  await page.press("#key", "Enter");
  await page.locator(".example").first().waitFor();
  expect("kept in the tab", await page.evaluate(() => [Object.values(sessionStorage).some((kept) => kept.startsWith("trl_")), JSON.stringify(localStorage).includes("trl_"), document.cookie]), [true, false, ""]);
  await page.reload();
  await page.locator(".example").first().waitFor();
  const other = await context.newPage();
  await other.goto(`${locked}/`);
  await other.locator("dialog[open]").waitFor();
  await other.close();
  await page.locator("#forget-key").click();
  await page.locator("dialog[open]").waitFor();
}, REFUSED);
await check("the keyboard alone is enough", "light", demo, async ({ page, expect }) => {
  await page.locator(".example").first().waitFor();
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Tab");
  expect("the first stop skips to the question", await page.evaluate(() => document.activeElement.className), "skip");
  expect("it is seen", (await page.locator(".skip").boundingBox()).y >= 0, true);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("/");
  expect("a slash leads to the question", await page.evaluate(() => document.activeElement.id), "question");
  await page.keyboard.type("Which run had the");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("highest F1 score?");
  expect("a new line", (await page.inputValue("#question")).split("\n").length, 2);
  await page.keyboard.press("Enter");
  await over(page);
  expect("focus is where the next question is written", await page.evaluate(() => document.activeElement.id), "question");
  expect("it is read out", (await page.locator("#said").textContent()).includes("0.912"), true);
  await page.keyboard.press("ArrowUp");
  expect("the last question", (await page.inputValue("#question")).startsWith("Which run had the"), true);
  await page.keyboard.press("ArrowDown");
  expect("and back", await page.inputValue("#question"), "");
  for (let stops = 0; stops < 40; stops += 1) {
    await page.keyboard.press("Shift+Tab");
    const ring = await page.evaluate(() => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      return element === document.body || element.id === "question" || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1);
    });
    if (!ring) expect("a ring around", await page.evaluate(() => document.activeElement.outerHTML.slice(0, 80)), "…");
  }
  await page.keyboard.press("Control+k");
  expect("so does Ctrl+K", await page.evaluate(() => document.activeElement.id), "question");
});
await check("tables sort", "light", demo, async ({ page, ask, expect }) => {
  await ask("Show me all experiments");
  const runs = () => page.locator("tbody tr td:nth-child(2)").allTextContents();
  const [first, head] = [await runs(), page.getByRole("button", { name: "runs", exact: true })];
  await head.click();
  expect("down", await runs(), [...first].sort((a, b) => b - a));
  expect("it is said", await page.locator("th[aria-sort]").getAttribute("aria-sort"), "descending");
  await head.click();
  expect("up", await runs(), [...first].sort((a, b) => a - b));
  await head.click();
  expect("as it came", [await runs(), await page.locator("th[aria-sort]").count()], [first, 0]);
});
await check("a chart has tooltips, zooms and is drawn anew in other colours", "light", demo, async ({ page, ask, expect }) => {
  await ask("Plot the training loss curve for run 17");
  const line = page.locator(".drawing svg .mark-line path").first();
  await line.waitFor();
  const point = await page.locator(".drawing svg .mark-symbol path").nth(10).boundingBox();
  await page.mouse.move(point.x + point.width / 2, point.y + point.height / 2);
  await page.locator(".tooltip").waitFor();
  expect("the tooltip", (await page.locator(".tooltip dt").allTextContents()).includes("step"), true);
  const colour = () => page.locator(".drawing svg .role-axis-label text").first().getAttribute("fill");
  const light = await colour();
  await page.click("#theme");
  await page.waitForFunction((light) => document.querySelector(".drawing svg .role-axis-label text")?.getAttribute("fill") !== light, light);
  expect("the page is dark", await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await page.reload();
  expect("and stays so", await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await page.locator(".drawing svg").first().waitFor();
  await page.getByRole("button", { name: "Enlarge" }).click();
  const large = page.locator("dialog.large .drawing svg .mark-line path");
  await large.waitFor();
  const before = await large.getAttribute("d");
  const path = (expected) => page.waitForFunction(([before, expected]) => (document.querySelector("dialog.large .mark-line path").getAttribute("d") === before) === expected, [before, expected]);
  const box = await page.locator("dialog.large .drawing svg .background").first().boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, -240);
  await path(false);
  await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
  await path(true);
});
await check("an experiment is picked", "light", demo, async ({ page, ask, expect }) => {
  await page.locator("#experiment option", { hasText: "fraud-detection" }).waitFor({ state: "attached" });
  await page.selectOption("#experiment", { label: "fraud-detection" });
  await page.locator(".example", { hasText: "What is logged in fraud-detection?" }).waitFor();
  await ask("Which run had the highest F1 score?");
  expect("it is asked about", (await page.locator(".answer").textContent()).includes("in fraud-detection"), true);
});
await check("conversations are listed, opened, exported and deleted", "light", demo, async ({ page, ask, expect }) => {
  const question = `What is logged in demand-forecast? ${Date.now()}`;
  await ask(question);
  await ask("Which run had the lowest mape?");
  const item = page.locator("#past li", { hasText: question });
  await item.waitFor();
  const [exported] = await Promise.all([page.waitForEvent("download"), page.click("#export")]);
  expect("the export", JSON.parse(await readFile(await exported.path(), "utf8")).turns.length, 2);
  await page.click("#new");
  await page.locator("#welcome").waitFor();
  expect("a new one is empty", [await page.locator(".turn").count(), new URL(page.url()).hash], [0, ""]);
  await item.locator("a").click();
  await page.locator(".turn").nth(1).waitFor();
  expect("the turns", await page.locator(".question").allTextContents(), [question, "Which run had the lowest mape?"]);
  await ask("and its learning rate?");
  expect("it goes on", await page.locator(".turn").count(), 3);
  await page.reload();
  await page.locator(".turn").nth(2).waitFor();
  await page.locator("#experiment option", { hasText: "fraud-detection" }).waitFor({ state: "attached" });
  expect("the experiment", await page.locator("#experiment option:checked").textContent(), "demand-forecast");
  expect("what could be asked next", await page.locator(".suggestion").count(), await page.locator(".turn").last().locator(".suggestion").count());
  expect("something could", (await page.locator(".suggestion").count()) > 0, true);
  await item.hover();
  await item.getByRole("button").click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.locator("#welcome").waitFor();
  expect("it is gone", await item.count(), 0);
});
await check("an answer is shared as a file with its numbers and no script", "light", demo, async ({ page, context, ask, expect }) => {
  await ask(BEST);
  const [shared] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as HTML" }).click()]);
  expect("its name", shared.suggestedFilename(), "trialogue-answer-1.html");
  const alone = await context.newPage();
  const loaded = [];
  alone.on("request", (request) => loaded.push(request.url()));
  const path = join(storeFolder, shared.suggestedFilename());
  await shared.saveAs(path);
  await alone.goto(`file://${path}`);
  const words = await alone.locator("body").textContent();
  for (const part of ["0.912", "run-017", "left out of the ranking", "best_run"]) expect(part, words.includes(part), true);
  expect("a picture", await alone.locator("svg .bar").count(), 5);
  expect("scripts and links", await alone.locator("script, a, link, img, iframe").count(), 0);
  expect("what it loads", loaded.filter((url) => !url.startsWith("file:")), []);
  if (pictureFolder) await alone.screenshot({ path: join(pictureFolder, "shared_file.png"), fullPage: true });
  await alone.close();
});
await check("what came late does not disturb what was opened since", "light", slowModel, async ({ page, expect }) => {
  await page.fill("#question", BEST);
  await page.press("#question", "Enter");
  await page.locator(".working").waitFor();
  await page.click("#new");
  await page.locator("#welcome").waitFor();
  expect("turns", [await page.locator(".turn").count(), await page.locator("#send").isVisible()], [0, true]);
});
await check("nothing moves while an answer comes", "light", demo, async ({ page, ask, expect }) => {
  await page.evaluate(() => {
    window.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.waitForTimeout(600);
  await ask(BEST);
  await page.locator(".drawing svg").waitFor();
  await page.waitForTimeout(300);
  expect("little shifts", (await page.evaluate(() => window.shifts)) < 0.05, true);
});
await check("the drawer of a phone opens and closes", "phone", demo, async ({ page, expect }) => {
  expect("out of reach", await page.evaluate(() => document.getElementById("side").inert), true);
  await page.click("#open-side");
  await page.locator("#new").waitFor();
  expect("focus", await page.evaluate(() => document.activeElement.id), "close-side");
  await page.keyboard.press("Escape");
  expect("back", await page.evaluate(() => [document.activeElement.id, document.getElementById("side").inert]), ["open-side", true]);
  await page.click("#open-side");
});

await close();
await started.end();
console.log(`${count.checks} checks, ${count.failed} failed`);
process.exit(count.failed === 0 ? 0 : 1);
