// The sample CRM, as far as these walks use it: `sign-in` on its first page, the person's name once signed in.
import assert from 'node:assert/strict'
import { facts } from '../lib/facts.mjs'
import { acceptTerms } from '../lib/hosted.mjs'

/** Opens the CRM and asks to sign in. */
export async function askToSignIn(page) {
  await page.goto(facts.crm)
  if (page.url().startsWith(facts.crm)) await page.locator('#sign-in').click()
  await page.waitForURL((url) => url.href.startsWith(facts.issuer))
}

/** Is back at the CRM, which knows the person. */
export async function assertSignedIn(page, name) {
  await page.waitForURL((url) => url.href.startsWith(facts.crm))
  assert.match(await page.locator('body').innerText(), new RegExp(name), 'the CRM shows who signed in')
}

/** The same for somebody who may have terms to agree to first: the demo's people have not been asked yet. */
export async function arrive(page, name) {
  await page.waitForURL((url) => url.href.startsWith(facts.crm) || url.pathname === '/terms')
  if (!page.url().startsWith(facts.crm)) await acceptTerms(page)
  await assertSignedIn(page, name)
}
