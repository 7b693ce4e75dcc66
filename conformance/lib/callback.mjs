// A relying party's address to come back to: it only has to answer.
import { createServer } from 'node:http'

/** Serves a bare page for every request to this address until `close()`. */
export async function listen(address) {
  const { hostname, port } = new URL(address)
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><html lang="en"><title>Back</title><h1>Back at the application</h1></html>')
  })
  await new Promise((done, failed) => server.once('error', failed).listen(Number(port), hostname, done))
  return {
    close: () => {
      server.closeAllConnections()
      return new Promise((done) => server.close(done))
    },
  }
}
