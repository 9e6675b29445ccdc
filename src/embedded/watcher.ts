import { spawn } from 'node:child_process'

export interface Watcher {
  /** The watcher goes; the server stays as it is. */
  dismiss(): void
}

/**
 * A shell that waits on a pipe from this process. When this process ends in whatever way, kill -9 included,
 * the pipe closes and the shell shuts the server down. It is in a group of its own, so that a Ctrl-C on the
 * terminal reaches the service and not the two of them.
 */
export function watchOver(serverPid: number): Watcher {
  const script = `trap '' INT TERM HUP; read -r _; kill -INT ${serverPid} 2>/dev/null; n=0; while kill -0 ${serverPid} 2>/dev/null && [ $n -lt 50 ]; do sleep 0.1; n=$((n+1)); done; kill -QUIT ${serverPid} 2>/dev/null`
  const shell = spawn('/bin/sh', ['-c', script], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.unref()
  ;(shell.stdin as unknown as { unref(): void }).unref()
  shell.on('error', () => {})
  shell.stdin.on('error', () => {})
  return { dismiss: () => void shell.kill('SIGKILL') }
}
