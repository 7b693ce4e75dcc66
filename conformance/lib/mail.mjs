// The development mail box.
import { facts } from './facts.mjs'

const PATIENCE_MS = 10_000

/** The link below `path` of the newest mail to this address that has one, and not `earlier`; waits for the outbox. */
export async function linkMailedTo(email, path, earlier) {
  const link = new RegExp(`${facts.issuer.replaceAll('.', '\\.')}${path}/[\\w~.-]+`)
  const until = Date.now() + PATIENCE_MS
  while (Date.now() < until) {
    const mails = await (await fetch(`${facts.mail}.json`)).json()
    const found = mails
      .filter((mail) => JSON.stringify(mail.to).includes(email) && link.test(mail.text))
      .sort((one, other) => new Date(one.sent_at) - new Date(other.sent_at))
      .at(-1)
    const newest = found && link.exec(found.text)[0]
    if (newest && newest !== earlier) return newest
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error(`no mail to ${email} with a link below ${path} within ${PATIENCE_MS} ms`)
}
