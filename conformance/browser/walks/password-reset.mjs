// A forgotten password, by mail.
import assert from 'node:assert/strict'
import { facts } from '../../lib/facts.mjs'
import { signIn } from '../../lib/hosted.mjs'
import { linkMailedTo } from '../../lib/mail.mjs'
import { accept, invited } from '../invited.mjs'
import { desktop, views } from '../views.mjs'
import { inWindow, look } from '../window.mjs'

const NEW_PASSWORD = 'a lighthouse made of oranges'
const forgot = new URL('/password/forgot', facts.issuer).href

async function ask(page, email) {
  await page.goto(forgot)
  await page.locator('#username').fill(email)
  await page.locator('#send-link').click()
  await page.waitForLoadState('load')
}

export const steps = {
  ...Object.fromEntries(
    views.map((view) => [
      `the page, ${view.name}`,
      () =>
        inWindow(view, async (page) => {
          await page.goto(forgot)
          await look(page, view, 'password-forgot')
        }),
    ]),
  ),

  'an unknown address gets the same answer': () =>
    inWindow(desktop, async (page) => {
      await ask(page, 'nobody.at.all@walk.example')
      assert.equal(await page.locator('[role=alert]').count(), 0)
      await look(page, desktop, 'password-link-sent')
    }),

  'the link sets a new password once, and it signs in': () =>
    inWindow(desktop, async (page) => {
      const { guest, link } = await invited('Paula', 'Password')
      await page.goto(link)
      await accept(page, guest)
      await page.context().clearCookies()
      await ask(page, guest.email)
      const reset = await linkMailedTo(guest.email, '/password/reset')
      await page.goto(reset)
      assert.equal(new URL(page.url()).pathname, '/password/reset', 'the token leaves the address bar')
      await look(page, desktop, 'password-reset')
      await page.locator('#password').fill(NEW_PASSWORD)
      await page.locator('#password_confirmation').fill(NEW_PASSWORD)
      await page.locator('#set-password').click()
      await page.waitForLoadState('load')
      await look(page, desktop, 'password-set')
      await page.context().clearCookies()
      const again = await page.goto(reset)
      assert.ok(again.status() >= 400 && again.status() < 500, `the used link: ${again.status()}`)
      await look(page, desktop, 'password-link-used')
      await page.goto(new URL('/sign-in', facts.issuer).href)
      await signIn(page, { email: guest.email, password: NEW_PASSWORD })
      await page.waitForURL((url) => url.pathname === '/account')
    }),
}
