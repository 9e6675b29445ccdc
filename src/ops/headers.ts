/** Nothing from elsewhere, and nothing that is written into a page: neither scripts nor styles. */
const policy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'base-uri': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
}

export const headers = {
  contentSecurityPolicy: { useDefaults: false, directives: policy },
  referrerPolicy: { policy: 'no-referrer' },
  // Whoever puts TLS in front promises it there.
  strictTransportSecurity: false,
} as const

/** Bull Board sets styles on its elements. */
export const headersOfBoard = {
  ...headers,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { ...policy, 'style-src': ["'self'", "'unsafe-inline'"] },
  },
} as const
