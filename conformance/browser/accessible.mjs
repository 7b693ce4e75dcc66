// What holds on every page, whatever it is for.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What reaches over the padding of the page's main part, but for what scrolls or hides by itself. Runs in the page. */
function overTheEdge() {
  const main = document.querySelector('main')
  const edge = main.getBoundingClientRect().right - parseFloat(getComputedStyle(main).paddingInlineEnd)
  const isFree = (element) => {
    for (let at = element; at !== main; at = at.parentElement) {
      const { overflowX, position } = getComputedStyle(at)
      if (overflowX !== 'visible' || position === 'absolute') return false
    }
    return true
  }
  return [...main.querySelectorAll('*')]
    .filter((element) => element.getBoundingClientRect().right > edge + 1 && isFree(element))
    .map((element) => element.outerHTML.slice(0, 120))
}

/** One h1, a language, no inline script or style, nothing sideways or over the edge, nothing that axe finds. */
export async function assertAccessible(page) {
  const at = page.url()
  const seen = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    headings: document.querySelectorAll('h1').length,
    mains: document.querySelectorAll('main').length,
    inline: document.querySelectorAll('script:not([src]):not([type="application/json"]), style, [style]').length,
    handlers: [...document.querySelectorAll('*')].filter((element) =>
      [...element.attributes].some((attribute) => attribute.name.startsWith('on')),
    ).length,
    sideways: document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth,
  }))
  assert.match(seen.lang, /^[a-z]{2}/, `${at}: lang`)
  assert.notEqual(seen.title, '', `${at}: title`)
  assert.equal(seen.headings, 1, `${at}: number of h1`)
  assert.equal(seen.mains, 1, `${at}: number of main landmarks`)
  assert.equal(seen.inline, 0, `${at}: inline scripts and styles`)
  assert.equal(seen.handlers, 0, `${at}: inline event handlers`)
  assert.ok(seen.sideways <= 0, `${at}: scrolls sideways by ${seen.sideways} px`)
  assert.deepEqual(await page.evaluate(overTheEdge), [], `${at}: reaches over the edge`)
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }),
  )
  const told = violations.map(
    ({ id, impact, help, nodes }) => `${id} (${impact}): ${help}: ${nodes.map((node) => node.html).join(' | ')}`,
  )
  assert.deepEqual(told, [], `${at}: axe`)
}
