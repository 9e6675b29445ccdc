import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Where the long ones are. Begun last, one of them alone would be waited for. */
const longest = ['/faults/', '/leaks/', '/e2e/', '/cli/selftest', '/year/', '/flow/', '/cli/']

/** Files by the folder that they are in; within one, as Vitest would. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((part) => moduleId.includes(part))
      return at < 0 ? longest.length : at
    }
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}
