// openid-client (npm) as relying party: a confidential client and a browser client, through real Chromium.
import assert from 'node:assert/strict'
import * as oidc from 'openid-client'
import { listen } from '../../lib/callback.mjs'
import { check, finish } from '../../lib/checks.mjs'
import { launch } from '../../lib/chromium.mjs'
import { client, facts, person, personOfTwoAccounts } from '../../lib/facts.mjs'
import { through } from '../../lib/hosted.mjs'

const SCOPE = 'openid profile email offline_access account roles permissions'
const issuer = new URL(facts.issuer)

/** What openid-client knows of the provider and of itself. */
async function configure(id) {
  const { secret } = client(id)
  const authentication = secret ? oidc.ClientSecretBasic(secret) : oidc.None()
  const config = await oidc.discovery(issuer, id, undefined, authentication, { execute: [oidc.allowInsecureRequests] })
  oidc.enableNonRepudiationChecks(config)
  return config
}

/** One authorization by the browser; answers the tokens and the hosted pages that were shown. */
async function authorize(config, page, who, extra = {}) {
  const [redirect_uri] = client(config.clientMetadata().client_id).redirect_uris
  const verifier = oidc.randomPKCECodeVerifier()
  const expected = { state: oidc.randomState(), nonce: oidc.randomNonce() }
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: SCOPE,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...expected,
    ...extra,
  })
  const pages = []
  await page.goto(url.href)
  const back = await through(page, who, redirect_uri, (path) => pages.push(path))
  const tokens = await oidc.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: expected.state,
    expectedNonce: expected.nonce,
    idTokenExpected: true,
  })
  return { tokens, pages }
}

const refused = (error) => (thrown) => {
  assert.equal(thrown.error, error, `expected ${error}: ${thrown}`)
  return true
}

/** The claims that person and scopes make due. */
function assertClaims(claims, who, account) {
  assert.equal(claims.email, who.email)
  assert.equal(claims.email_verified, true)
  assert.equal(claims.name, who.name)
  assert.equal(claims.account.slug, account)
  assert.equal(typeof claims.account.id, 'string')
  assert.equal(typeof claims.member, 'string')
  assert.ok(claims.permissions.includes('reports:view'), `permissions: ${claims.permissions}`)
}

async function confidential(browser) {
  const page = await (await browser.newContext()).newPage()
  const who = person('standard')
  const config = await check('web: discovery', () => configure('openid-client-web'))
  const first = await check('web: sign-in with code and PKCE through the hosted pages', async () => {
    const { tokens, pages } = await authorize(config, page, who)
    assert.equal(pages[0], '/sign-in')
    const claims = tokens.claims()
    assertClaims(claims, who, who.accounts[0])
    assert.equal(claims.role, 'standard')
    assert.ok(claims.auth_time === undefined || claims.auth_time <= Date.now() / 1000 + 5)
    return tokens
  })
  await check('web: UserInfo says the same as the ID token', async () => {
    const told = await oidc.fetchUserInfo(config, first.access_token, first.claims().sub)
    assertClaims(told, who, who.accounts[0])
    assert.deepEqual(told.permissions, first.claims().permissions)
  })
  await check('web: introspection knows the access token', async () => {
    const told = await oidc.tokenIntrospection(config, first.access_token)
    assert.equal(told.active, true)
    assert.equal(told.sub, first.claims().sub)
  })
  await check('web: refresh gives new tokens for the same person', async () => {
    const again = await oidc.refreshTokenGrant(config, first.refresh_token)
    assert.notEqual(again.access_token, first.access_token)
    const told = await oidc.fetchUserInfo(config, again.access_token, first.claims().sub)
    assertClaims(told, who, who.accounts[0])
  })
  await check('web: a second authorization with prompt=none shows no page', async () => {
    const { pages, tokens } = await authorize(config, page, who, { prompt: 'none' })
    assert.deepEqual(pages, [])
    assert.equal(tokens.claims().sub, first.claims().sub)
  })
  await check('web: a revoked refresh token is refused', async () => {
    await oidc.tokenRevocation(config, first.refresh_token)
    await assert.rejects(oidc.refreshTokenGrant(config, first.refresh_token), refused('invalid_grant'))
  })
  await check('web: RP-initiated logout comes back with its state', () => signOut(config, page, who, first))
  await check('web: nobody is signed in afterwards', async () => {
    await assert.rejects(authorize(config, page, who, { prompt: 'none' }), refused('login_required'))
  })
}

async function publicClient(browser) {
  const page = await (await browser.newContext()).newPage()
  const who = personOfTwoAccounts()
  const account = who.accounts[1]
  const config = await check('spa: discovery', () => configure('openid-client-spa'))
  const first = await check('spa: who belongs to two accounts chooses one', async () => {
    const { tokens, pages } = await authorize(config, page, { ...who, account })
    assert.ok(pages.includes('/choose-account'), `pages: ${pages}`)
    assertClaims(tokens.claims(), who, account)
    return tokens
  })
  const other = await check('spa: the application may name the account, silently', async () => {
    const { tokens, pages } = await authorize(config, page, who, { prompt: 'none', account: who.accounts[0] })
    assert.deepEqual(pages, [])
    assertClaims(tokens.claims(), who, who.accounts[0])
    assert.notEqual(tokens.claims().sid, first.claims().sid, 'each account has its own sid')
    return tokens
  })
  await check('spa: several accounts and prompt=none ask for a selection', async () => {
    await assert.rejects(authorize(config, page, who, { prompt: 'none' }), refused('account_selection_required'))
  })
  await check('spa: the browser may read UserInfo from the registered origin', async () => {
    const status = await page.evaluate(
      async ([url, token]) => (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status,
      [config.serverMetadata().userinfo_endpoint, first.access_token],
    )
    assert.equal(status, 200)
  })
  const third = await check('spa: refresh tokens rotate', async () => {
    const second = await oidc.refreshTokenGrant(config, first.refresh_token)
    assert.notEqual(second.refresh_token, first.refresh_token)
    const third = await oidc.refreshTokenGrant(config, second.refresh_token)
    assert.notEqual(third.refresh_token, second.refresh_token)
    return third
  })
  await check('spa: a refresh token used again ends its family', async () => {
    await assert.rejects(oidc.refreshTokenGrant(config, first.refresh_token), refused('invalid_grant'))
    await assert.rejects(oidc.refreshTokenGrant(config, third.refresh_token), refused('invalid_grant'))
  })
  await check('spa: RP-initiated logout comes back with its state', () => signOut(config, page, who, first))
  await check('spa: the account that was signed out of asks for a sign-in', async () => {
    await assert.rejects(authorize(config, page, who, { prompt: 'none', account }), refused('login_required'))
  })
  await check('spa: the other account goes on', async () => {
    const { tokens } = await authorize(config, page, who, { prompt: 'none', account: who.accounts[0] })
    assert.equal(tokens.claims().sid, other.claims().sid)
  })
  await check('spa: after the logout of every account nobody is signed in', async () => {
    await signOut(config, page, who, other)
    await assert.rejects(authorize(config, page, who, { prompt: 'none' }), refused('login_required'))
  })
}

/** RP-initiated logout of the account that the tokens are of. */
async function signOut(config, page, who, tokens) {
  const [back] = client(config.clientMetadata().client_id).post_logout_redirect_uris
  const state = oidc.randomState()
  const url = oidc.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: back,
    state,
  })
  await page.goto(url.href)
  const reached = await through(page, who, back)
  assert.equal(reached.searchParams.get('state'), state)
}

const server = await listen(client('openid-client-web').redirect_uris[0])
const browser = await launch()
try {
  await confidential(browser)
  await publicClient(browser)
} finally {
  await browser.close()
  await server.close()
}
finish()
