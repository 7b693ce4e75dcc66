// What a person sees who mistypes: the form again, what was typed, the reason in words.
import assert from 'node:assert/strict'
import { facts, person } from '../../lib/facts.mjs'
import { desktop, views } from '../views.mjs'
import { inWindow, look } from '../window.mjs'

/** Sends a wrong password and answers the status and the summary's words. */
async function wrongPassword(page, email) {
  await page.goto(new URL('/sign-in', facts.issuer).href)
  await page.locator('#username').fill(email)
  await page.locator('#password').fill('not the password of anybody')
  const answer = page.waitForResponse((response) => response.request().method() === 'POST')
  await page.locator('#sign-in').click()
  const status = (await answer).status()
  await page.waitForLoadState('load')
  return { status, words: await page.locator('[role=alert]').innerText() }
}

export const steps = {
  'a wrong password': () =>
    inWindow(desktop, async (page) => {
      const { email } = person('read_only')
      const { status } = await wrongPassword(page, email)
      assert.ok(status >= 400 && status < 500, `status ${status}`)
      assert.match(await page.title(), /^Error: /)
      assert.equal(await page.locator('#username').inputValue(), email, 'the name stays')
      assert.equal(await page.locator('#password').inputValue(), '', 'the password empties')
      const focused = await page.evaluate(() => document.activeElement?.closest('[role=alert], #password') !== null)
      assert.ok(focused, 'the focus is at the summary or the password')
      assert.equal(await page.locator('#password').getAttribute('aria-invalid'), 'true')
    }),

  'nobody learns whether an address exists': () =>
    inWindow(desktop, async (page) => {
      const known = await wrongPassword(page, person('read_only').email)
      const unknown = await wrongPassword(page, 'nobody.at.all@walk.example')
      assert.deepEqual(unknown, known)
    }),

  ...Object.fromEntries(
    views.map((view) => [
      `the page with its error, ${view.name}`,
      () =>
        inWindow(view, async (page) => {
          await page.goto(new URL('/sign-in', facts.issuer).href)
          await page.locator('form').first().evaluate((form) => (form.noValidate = true))
          await page.locator('#sign-in').click()
          await page.locator('[role=alert]').waitFor()
          await look(page, view, 'sign-in-error')
        }),
    ]),
  ),
}
