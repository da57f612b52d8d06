// A page of one origin calls an API of another; prints the archive or the console of Chromium.
const { chromium } = require("playwright-core");
const fs = require("fs");
const [, , api, what, page_address] = process.argv;

(async () => {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
  const context = await browser.newContext(what === "har" ? { recordHar: { path: "browser.har", mode: "full" } } : {});
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => said.push(`${message.location().url}:${message.location().lineNumber + 1} ${message.text()}`));
  await page.goto(page_address + "/empty-page").catch(() => {});
  await page.evaluate(async (address) => {
    const tries = [
      () => fetch("/login", { method: "POST", body: "user=ada" }),
      () => fetch("/me", { headers: { "X-Request-Id": "7" } }),
      () => fetch(address + "/cors/v1/me", { headers: { Authorization: "Bearer expired-3f9a" } }),
      () => fetch("/v1/me", { headers: { Authorization: "Bearer expired-3f9a" } }),
    ];
    for (const one of tries) await one().then((answer) => answer.text()).catch((error) => console.error(String(error)));
  }, api);
  await context.close();
  await browser.close();
  console.log(what === "har" ? fs.readFileSync("browser.har", "utf8") : said.join("\n"));
})();
