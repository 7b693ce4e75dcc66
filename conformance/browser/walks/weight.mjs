// The whole sign-in page, with an empty cache: at most 30 KiB over the wire and 4 requests.
import assert from 'node:assert/strict'
import { facts } from '../../lib/facts.mjs'
import { desktop } from '../views.mjs'
import { inWindow } from '../window.mjs'

const MOST_BYTES = 30 * 1024
const MOST_REQUESTS = 4

export const steps = {
  'the sign-in page is light': () =>
    inWindow(desktop, async (page) => {
      const wire = await page.context().newCDPSession(page)
      await wire.send('Network.enable')
      const requests = new Map()
      wire.on('Network.requestWillBeSent', ({ requestId, request }) => requests.set(requestId, request.url))
      let bytes = 0
      wire.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
      await page.goto(new URL('/sign-in', facts.issuer).href, { waitUntil: 'networkidle' })
      console.log(`        ${bytes} bytes in ${requests.size} requests: ${[...requests.values()].join(' ')}`)
      assert.ok(bytes > 0 && bytes <= MOST_BYTES, `${bytes} bytes; at most ${MOST_BYTES}`)
      assert.ok(requests.size <= MOST_REQUESTS, `${requests.size} requests; at most ${MOST_REQUESTS}`)
    }),
}
