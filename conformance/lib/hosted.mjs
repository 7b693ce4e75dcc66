// The hosted pages, by their stable paths, names and ids: what any automation may rely on.

/** Fills the sign-in form and sends it. */
export async function signIn(page, who) {
  await page.locator('#username').fill(who.email)
  await page.locator('#password').fill(who.password)
  await page.locator('#sign-in').click()
}

/** Agrees to the terms shown. */
export async function acceptTerms(page) {
  await page.locator('#accept_terms').check()
  await page.locator('#proceed').click()
}

const steps = {
  '/sign-in': (page, who) => signIn(page, who),
  '/choose-account': (page, who) => page.locator(`#account-${who.account ?? who.accounts[0]}`).click(),
  '/terms': (page) => acceptTerms(page),
  '/sign-out': (page) => page.locator('#sign-out-confirm').click(),
}

/**
 * Answers one hosted page after another until the browser is at `destination`, and says where exactly.
 * `seen` is called with the path of each page before it is answered.
 */
export async function through(page, who, destination, seen = () => {}) {
  for (let pages = 0; pages < 8; pages += 1) {
    await page.waitForLoadState('load')
    const at = page.url()
    if (at.startsWith(destination)) return new URL(at)
    const path = new URL(at).pathname
    const step = steps[path]
    if (!step) throw new Error(`on the way to ${destination}: nothing to do at ${at}: ${await page.title()}`)
    await seen(path)
    const left = page.waitForEvent('framenavigated', { predicate: (frame) => frame === page.mainFrame() })
    await step(page, who)
    await left
  }
  throw new Error(`too many pages on the way to ${destination}; the last was ${page.url()}`)
}
