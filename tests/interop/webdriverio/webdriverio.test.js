// Stock WebdriverIO drives the endpoint: each of its virtual-authenticator commands, and what it makes of an error.
// proves: webdriver

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { remote } from 'webdriverio'

const LATCHKEY = new URL(`${process.env.CARGO_TARGET_DIR ?? '../../../target'}/debug/latchkey`, import.meta.url).pathname
const PRIVATE_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  .export({ type: 'pkcs8', format: 'der' }).toString('base64url')

let program
let keys

before(async () => {
  const args = ['webdriver', 'serve', '--tcp', '127.0.0.1:0', '--json']
  program = spawn(LATCHKEY, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface(program.stdout), 'line')
  const url = new URL(JSON.parse(line).url)
  keys = await remote({
    protocol: 'http',
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    logLevel: 'silent',
    connectionRetryCount: 0,
    capabilities: { browserName: 'chrome', 'wdio:enforceWebDriverClassic': true },
  })
})

after(async () => {
  await keys?.deleteSession()
  program?.kill()
})

test('credentials go in, come out and are removed', async () => {
  const id = await keys.addVirtualAuthenticator('ctap2_1', 'usb', true, true, true, true, ['prf', 'credBlob'], [])
  assert.equal(keys.capabilities['webauthn:virtualAuthenticators'], true)
  await keys.addCredential(id, 'AAEC', true, 'localhost', PRIVATE_KEY, 'AQI', 7)
  await keys.addCredential(id, 'AAED', false, 'localhost', PRIVATE_KEY)
  const credentials = await keys.getCredentials(id)
  assert.deepEqual(credentials.map((of) => [of.credentialId, of.isResidentCredential, of.signCount]), [
    ['AAEC', true, 7],
    ['AAED', false, 0],
  ])
  await keys.addCredential(id, 'AAEE', true, 'localhost', credentials[0].privateKey, 'AQI', 0)
  await keys.removeCredential(id, 'AAEC')
  assert.equal((await keys.getCredentials(id)).length, 2)
  await keys.removeAllCredentials(id)
  assert.deepEqual(await keys.getCredentials(id), [])
  await keys.setUserVerified(id, false)
  await keys.removeVirtualAuthenticator(id)
})

test('errors are those of the standard', async () => {
  const invalid = { name: 'invalid argument' }
  await assert.rejects(keys.addVirtualAuthenticator('ctap3', 'usb'), invalid)
  await assert.rejects(keys.addVirtualAuthenticator('ctap2', 'usb', false, false, true, false, ['uvm']), {
    name: 'unsupported operation',
  })
  await assert.rejects(keys.getCredentials('none'), invalid)
  await assert.rejects(keys.removeVirtualAuthenticator('none'), invalid)
})
