// Signing out: asked first, and said afterwards of what.
import assert from 'node:assert/strict'
import { facts, person } from '../../lib/facts.mjs'
import { signIn } from '../../lib/hosted.mjs'
import { views } from '../views.mjs'
import { inWindow, look } from '../window.mjs'

const at = (path) => new URL(path, facts.issuer).href

export const steps = Object.fromEntries(
  views.map((view) => [
    `from the account page, ${view.name}`,
    () =>
      inWindow(view, async (page) => {
        const who = person('owner')
        await page.goto(at('/sign-in'))
        await signIn(page, who)
        await page.waitForURL((url) => url.pathname === '/account')
        await look(page, view, 'account')
        await page.goto(at('/sign-out'))
        await look(page, view, 'sign-out')
        await page.locator('#sign-out-confirm').click()
        await page.waitForURL((url) => url.pathname === '/signed-out')
        await look(page, view, 'signed-out')
        await page.goto(at('/account'))
        assert.equal(new URL(page.url()).pathname, '/sign-in', 'nobody is signed in')
      }),
  ]),
)
