// What the HR system does: it makes a member over SCIM, who is thereby invited.
import { facts } from './facts.mjs'

/** Creates a member of the first account with an address of its own. */
export async function invite(givenName, familyName) {
  const [{ url, token, account }] = facts.scim
  const email = `${givenName}.${familyName}.${process.pid}.${Date.now()}@walk.example`.toLowerCase()
  const answer = await fetch(`${url}/Users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: email,
      name: { givenName, familyName },
      emails: [{ value: email, type: 'work', primary: true }],
      roles: [{ value: 'standard' }],
    }),
  })
  if (answer.status !== 201) throw new Error(`POST Users: ${answer.status} ${await answer.text()}`)
  return { email, givenName, familyName, accounts: [account] }
}
