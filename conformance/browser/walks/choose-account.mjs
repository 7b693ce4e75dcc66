// Who belongs to two accounts says which one.
import assert from 'node:assert/strict'
import { personOfTwoAccounts } from '../../lib/facts.mjs'
import { signIn } from '../../lib/hosted.mjs'
import { arrive, askToSignIn } from '../crm.mjs'
import { views } from '../views.mjs'
import { inWindow, look } from '../window.mjs'

export const steps = Object.fromEntries(
  views.map((view, at) => [
    `one button for each account, ${view.name}`,
    () =>
      inWindow(view, async (page) => {
        const who = personOfTwoAccounts()
        await askToSignIn(page)
        await signIn(page, who)
        await page.waitForURL((url) => url.pathname === '/choose-account')
        for (const slug of who.accounts) assert.ok(await page.locator(`#account-${slug}`).isVisible(), slug)
        await look(page, view, 'choose-account')
        await page.locator(`#account-${who.accounts[at % who.accounts.length]}`).click()
        await arrive(page, who.name)
      }),
  ]),
)
