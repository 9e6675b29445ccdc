/** The example that closes every command's help. */
export function example(...lines: readonly string[]): string {
  return `\nVí dụ / Example:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`
}
