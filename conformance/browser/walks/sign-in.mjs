// Signing in at the sample CRM, in every view.
import assert from 'node:assert/strict'
import { facts, person } from '../../lib/facts.mjs'
import { signIn } from '../../lib/hosted.mjs'
import { arrive, askToSignIn } from '../crm.mjs'
import { desktop, views } from '../views.mjs'
import { inWindow, look } from '../window.mjs'

async function throughTheCrm(view) {
  const who = person('standard')
  await inWindow(view, async (page) => {
    await askToSignIn(page)
    assert.equal(new URL(page.url()).pathname, '/sign-in')
    await look(page, view, 'sign-in')
    await signIn(page, who)
    await arrive(page, who.name)
    await look(page, view, 'crm')
  })
}

const fields = {
  '#username': { autocomplete: /^username/, type: /^(email|text)$/, name: /^username$/, spellcheck: /^false$/ },
  '#password': { autocomplete: /^current-password/, type: /^password$/, name: /^password$/ },
}

export const steps = {
  ...Object.fromEntries(views.map((view) => [`through the sample CRM, ${view.name}`, () => throughTheCrm(view)])),

  'password managers find the fields': () =>
    inWindow(desktop, async (page) => {
      await page.goto(new URL('/sign-in', facts.issuer).href)
      for (const [selector, attributes] of Object.entries(fields)) {
        for (const [name, value] of Object.entries(attributes)) {
          assert.match((await page.locator(selector).getAttribute(name)) ?? '', value, `${selector} ${name}`)
        }
        const size = await page.locator(selector).evaluate((field) => parseFloat(getComputedStyle(field).fontSize))
        assert.ok(size >= 16, `${selector}: ${size} px`)
      }
    }),

  'a person signed in already may continue or be someone else': () =>
    inWindow(desktop, async (page) => {
      const who = person('standard')
      await askToSignIn(page)
      await signIn(page, who)
      await arrive(page, who.name)
      await page.goto(new URL('/sign-in', facts.issuer).href)
      await page.locator('#use-another').waitFor()
      await look(page, desktop, 'continue-as')
      await page.locator('#continue-as').click()
      await page.waitForURL((url) => url.pathname !== '/sign-in')
    }),

  'Back and reload do no harm': () =>
    inWindow(desktop, async (page) => {
      const who = person('standard')
      await askToSignIn(page)
      await signIn(page, who)
      await arrive(page, who.name)
      await page.goBack()
      const answer = await page.reload()
      assert.ok(!answer || answer.status() < 400, `after Back and reload: ${answer?.status()} at ${page.url()}`)
    }),
}
