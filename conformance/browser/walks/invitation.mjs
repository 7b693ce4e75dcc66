// An invitation, from the mail to being signed in.
import assert from 'node:assert/strict'
import { facts } from '../../lib/facts.mjs'
import { assertSignedIn } from '../crm.mjs'
import { accept, invited } from '../invited.mjs'
import { desktop, phone, views } from '../views.mjs'
import { inWindow, look } from '../window.mjs'

let welcome

/** The one invitation whose pages are looked at: opening it uses nothing up. */
const shared = () => (welcome ??= invited('Greta', 'Guest'))

async function pages(view) {
  const { guest, link } = await shared()
  await inWindow(view, async (page) => {
    await page.goto(link)
    assert.equal(new URL(page.url()).pathname, '/invitation', 'the token leaves the address bar')
    assert.match(await page.locator('body').innerText(), new RegExp(guest.email), 'the address invited is shown')
    await look(page, view, 'invitation-welcome')
    await page.locator('#create-user').click()
    await page.waitForURL((url) => url.pathname === '/invitation/create')
    assert.equal(await page.locator('#given_name').inputValue(), guest.givenName)
    assert.equal(await page.locator('#family_name').inputValue(), guest.familyName)
    assert.equal(await page.locator('#accept_terms').isChecked(), false)
    await look(page, view, 'invitation-create')
  })
}

export const steps = {
  ...Object.fromEntries(views.map((view) => [`the pages, ${view.name}`, () => pages(view)])),

  'passwords that differ or are short are refused in words': () =>
    inWindow(phone, async (page) => {
      const { link } = await shared()
      await page.goto(link)
      await page.locator('#create-user').click()
      await page.locator('#given_name').fill('Greta Maria')
      await page.locator('#password').fill('short')
      await page.locator('#password_confirmation').fill('shorter')
      await page.locator('form:has(#proceed)').evaluate((form) => (form.noValidate = true))
      await page.locator('#proceed').click()
      await page.locator('[role=alert]').waitFor()
      assert.equal(await page.locator('#given_name').inputValue(), 'Greta Maria', 'what was typed stays')
      assert.equal(await page.locator('#password').inputValue(), '')
      assert.equal(await page.locator('#accept_terms').getAttribute('aria-invalid'), 'true')
      await look(page, phone, 'invitation-create-error')
    }),

  'accepting signs in at once': () =>
    inWindow(desktop, async (page) => {
      const { guest, link } = await shared()
      await page.goto(link)
      await accept(page, guest)
      await assertSignedIn(page, guest.givenName)
      const account = await page.goto(new URL('/account', facts.issuer).href)
      assert.equal(account.status(), 200)
      assert.match(await page.locator('body').innerText(), new RegExp(guest.email))
      await look(page, desktop, 'account')
    }),

  'the used link says so': () =>
    inWindow(desktop, async (page) => {
      const { link } = await shared()
      const answer = await page.goto(link)
      assert.ok(answer.status() >= 400 && answer.status() < 500, `status ${answer.status()}`)
      assert.ok(await page.locator('a[href*="/sign-in"]').first().isVisible(), 'a way to sign in')
      await look(page, desktop, 'invitation-used')
    }),

  'an unknown link says nothing more': () =>
    inWindow(phone, async (page) => {
      const answer = await page.goto(`${facts.issuer}/invitation/${'x'.repeat(43)}`)
      assert.ok(answer.status() >= 400 && answer.status() < 500, `status ${answer.status()}`)
      await look(page, phone, 'invitation-unknown')
    }),
}
