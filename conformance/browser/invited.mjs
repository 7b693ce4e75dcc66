// Somebody invited by the HR system, and what they do with the link.
import { facts } from '../lib/facts.mjs'
import { linkMailedTo } from '../lib/mail.mjs'
import { invite } from '../lib/scim.mjs'

export const PASSWORD = 'seven quiet herons by the lake'

/** A new invited member with the link from the mail; `how` may name the account, an address and its `earlier` link. */
export async function invited(givenName, familyName, how = {}) {
  const guest = await invite(givenName, familyName, how)
  const link = await linkMailedTo(guest.email, '/invitation', how.earlier)
  return { guest: { ...guest, password: PASSWORD }, link }
}

/** From the welcome page to being signed in. */
export async function accept(page, guest) {
  await page.locator('#create-user').click()
  await page.locator('#password').fill(guest.password)
  await page.locator('#password_confirmation').fill(guest.password)
  await page.locator('#accept_terms').check()
  await page.locator('#proceed').click()
  await page.waitForURL((url) => !url.pathname.startsWith('/invitation') || url.href.startsWith(facts.crm))
}
