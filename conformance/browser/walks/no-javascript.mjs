// The pages without JavaScript: plain forms and links do all of it.
import assert from 'node:assert/strict'
import { facts, person } from '../../lib/facts.mjs'
import { signIn } from '../../lib/hosted.mjs'
import { arrive, askToSignIn } from '../crm.mjs'
import { accept, invited } from '../invited.mjs'
import { desktop, phone } from '../views.mjs'
import { inWindow } from '../window.mjs'

const without = (view, act) => inWindow(view, act, { javaScriptEnabled: false })

export const steps = {
  'signs in through the sample CRM and out again': () =>
    without(desktop, async (page) => {
      const who = person('standard')
      await askToSignIn(page)
      await signIn(page, who)
      await arrive(page, who.name)
      await page.goto(new URL('/account', facts.issuer).href)
      await page.locator('#sign-out').click()
      await page.waitForURL((url) => ['/sign-out', '/signed-out'].includes(url.pathname))
      const confirm = page.locator('#sign-out-confirm')
      if (await confirm.isVisible()) await confirm.click()
      await page.waitForURL((url) => url.pathname === '/signed-out')
    }),

  'says what was wrong': () =>
    without(phone, async (page) => {
      await page.goto(new URL('/sign-in', facts.issuer).href)
      await page.locator('#username').fill('nobody.at.all@walk.example')
      await page.locator('#password').fill('not the password of anybody')
      await page.locator('#sign-in').click()
      assert.notEqual(await page.locator('[role=alert]').innerText(), '')
    }),

  'accepts an invitation': () =>
    without(phone, async (page) => {
      const { guest, link } = await invited('Nils', 'Noscript')
      await page.goto(link)
      await accept(page, guest)
    }),
}
