// Pages for what goes wrong before a person could do anything about it.
import assert from 'node:assert/strict'
import { client, facts } from '../../lib/facts.mjs'
import { views } from '../views.mjs'
import { inWindow, look } from '../window.mjs'

const authorize = (parameters) =>
  `${facts.issuer}/oauth2/authorize?${new URLSearchParams({ response_type: 'code', scope: 'openid', ...parameters })}`

const cases = {
  'unknown-client': { url: () => authorize({ client_id: 'nobody', redirect_uri: 'https://evil.example/' }), status: 400 },
  'foreign-redirect': {
    url: () => authorize({ client_id: client('crm').id, redirect_uri: 'https://evil.example/callback' }),
    status: 400,
  },
  'not-found': { url: () => `${facts.issuer}/no-such-page`, status: 404 },
}

export const steps = {}
for (const [name, { url, status }] of Object.entries(cases)) {
  for (const view of views) {
    steps[`${name}, ${view.name}`] = () =>
      inWindow(view, async (page) => {
        const answer = await page.goto(url())
        assert.equal(answer.status(), status)
        assert.equal(page.url(), url(), 'no redirect')
        const words = await page.locator('main').innerText()
        assert.doesNotMatch(words, /successfully|oops|panicked|stack/i)
        await look(page, view, `error-${name}`)
      })
  }
}
