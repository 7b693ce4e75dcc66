// Pages that stand between a person and where they wanted to go, and say why.
import assert from 'node:assert/strict'
import { client, facts, person } from '../../lib/facts.mjs'
import { acceptTerms, signIn } from '../../lib/hosted.mjs'
import { suspend } from '../../lib/scim.mjs'
import { accept, invited } from '../invited.mjs'
import { desktop, views } from '../views.mjs'
import { inWindow, look } from '../window.mjs'

/** Where an application sends the browser; the answer is not of interest here. */
function authorize(id, more) {
  const [redirect_uri] = client(id).redirect_uris
  const code_challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
  const request = { response_type: 'code', client_id: id, redirect_uri, scope: 'openid', state: 'walk', code_challenge }
  return `${facts.issuer}/oauth2/authorize?${new URLSearchParams({ ...request, code_challenge_method: 'S256', ...more })}`
}

/** Signs in, and agrees to terms that nobody asked this person about before. */
async function signInAt(page, who, marker) {
  await signIn(page, who)
  await page.locator(`${marker}, #accept_terms`).first().waitFor()
  if (new URL(page.url()).pathname === '/terms') await acceptTerms(page)
  await page.locator(marker).waitFor()
}

let guest

/** Somebody who has accepted an invitation, and what the walks of this file do to them. */
async function member() {
  if (guest) return guest
  const { guest: made, link } = await invited('Sven', 'Stopped')
  await inWindow(desktop, async (page) => {
    await page.goto(link)
    await accept(page, made)
  })
  guest = { ...made, link }
  return guest
}

const inEveryView = (name, act) =>
  Object.fromEntries(views.map((view) => [`${name}, ${view.name}`, () => inWindow(view, (page) => act(page, view))]))

export const steps = {
  ...inEveryView('a phone without Mobile Access', async (page, view) => {
    await page.goto(authorize('crm-phone'))
    await signInAt(page, await member(), '#return-to-app')
    const back = await page.locator('#return-to-app').getAttribute('href')
    assert.match(back, /^com\.example\.crm:\/callback\?.*error=access_denied/)
    await look(page, view, 'mobile-refused')
  }),

  ...inEveryView('what an application asks for', async (page, view) => {
    await page.goto(authorize('crm', { prompt: 'consent', scope: 'openid profile email offline_access permissions' }))
    await signInAt(page, person('standard'), '#consent-allow')
    await look(page, view, 'consent')
  }),

  ...inEveryView('an invitation to somebody who has a user', async (page, view) => {
    const { email, link } = await member()
    const account = facts.scim[1].account
    guest.second ??= (await invited('Sven', 'Stopped', { account, email, earlier: link })).link
    await page.goto(guest.second)
    await page.locator('#sign-in-to-accept').waitFor()
    await look(page, view, 'invitation-sign-in')
  }),

  ...inEveryView('an invitation opened by somebody else', async (page, view) => {
    const { second } = await member()
    await page.goto(new URL('/sign-in', facts.issuer).href)
    await signIn(page, person('owner'))
    await page.waitForURL((url) => url.pathname === '/account')
    await page.goto(second)
    await page.locator('#sign-out-and-continue').waitFor()
    await look(page, view, 'invitation-wrong-person')
  }),

  'signing in accepts it': () =>
    inWindow(desktop, async (page) => {
      const { email, password, second } = await member()
      await page.goto(second)
      await page.locator('#sign-in-to-accept').click()
      assert.equal(await page.locator('#username').inputValue(), email, 'the address is known')
      await signInAt(page, { email, password }, '#proceed[value=accept]')
      await look(page, desktop, 'invitation-accept')
      await page.locator('#proceed').click()
      await page.waitForURL((url) => !url.pathname.startsWith('/invitation'))
    }),

  'the account has suspended the person': async () => {
    await suspend(await member())
    for (const view of views) {
      await inWindow(view, async (page) => {
        const { email, password, accounts } = await member()
        await page.goto(authorize('crm', { account: accounts[0] }))
        await signIn(page, { email, password })
        await page.locator('[role=alert], .notice').first().waitFor()
        assert.match(await page.locator('main').innerText(), /suspended/)
        await look(page, view, 'suspended')
      })
    }
  },

  ...inEveryView('the development mail box', async (page, view) => {
    await page.goto(facts.mail)
    await look(page, view, 'mail-box')
    await page.locator('main a').first().click()
    await page.locator('#back-to-mail').waitFor()
    await look(page, view, 'mail')
  }),
}
