/** Fields of the message that the rules of a profile may name; an absent one has no value. */
export const gateFields = [
  'organId',
  'steering',
  'priority',
  'sphere',
  'typeCode',
  'direction',
  'applicationType',
] as const
