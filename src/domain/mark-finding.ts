/** `sure`: an unambiguous mark. `doubtful`: may be one, so it counts. `undecipherable`: nobody can tell. */
export type MarkFinding = 'sure' | 'doubtful' | 'undecipherable' | null

export function strongest(findings: readonly MarkFinding[]): MarkFinding {
  return (
    (['sure', 'undecipherable', 'doubtful'] as const).find((finding) =>
      findings.includes(finding),
    ) ?? null
  )
}
