// New terms of use: asked once, between signing in and the application.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { binary, facts, person } from '../../lib/facts.mjs'
import { acceptTerms, signIn } from '../../lib/hosted.mjs'
import { askToSignIn, assertSignedIn } from '../crm.mjs'
import { desktop, views } from '../views.mjs'
import { inWindow, look } from '../window.mjs'

const VERSION = 'walk-2'
const STATE = `[[terms]]\nversion = "${VERSION}"\nfile = "walk-terms.md"\n`
const TEXT = '# Terms of use\n\nUse this service with care.\n\n## What is new\n\nThis paragraph.\n'

function publish() {
  const folder = dirname(process.env.LATCHKEY_DEMO)
  writeFileSync(join(folder, 'walk-terms.md'), TEXT)
  writeFileSync(join(folder, 'walk-terms.toml'), STATE)
  execFileSync(binary(), ['apply', join(folder, 'walk-terms.toml'), '--config', facts.config], { stdio: 'inherit' })
}

export const steps = {
  'a new version is published by the operator': async () => {
    publish()
    // Nodes see it within a second.
    await new Promise((done) => setTimeout(done, 1000))
  },

  ...Object.fromEntries(
    views.map((view) => [
      `the page between, ${view.name}`,
      () =>
        inWindow(view, async (page) => {
          await askToSignIn(page)
          await signIn(page, person('read_only'))
          await page.waitForURL((url) => url.pathname === '/terms')
          assert.equal(await page.locator('#accept_terms').isChecked(), false)
          assert.match(await page.locator('body').innerText(), /Use this service with care/)
          await look(page, view, 'terms')
        }),
    ]),
  ),

  'declining signs out': () =>
    inWindow(desktop, async (page) => {
      await askToSignIn(page)
      await signIn(page, person('read_only'))
      await page.waitForURL((url) => url.pathname === '/terms')
      await page.locator('#sign-out').click()
      await page.waitForURL((url) => ['/sign-out', '/signed-out'].includes(url.pathname))
    }),

  'accepting goes on, and it is asked once': () =>
    inWindow(desktop, async (page) => {
      const who = person('read_only')
      await askToSignIn(page)
      await signIn(page, who)
      await page.waitForURL((url) => url.pathname === '/terms')
      await acceptTerms(page)
      await assertSignedIn(page, who.name)
      await page.context().clearCookies()
      await askToSignIn(page)
      await signIn(page, who)
      await assertSignedIn(page, who.name)
    }),

  'anyone may read them': () =>
    inWindow(desktop, async (page) => {
      const answer = await page.goto(`${facts.issuer}/terms/${VERSION}`)
      assert.equal(answer.status(), 200)
      await look(page, desktop, 'terms-published')
    }),
}
