/** How a profile says who asks: by a token that somebody was given, or by a login. */
import { z } from 'zod'
import { condition, strict, text } from '#config/sources.ts'
import { headers, params, path, success, template, urlPath } from './call.ts'

const variable = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]*$/, 'must be the name of an environment variable')
const filled = template('user', 'password')

const login = strict({
  path: urlPath(),
  method: z.enum(['POST', 'GET']).default('POST'),
  params: params(),
  headers,
  json: z.record(text, filled).optional(),
  form: z.record(text, filled).optional(),
  user: text,
  password: text.optional(),
  passwordFile: text.optional(),
  passwordEnv: variable.optional(),
  success,
  token: path.optional(),
  cookies: z.boolean().default(false),
  validSeconds: z.union([z.int().min(1), path]).optional(),
  expired: condition.optional(),
  page: text.optional(),
})
  .refine(
    ({ password, passwordFile, passwordEnv }) => isOne(password, passwordFile, passwordEnv),
    'give exactly one of passwordFile, passwordEnv and password',
  )
  .refine(
    ({ json, form }) => json === undefined || form === undefined,
    'send the login as json or as form, not as both',
  )
  .refine(
    ({ token, cookies }) => token !== undefined || cookies,
    'say where the token stands in the answer (token), or that the session is a cookie (cookies: true)',
  )

export const auth = strict({
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'must be the name of an HTTP header')
    .default('Authorization'),
  prefix: z
    .string()
    .regex(/^[\x20-\x7e]*$/, 'a header holds letters without diacritics only')
    .default('Bearer '),
  token: text.optional(),
  tokenFile: text.optional(),
  tokenEnv: variable.optional(),
  login: login.optional(),
}).refine(
  ({ token, tokenFile, tokenEnv, login: given }) => isOne(token, tokenFile, tokenEnv, given),
  'give exactly one of tokenFile, tokenEnv, token and login',
)

export type Login = z.infer<typeof login>

function isOne(...given: unknown[]): boolean {
  return given.filter((one) => one !== undefined).length === 1
}
