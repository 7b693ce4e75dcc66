// Node's part for relying parties in other languages: walks one address through the hosted pages in Chromium.
// Reads a line of JSON {url, destination, email, password, accounts, state} from standard input for each visit and
// answers with a line {url}. The browser keeps its cookies between visits and ends with the input.
import { createInterface } from 'node:readline'
import { listen } from './callback.mjs'
import { launch } from './chromium.mjs'
import { through } from './hosted.mjs'

const browser = await launch()
const page = await (await browser.newContext()).newPage()
const servers = new Map()

for await (const line of createInterface({ input: process.stdin })) {
  const { url, destination, ...who } = JSON.parse(line)
  const { origin } = new URL(destination)
  if (!servers.has(origin)) servers.set(origin, await listen(origin))
  await page.goto(url)
  const reached = await through(page, who, destination)
  process.stdout.write(`${JSON.stringify({ url: reached.href })}\n`)
}
await browser.close()
for (const server of servers.values()) await server.close()
