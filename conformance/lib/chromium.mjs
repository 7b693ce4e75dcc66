// The real browser, as the system has it.
import { chromium } from 'playwright-core'
import { chromiumPath } from './facts.mjs'

export const launch = () =>
  chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox', '--disable-dev-shm-usage'] })
