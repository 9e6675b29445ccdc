/**
 * What waits for a person, danger first. `overdue` and `dueSoon`: not classified, its legal deadline passed or near.
 * `releasedLate`: its source released it when its legal time was over. `foundLate`: a reading should have met it before.
 * `withoutText`: its legal deadline passed and the full text is not there, classified or not. `doubtedDate`: what its source says of the day of issue
 * cannot be believed as it stands, or would move a running deadline far. `alert`: one that lasts and
 * tells what no row tells. `stagingFailed`: admitted, and not in the store yet. `fileMissing`: files of a directive that
 * could not be fetched so far. `fileUnusable`: files of which nothing will be stored. `conflict`: the same identity with
 * another content. `messageDeferred`: an order about something that was never staged, or that says nothing clear.
 * `notAdmitted`: what the tracking software wrote, or what was to leave, was removed, or still waits by a mistake of
 * ours. `mayBeSame`: two directives of one identity through different sources that are not plainly one document.
 * `undecided`: a source shows what cannot be read far enough to decide. `unbalanced`: a reading whose counts do not
 * add up, which is a mistake of ours. `listShort`: a source counts more than it lists, so that its days are not proven.
 * `contradiction`: a source says two things of one directive. `nameGiven`: a source calls another document by its name.
 * `waitsForOther`: a resync, or readings of a source, that another source holds up.
 * `formRefused`: many documents that only a field of their form keeps out, where there were none.
 * `undelivered`: a channel on which alerts do not arrive.
 */
export const attentionKinds = [
  'overdue',
  'dueSoon',
  'withoutText',
  'foundLate',
  'doubtedDate',
  'alert',
  'stagingFailed',
  'fileMissing',
  'fileUnusable',
  'conflict',
  'messageDeferred',
  'sendRejected',
  'sendUnconfirmed',
  'notAdmitted',
  'withheld',
  'mayBeSame',
  'fuse',
  'unmappedCode',
  'formRefused',
  'undecided',
  'unbalanced',
  'listShort',
  'waitsForOther',
  'contradiction',
  'nameGiven',
  'sourceFailing',
  'sourcePaused',
  'releasedLate',
  'undelivered',
] as const
export type AttentionKind = (typeof attentionKinds)[number]
