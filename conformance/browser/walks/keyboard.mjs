// The same with the keyboard alone: everything is reached by Tab, and one always sees where one is.
import assert from 'node:assert/strict'
import { facts, person, personOfTwoAccounts } from '../../lib/facts.mjs'
import { signIn } from '../../lib/hosted.mjs'
import { arrive, askToSignIn, assertSignedIn } from '../crm.mjs'
import { invited } from '../invited.mjs'
import { desktop } from '../views.mjs'
import { inWindow } from '../window.mjs'

const MOST_STEPS = 40

/** Presses Tab until the element has the focus; each stop on the way has to be visible. */
async function tabTo(page, selector) {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const stop = await page.evaluate((wanted) => {
      const element = document.activeElement
      if (!element || element === document.body) return { reached: false, visible: true }
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
      const visible = (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
      return { reached: element.matches(wanted), visible, what: element.outerHTML.slice(0, 120) }
    }, selector)
    assert.ok(stop.visible, `the focus does not show on ${stop.what}`)
    if (stop.reached) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`${selector} is not reached by ${MOST_STEPS} times Tab at ${page.url()}`)
}

export const steps = {
  'signs in and out': () =>
    inWindow(desktop, async (page) => {
      const who = person('manager')
      await askToSignIn(page)
      await tabTo(page, '#username')
      await page.keyboard.type(who.email)
      await tabTo(page, '#password')
      await page.keyboard.type(who.password)
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.pathname === '/terms')
      await tabTo(page, '#accept_terms')
      await page.keyboard.press('Space')
      await tabTo(page, '#proceed')
      await page.keyboard.press('Enter')
      await assertSignedIn(page, who.name)
      await page.goto(new URL('/account', facts.issuer).href)
      await tabTo(page, '#sign-out')
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => ['/sign-out', '/signed-out'].includes(url.pathname))
      if (new URL(page.url()).pathname === '/sign-out') {
        await tabTo(page, '#sign-out-confirm')
        await page.keyboard.press('Enter')
      }
      await page.waitForURL((url) => url.pathname === '/signed-out')
    }),

  'accepts an invitation': () =>
    inWindow(desktop, async (page) => {
      const { guest, link } = await invited('Klara', 'Keyboard')
      await page.goto(link)
      await tabTo(page, '#create-user')
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.pathname === '/invitation/create')
      for (const field of ['#password', '#password_confirmation']) {
        await tabTo(page, field)
        await page.keyboard.type(guest.password)
      }
      await tabTo(page, '.terms-text')
      await tabTo(page, '#accept_terms')
      await page.keyboard.press('Space')
      await tabTo(page, '#proceed')
      await page.keyboard.press('Enter')
      await assertSignedIn(page, guest.givenName)
    }),

  'chooses an account': () =>
    inWindow(desktop, async (page) => {
      const who = personOfTwoAccounts()
      await askToSignIn(page)
      await signIn(page, who)
      await page.waitForURL((url) => url.pathname === '/choose-account')
      await tabTo(page, `#account-${who.accounts[1]}`)
      await page.keyboard.press('Enter')
      await arrive(page, who.name)
    }),

  'goes from the summary of errors to the field': () =>
    inWindow(desktop, async (page) => {
      await page.goto(new URL('/sign-in', facts.issuer).href)
      await tabTo(page, '#sign-in')
      await page.keyboard.press('Enter')
      await page.locator('[role=alert]').waitFor()
      await tabTo(page, '[role=alert] a[href="#password"]')
      await page.keyboard.press('Enter')
      await page.keyboard.type('typed here')
      assert.equal(await page.locator('#password').inputValue(), 'typed here')
    }),

  'shows and hides the password': () =>
    inWindow(desktop, async (page) => {
      await page.goto(new URL('/sign-in', facts.issuer).href)
      await page.locator('#password').fill('a word to look at')
      await tabTo(page, 'button[type=button][aria-controls=password]')
      await page.keyboard.press('Space')
      assert.equal(await page.locator('#password').getAttribute('type'), 'text')
      await page.keyboard.press('Space')
      assert.equal(await page.locator('#password').getAttribute('type'), 'password')
    }),

  'finds the forgotten password': () =>
    inWindow(desktop, async (page) => {
      await page.goto(new URL('/sign-in', facts.issuer).href)
      await tabTo(page, '#forgot-password')
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.pathname === '/password/forgot')
    }),
}
