import { InvalidArgumentError, Option } from 'commander'

/** An option that takes a number from nought on, and refuses everything else. */
export function wholeNumber(flags: string, description: string, preset: number): Option {
  return new Option(flags, description).default(preset).argParser((text) => {
    if (!/^\d{1,9}$/.test(text))
      throw new InvalidArgumentError('Cần một số nguyên không âm. Not a whole number.')
    return Number(text)
  })
}
