// The headers that every page owes (content security policy, caching, framing).
import assert from 'node:assert/strict'
import { facts } from '../../lib/facts.mjs'

const pages = {
  'the sign-in page': ['/sign-in', 200],
  'the page for a forgotten password': ['/password/forgot', 200],
  'the page after signing out': ['/signed-out', 200],
  'an unknown client': ['/oauth2/authorize?response_type=code&client_id=nobody', 400],
  'an unknown invitation': ['/invitation/not-a-token', undefined],
  'a page that is not there': ['/no-such-page', 404],
}

function assertPolicy(policy) {
  const directives = Object.fromEntries(
    policy.split(';').map((directive) => {
      const [name, ...values] = directive.trim().split(/\s+/)
      return [name, values]
    }),
  )
  assert.deepEqual(directives['default-src'], ["'none'"])
  assert.deepEqual(directives['frame-ancestors'], ["'none'"])
  assert.deepEqual(directives['base-uri'], ["'none'"])
  assert.ok(directives['form-action'], 'form-action is named, since default-src does not cover it')
  assert.doesNotMatch(policy, /unsafe|\*|https?:(?:\s|;|$)/)
  for (const [name, values] of Object.entries(directives)) {
    if (name !== 'img-src') assert.ok(!values.includes('data:'), `${name} allows data:`)
  }
}

async function assertHeaders(path, status) {
  const answer = await fetch(new URL(path, facts.issuer), { redirect: 'manual', headers: { accept: 'text/html' } })
  await answer.arrayBuffer()
  const header = (name) => answer.headers.get(name) ?? ''
  if (status) assert.equal(answer.status, status)
  assertPolicy(header('content-security-policy'))
  assert.equal(header('x-content-type-options'), 'nosniff')
  assert.match(header('referrer-policy'), /^(no-referrer|same-origin|strict-origin)/)
  assert.match(header('cache-control'), /no-store/)
  assert.notEqual(header('permissions-policy'), '')
  assert.equal(header('cross-origin-opener-policy'), 'same-origin')
  for (const cookie of answer.headers.getSetCookie()) {
    assert.match(cookie, /;\s*HttpOnly/i)
    assert.match(cookie, /;\s*SameSite=(Lax|Strict)/i)
    assert.match(cookie, /;\s*Path=\//i)
  }
}

export const steps = Object.fromEntries(
  Object.entries(pages).map(([name, [path, status]]) => [name, () => assertHeaders(path, status)]),
)
