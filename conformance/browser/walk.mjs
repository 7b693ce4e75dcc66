// Walks through the pages; `node walk.mjs` runs all of them, `node walk.mjs NAME…` those named.
import { check, finish } from '../lib/checks.mjs'
import { closeBrowser } from './window.mjs'

// In this order: the last one publishes terms that everybody has to accept.
const names = [
  'headers',
  'weight',
  'sign-in',
  'mistakes',
  'keyboard',
  'no-javascript',
  'choose-account',
  'invitation',
  'password-reset',
  'stopped',
  'sign-out',
  'errors',
  'terms',
]

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !names.includes(name))
if (unknown.length > 0) throw new Error(`no such walk: ${unknown}; there are: ${names.join(' ')}`)

for (const name of names.filter((each) => wanted.length === 0 || wanted.includes(each))) {
  const { steps } = await import(`./walks/${name}.mjs`)
  for (const [step, act] of Object.entries(steps)) await check(`${name}: ${step}`, act)
}
await closeBrowser()
finish()
