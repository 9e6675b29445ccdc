/** A store as it is after some years: made by the database itself, for no source could issue so much in time. */
import type pg from 'pg'

/** Of them, not classified yet; what an Office of a province has before it. */
const openOnes = 2_000
const replyEvery = 12

/** `count` directives of the last three years, with their messages, files, history, readings and replies. */
export async function fill(db: pg.Client, count: number, calendarVersion: string): Promise<void> {
  // Every row is consistent by construction, and nobody waits for the disk.
  await db.query(`set session_replication_role = replica`)
  await db.query(`set synchronous_commit = off`)
  await db.query(`set maintenance_work_mem = '512MB'`)
  // Built in one go at the end, as a restore does.
  const { rows: indexes } = await db.query(indexesOfTheBig)
  for (const { name } of indexes) await db.query(`drop index ${name}`)
  await db.query(sources)
  const allowed = Math.round(count / 4_000)
  await db.query(readings, [allowed + 40, allowed])
  await db.query(directives, [count, calendarVersion])
  await db.query(intake)
  await db.query(files)
  await db.query(history)
  await db.query(acknowledgements)
  await db.query(replies, [replyEvery])
  await db.query(outbox)
  await db.query(
    `update sync.directive set withheld_at = now(), withheld_because = 'doubtful' where id in (select id from sync.directive limit 40)`,
  )
  for (const { definition } of indexes) await db.query(definition)
  await db.query(`vacuum analyze`)
  await db.query(`create table public.bench_filled as select $1::int as directives`, [count])
}

/** How many directives a whole filling made; null where none came to its end. */
export async function filledWith(db: pg.Client): Promise<number | null> {
  const { rows } = await db.query(`select to_regclass('public.bench_filled') as made`)
  if (rows[0].made === null) return null
  return (await db.query(`select directives from public.bench_filled`)).rows[0].directives
}

const indexesOfTheBig = `
select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
where not indisunique and indrelid in ('sync.directive'::regclass, 'sync.intake'::regclass, 'sync.directive_file'::regclass,
  'sync.history'::regclass, 'sync.outbox'::regclass)`

const sources = `
insert into sync.source (name, statuses, replies, gate_fingerprint, head_cursor, deep_read_at, last_answer_at)
select name, '{}', 'message', 'f', now(), now(), now() from unnest(array['qlvb-tinh', 'truc-vxp']) name on conflict (name) do nothing`

const readings = `
insert into sync.pass (id, source, kind, window_from, window_until, upper_bound, state, attempts, seen, allowed, not_eligible, undecided, unchanged, opened_at, ended_at)
select md5('pass' || n)::uuid, case n % 2 when 0 then 'qlvb-tinh' else 'truc-vxp' end, case when n % 50 < 2 then 'deep' else 'head' end,
  now()::date - n / 4 - 3, now()::date - n / 4, now() - n * interval '15 minutes', 'done', 1, $1::int, $2::int, $1::int - $2::int, 0, 0,
  now() - n * interval '15 minutes', now() - n * interval '15 minutes' + interval '4 seconds'
from generate_series(1, 4000) n`

const directives = `
insert into sync.directive (id, source, source_ref, content_digest, number, symbol, code, code_normalised, same_document_key, issuer, issued_on, type_name,
  subject, signer_name, signer_position, urgency, deadline_date, classify_by, calendar_version, deadline_confirmed, before_go_live, seen_at, staged_at, files_complete_at, classified_at, read_at)
select md5('d' || n)::uuid, case n % 2 when 0 then 'qlvb-tinh' else 'truc-vxp' end, 'r' || n, '', (n % 9000)::text, s, (n % 9000) || '/' || s,
  (n % 9000) || '/' || s, 'k' || n, (array['UBND tỉnh Quảng Trị', 'Chủ tịch UBND tỉnh', 'Văn phòng UBND tỉnh', 'Thủ tướng Chính phủ'])[1 + n % 4], day,
  (array['Công văn', 'Quyết định', 'Chỉ thị', 'Kế hoạch', 'Thông báo'])[1 + n % 5],
  (array['Triển khai công tác phòng, chống thiên tai', 'Đẩy nhanh giải ngân vốn đầu tư công', 'Tăng cường quản lý đất đai', 'Chấn chỉnh kỷ luật, kỷ cương hành chính',
    'Kiểm tra công tác cải cách thủ tục', 'Xử lý kiến nghị của cử tri', 'Hỗ trợ doanh nghiệp sản xuất', 'Ứng phó áp thấp nhiệt đới', 'Rà soát quy hoạch xây dựng', 'Chuẩn bị kỳ họp'])[1 + (n / 7) % 10]
    || ' tại xã ' || (array['Gio Linh', 'Hải Lăng', 'Cam Lộ', 'Triệu Phong', 'Đakrông', 'Vĩnh Linh', 'Hướng Hóa', 'Bố Trạch', 'Lệ Thủy', 'Minh Hóa'])[1 + (n / 3) % 10]
    || ', đợt ' || (n % 997) || ' năm ' || extract(year from day),
  (array['Nguyễn Văn An', 'Trần Thị Bình', 'Lê Quang Cường', 'Phạm Thị Dung', 'Hoàng Đức Em'])[1 + n % 5], 'Phó Chủ tịch',
  (array['normal', 'normal', 'normal', 'urgent', 'veryUrgent', 'flash'])[1 + n % 6], day + 2, ((day + 3)::timestamp at time zone 'Asia/Ho_Chi_Minh'), $2, true, false,
  at, at + interval '40 seconds', at + interval '40 seconds', case when n > ${openOnes} then at + (n % 70) * interval '1 hour' end, at
from (select n, (array['UBND-NNMT', 'QĐ-UBND', 'CT-UBND', 'KH-UBND', 'VP-TH'])[1 + n % 5] as s,
  now() - (n::float8 / $1) * interval '1095 days' as at, (now() - (n::float8 / $1) * interval '1095 days')::date as day from generate_series(1, $1::int) n) made`

const intake = `
insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, directive_id, revision, state, classify_by, seen_at, settled_at)
select md5('i' || d.id)::uuid, d.source, d.source_ref, d.source_ref, 'v1', md5('pass' || 1 + (row_number() over ()) % 4000)::uuid, d.id, 1, 'staged', d.classify_by, d.seen_at, d.staged_at
from sync.directive d`

const files = `
insert into sync.directive_file (directive_id, ref, revision, state, is_full_text, position, name, media_type, announced_size, size, sha256, stored_as)
select d.id, 'f', 1, 'stored', true, 1, 'toan-van.pdf', 'application/pdf', 210000, 210000, 'h', d.id::text from sync.directive d`

/** The axis is told of each message that it arrived. */
const acknowledgements = `
insert into sync.outbox (source, kind, intake_id, detail, state, attempts, written_at, attempted_at, ended_at)
select i.source, 'acknowledge', i.id, '{"as":"done"}', 'delivered', 1, i.settled_at, i.settled_at, i.settled_at from sync.intake i order by i.settled_at`

const history = `
insert into sync.history (at, directive_id, actor, event)
select staged_at, id, 'bridge', 'staged' from sync.directive union all
select classified_at, id, 'chuyên viên', 'classified' from sync.directive where classified_at is not null`

const replies = `
with chosen as (select id, source, classified_at, row_number() over (order by id) as n from sync.directive where classified_at is not null),
  unit as (insert into sync.unit default values returning id),
  named as (insert into sync.unit_name (unit_id, name, valid_from) select id, 'Sở Tài chính', '2020-01-01' from unit),
  task as (insert into sync.task (directive_id, position, description, open_ended) select id, 1, 'Báo cáo kết quả', true from chosen where n % $1 = 0 returning id, directive_id),
  assignment as (insert into sync.assignment (task_id, unit_id, role, assigned_at) select task.id, unit.id, 'lead', now() from task, unit returning id, task_id)
insert into sync.reply (id, assignment_id, directive_id, outcome, completed_on, explanation, written_at, written_by)
select gen_random_uuid(), a.id, t.directive_id, 'completed', now()::date, 'Đã hoàn thành', now(), 'chuyên viên' from assignment a join task t on t.id = a.task_id`

const outbox = `
insert into sync.outbox (source, kind, directive_id, reply_id, state, attempts, written_at, attempted_at, ended_at)
select d.source, 'reply', r.directive_id, r.id, case when random() < 0.0005 then 'unconfirmed' when random() < 0.0005 then 'rejected' else 'delivered' end, 1, d.classified_at, d.classified_at, d.classified_at
from sync.reply r join sync.directive d on d.id = r.directive_id order by d.classified_at`
