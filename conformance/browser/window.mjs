// One browser window that watches itself: scripts that fail, policies that are broken, requests to strangers.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from '../lib/chromium.mjs'
import { facts, pictures } from '../lib/facts.mjs'
import { assertAccessible } from './accessible.mjs'

const browser = await launch()
const known = new Set([facts.issuer, facts.crm, facts.mail].map((address) => new URL(address).origin))

export const closeBrowser = () => browser.close()

/** Opens a window with no cookies, hands it to `act`, and fails if anything was wrong meanwhile. */
export async function inWindow(view, act, options = {}) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...view, ...options, name: undefined })
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  const complaints = []
  page.on('pageerror', (error) => complaints.push(`a script failed: ${error}`))
  page.on('console', (message) => {
    if (/content security policy|refused to/i.test(message.text())) complaints.push(message.text())
  })
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && !known.has(origin)) complaints.push(`a request to ${request.url()}`)
  })
  try {
    await act(page)
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
}

/** Looks at the page as it is: structure, width, axe; takes a picture named after page and view. */
export async function look(page, view, name) {
  await assertAccessible(page)
  mkdirSync(pictures(), { recursive: true })
  await page.screenshot({ path: join(pictures(), `${name}-${view.name}.png`), fullPage: true })
}
