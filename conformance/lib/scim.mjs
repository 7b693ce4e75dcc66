// What the HR system does: it makes members over SCIM, who are thereby invited, and suspends them.
import { facts } from './facts.mjs'

async function send(account, method, path, body) {
  const { url, token } = facts.scim.find((each) => each.account === account)
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

const addressOf = (givenName, familyName) =>
  `${givenName}.${familyName}.${process.pid}.${Date.now()}@walk.example`.toLowerCase()

/** Creates a member of an account, the first one unless named, with an address of its own unless given. */
export async function invite(givenName, familyName, { account = facts.scim[0].account, email } = {}) {
  const address = email ?? addressOf(givenName, familyName)
  const { id } = await send(account, 'POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: address,
    name: { givenName, familyName },
    emails: [{ value: address, type: 'work', primary: true }],
    roles: [{ value: 'standard' }],
  })
  return { id, email: address, givenName, familyName, accounts: [account] }
}

/** Says that a member works there no more. */
export const suspend = ({ id, accounts: [account] }) =>
  send(account, 'PATCH', `/Users/${id}`, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', path: 'active', value: false }],
  })
