import { connectRest } from '#connectors/rest/rest.ts'
import { describeConnector } from './contract.ts'
import { contentOf, deadAddress, detailOf, openRegister, profileAt, row } from './paged-register.ts'

describeConnector('rest', async () => {
  const rows = [1, 2, 3, 4, 5, 6, 7].map((id) => row(id))
  const register = await openRegister(rows)
  const { state } = register
  return {
    connector: connectRest(profileAt(register.address), {}),
    unreachable: connectRest(profileAt(await deadAddress()), {}),
    window: { from: '2026-03-01', until: '2026-03-03' },
    emptyWindow: { from: '2025-03-01', until: '2025-03-03' },
    documents: rows.map(({ id, abstract }) => ({
      ref: String(id),
      subject: String(abstract),
      files: [{ name: `${id}.pdf`, content: contentOf(id) }],
    })),
    unknownRef: { transportRef: '999', sourceRef: '999' },
    rawOf: async (ref) => detailOf(rows.find(({ id }) => String(id) === ref) ?? row(0)),
    breakWith(fault) {
      state.fault = fault
    },
    repair() {
      state.fault = null
    },
    refuseNextSend() {
      state.refuseNext = true
    },
    loseNextAnswer() {
      state.loseNext = true
    },
    received: () => state.replies.length,
    close: register.close,
  }
})
