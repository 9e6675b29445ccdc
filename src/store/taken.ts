/**
 * Of a reading `p` of a source that lists a message until it is acknowledged: how many messages of its days were
 * acknowledged before and are listed no more. What is left on such a list is what was not taken, and not all there is.
 */
export const takenBefore = (p: string) => `(select count(*)::int from sync.outbox o
  where o.source = ${p}.source and o.kind = 'acknowledge' and o.state = 'delivered'
    and o.ended_at >= ${p}.window_from::timestamp at time zone 'Asia/Ho_Chi_Minh' and o.ended_at <= ${p}.opened_at)`
