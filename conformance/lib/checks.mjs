// Named checks, run in order; the last line says how many passed, and one failure fails the script.
let passed = 0
const failed = []

/** Runs one check and answers what it answers; a check that throws has failed, and the next one runs. */
export async function check(name, act) {
  try {
    const answer = await act()
    passed += 1
    console.log(`ok      ${name}`)
    return answer
  } catch (error) {
    failed.push(name)
    console.log(`FAILED  ${name}\n        ${String(error.stack ?? error).replaceAll('\n', '\n        ')}`)
    return undefined
  }
}

/** Prints the sum and sets the exit code. No check at all is a failure too. */
export function finish() {
  for (const name of failed) console.log(`failed: ${name}`)
  console.log(`${passed} passed, ${failed.length} failed`)
  process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0
}
