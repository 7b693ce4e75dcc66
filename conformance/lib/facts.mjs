// What the running demo says of itself (see ../README.md).
import { readFileSync } from 'node:fs'

function required(name) {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: run this through \`cargo x\``)
  return value
}

export const facts = JSON.parse(readFileSync(required('LATCHKEY_DEMO'), 'utf8'))
export const chromiumPath = () => required('LATCHKEY_CHROMIUM')
export const binary = () => required('LATCHKEY_BINARY')
export const pictures = () => required('LATCHKEY_PICTURES')

/** The first person with this role who belongs to one account only. */
export function person(role) {
  const found = facts.people.find((each) => each.role === role && each.accounts.length === 1)
  if (!found) throw new Error(`the demo has no ${role} of one account`)
  return found
}

/** The person who belongs to several accounts. */
export function personOfTwoAccounts() {
  const found = facts.people.find((each) => each.accounts.length > 1)
  if (!found) throw new Error('the demo has nobody in two accounts')
  return found
}

export function client(id) {
  const found = facts.clients.find((each) => each.id === id)
  if (!found) throw new Error(`the demo has no client ${id}`)
  return found
}
