import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

/** 32 MiB and about a tenth of a second for each try; kept with each password, so that they can be raised later. */
const cost = { log2N: 15, r: 8, p: 3 }
const keyBytes = 32

/** `$scrypt$ln=15,r=8,p=3$salt$key`, the salt and the key in base64. */
export async function sealPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await keyOf(password, salt, cost)
  const { log2N, r, p } = cost
  return `$scrypt$ln=${log2N},r=${r},p=${p}$${salt.toString('base64')}$${key.toString('base64')}`
}

/** Takes as long for null, which is nobody's password, as for a real one. */
export async function opensWith(sealed: string | null, password: string): Promise<boolean> {
  const parts = form.exec(sealed ?? nobody)
  if (!parts) throw new Error('A stored password is in no form known here.')
  const [, log2N, r, p, salt, expected] = parts
  const key = await keyOf(password, Buffer.from(salt!, 'base64'), {
    log2N: Number(log2N),
    r: Number(r),
    p: Number(p),
  })
  return timingSafeEqual(key, Buffer.from(expected!, 'base64')) && sealed !== null
}

const form = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{22}==)\$([\w+/]{43}=)$/
const nobody = `$scrypt$ln=${cost.log2N},r=${cost.r},p=${cost.p}$${Buffer.alloc(16).toString('base64')}$${Buffer.alloc(keyBytes).toString('base64')}`

/** One text is one password, however a keyboard composes its letters. */
function keyOf(password: string, salt: Buffer, { log2N, r, p }: typeof cost): Promise<Buffer> {
  const N = 2 ** log2N
  return derive(password.normalize('NFC'), salt, keyBytes, { N, r, p, maxmem: 256 * N * r })
}
