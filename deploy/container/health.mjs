// Whether the service in this container can do its duty: exit code 0 or 1, and one line that says why.
// With a token it asks /readyz, which knows of the databases; without, or before there is an account, /healthz, which
// only says that the process answers. Nothing is imported of the service: it runs every few seconds.
import { readFileSync } from 'node:fs'

const answerMs = 4_000

const token = secret('OPS_TOKEN')

try {
  const ready = token ? await ask('/readyz') : null
  const answer = ready === null || ready.status === 404 ? await ask('/healthz') : ready
  process.exitCode = answer.ok ? 0 : 1
} catch (error) {
  say(`không trả lời / no answer (${error.cause?.code ?? error.name})`)
  process.exitCode = 1
}

async function ask(path) {
  const answer = await fetch(`http://127.0.0.1:${process.env.OPS_PORT || 8686}${path}`, {
    headers: token ? { authorization: `Bearer ${token}` } : {},
    signal: AbortSignal.timeout(answerMs),
  })
  const { why = [] } = await answer.json()
  say(`${path} ${answer.status} ${why.join(' ')}`.trim())
  return answer
}

function say(line) {
  process.stdout.write(`${line}\n`)
}

function secret(name) {
  const file = process.env[`${name}_FILE`]
  const text = file ? readFileSync(file, 'utf8').split('\n')[0].trim() : process.env[name]
  return text || null
}
