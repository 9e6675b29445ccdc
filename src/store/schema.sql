-- Written by `npm run schema` from a store that was just migrated. Read it, and change the migrations
-- (src/store/migrations) or the files of functions (src/store/sql) instead.

create table sync.account ( -- Who may log in to the pages. Never deleted: the history names them.
  name text not null,
  shown_name text not null,
  role text not null,
  language text not null default 'vi'::text,
  password text, -- scrypt with its parameters and salt; null: the directory of the province checks it.
  created_at timestamp with time zone not null,
  disabled_at timestamp with time zone,
  last_login_at timestamp with time zone,
  failures integer not null default 0, -- Wrong passwords in a row; at the limit the account is locked for a while.
  locked_until timestamp with time zone,
  constraint account_pkey PRIMARY KEY (name),
  constraint account_language_check CHECK ((language = ANY (ARRAY['vi'::text, 'en'::text]))),
  constraint account_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'::text)),
  constraint account_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'administrator'::text])))
);

create table sync.alert ( -- Totals only: which directives are meant is for whoever may see the pages.
  id uuid not null default gen_random_uuid(),
  kind text not null,
  source text not null,
  figures jsonb not null,
  began_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  told_at timestamp with time zone not null,
  told_count bigint not null,
  ended_at timestamp with time zone,
  constraint alert_pkey PRIMARY KEY (id)
);
CREATE INDEX alert_ended ON sync.alert USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE UNIQUE INDEX alert_one_open ON sync.alert USING btree (kind, source) WHERE (ended_at IS NULL);

create table sync.alert_notice (
  id uuid not null default gen_random_uuid(),
  place bigint not null generated always as identity,
  alert_id uuid not null,
  occasion text not null,
  figures jsonb not null,
  channel text not null,
  state text not null default 'pending'::text,
  attempts integer not null default 0,
  due_at timestamp with time zone not null default clock_timestamp(),
  written_at timestamp with time zone not null default clock_timestamp(),
  ended_at timestamp with time zone,
  failure text,
  constraint alert_notice_pkey PRIMARY KEY (id),
  constraint alert_notice_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES sync.alert(id) ON DELETE CASCADE,
  constraint alert_notice_channel_check CHECK ((channel = ANY (ARRAY['webhook'::text, 'email'::text]))),
  constraint alert_notice_occasion_check CHECK ((occasion = ANY (ARRAY['raised'::text, 'worse'::text, 'again'::text, 'recovered'::text]))),
  constraint alert_notice_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'givenUp'::text])))
);
CREATE INDEX alert_notice_alert ON sync.alert_notice USING btree (alert_id);
CREATE INDEX alert_notice_due ON sync.alert_notice USING btree (channel, due_at) WHERE (state = 'pending'::text);

create table sync.assignment (
  id uuid not null default gen_random_uuid(),
  task_id uuid not null,
  unit_id uuid not null,
  role text not null,
  assigned_at timestamp with time zone not null,
  begun_at timestamp with time zone,
  constraint assignment_pkey PRIMARY KEY (id),
  constraint assignment_role_check CHECK ((role = ANY (ARRAY['lead'::text, 'support'::text]))),
  constraint assignment_task_id_fkey FOREIGN KEY (task_id) REFERENCES sync.task(id) ON DELETE CASCADE,
  constraint assignment_task_id_unit_id_key UNIQUE (task_id, unit_id),
  constraint assignment_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES sync.unit(id)
);
CREATE UNIQUE INDEX assignment_one_lead ON sync.assignment USING btree (task_id) WHERE (role = 'lead'::text);
CREATE INDEX assignment_unit ON sync.assignment USING btree (unit_id);

create table sync.business_order (
  id uuid not null default gen_random_uuid(),
  directive_id uuid not null,
  intake_id uuid,
  kind text not null,
  reason text,
  ordered_at timestamp with time zone not null,
  answer text,
  answer_reason text,
  answered_at timestamp with time zone,
  answered_by text,
  constraint business_order_pkey PRIMARY KEY (id),
  constraint business_order_answer_check CHECK ((answer = ANY (ARRAY['accepted'::text, 'refused'::text]))),
  constraint business_order_check CHECK (((answer IS NULL) = (answered_at IS NULL))),
  constraint business_order_directive_id_fkey FOREIGN KEY (directive_id) REFERENCES sync.directive(id) ON DELETE CASCADE,
  constraint business_order_intake_id_fkey FOREIGN KEY (intake_id) REFERENCES sync.intake(id) ON DELETE SET NULL,
  constraint business_order_kind_check CHECK ((kind = ANY (ARRAY['recall'::text, 'update'::text])))
);
CREATE INDEX business_order_directive ON sync.business_order USING btree (directive_id, ordered_at);
CREATE INDEX business_order_intake ON sync.business_order USING btree (intake_id);
CREATE INDEX business_order_open ON sync.business_order USING btree (ordered_at) WHERE (answer IS NULL);

create table sync.calendar (
  version text not null,
  content jsonb not null,
  loaded_at timestamp with time zone not null,
  place bigint not null generated always as identity, -- The last is the list in force, for every process. A list that was replaced stays: deadlines say which one they were computed with.
  origin text not null default 'file'::text,
  loaded_by text not null default 'bridge'::text,
  reason text,
  constraint calendar_pkey PRIMARY KEY (version),
  constraint calendar_origin_check CHECK ((origin = ANY (ARRAY['file'::text, 'import'::text])))
);
CREATE UNIQUE INDEX calendar_in_force ON sync.calendar USING btree (place DESC);

create table sync.contradiction ( -- What a source says two things of. atOnce: in one list. inTurns: from one reading to the next, as versions that it showed before.
  directive_id uuid not null,
  how text not null,
  version text not null, -- The row that was listed last, which changes while they take turns.
  times integer not null default 1, -- One reading may meet a row before and after it was changed: from the second on a person is told.
  since timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint contradiction_pkey PRIMARY KEY (directive_id),
  constraint contradiction_directive_id_fkey FOREIGN KEY (directive_id) REFERENCES sync.directive(id) ON DELETE CASCADE,
  constraint contradiction_how_check CHECK ((how = ANY (ARRAY['atOnce'::text, 'inTurns'::text])))
);

create table sync.directive (
  id uuid not null,
  source text not null,
  source_ref text not null,
  revision integer not null default 1,
  content_digest text not null,
  number text not null,
  symbol text not null,
  code text not null,
  code_normalised text not null,
  same_document_key text not null,
  issuer text not null,
  issued_on date not null,
  type_name text not null,
  subject text not null,
  summary text,
  signer_name text,
  signer_position text,
  signer_competence text,
  urgency text not null,
  due_on date,
  receivers text[] not null default '{}'::text[],
  act_at_once boolean not null default false,
  deadline_date date not null,
  classify_by timestamp with time zone not null,
  calendar_version text not null,
  deadline_confirmed boolean not null,
  before_go_live boolean not null,
  seen_at timestamp with time zone not null,
  staged_at timestamp with time zone not null,
  classified_at timestamp with time zone,
  refused_at timestamp with time zone,
  recalled_at timestamp with time zone,
  withheld_at timestamp with time zone,
  read_at timestamp with time zone not null, -- When the content was asked for: a reading that asked earlier does not undo it.
  primary_id uuid, -- The first copy of the same document through another source; classifying either settles both clocks.
  withheld_because text, -- The weightiest of its own reason and of those of what bears its number within a day of it; follows from sync.directive.withheld_itself. secret: it is purged. Everything else waits for a person.
  checked_at timestamp with time zone, -- When what its source last answered about it was last carried out.
  recall_authority text, -- By whose decision a person recalled it; null where its source did. A source that goes on listing it does not undo that.
  deadline_passed_at timestamp with time zone, -- When the bridge saw that the directive was not classified in time; null again when another list of working days moves its deadline.
  withheld_itself text, -- The reason that this row gave; null where only another of its number gave one. The bridge lifts a row's own reason and no other. secret: its source says so of what is stored. otherSecret: its source says so under its reference of something else, or says too little. takenAlong: one of its number within a day of it is secret, or was purged.
  unanswered integer, -- How often in a row its source was asked for it again and came to no answer; null where the last answer came.
  recheck_after timestamp with time zone, -- It is not asked for again before this instant; null where only its last check counts.
  files_complete_at timestamp with time zone, -- When nothing that its latest revision announces was waited for any more.
  arrival_told boolean not null default false, -- Status 01 was written, where its source wants it. It precedes every other status.
  late text, -- Met by a reading behind the newest days. released: its source released it late, or its day was proven complete before. found: a reading should have met it before. Null of what came in its turn.
  former_ref text, -- What it was called at its source, which calls another document so by now. Its source_ref is its id then: it cannot be asked for, and nothing is sent under that name.
  former_since timestamp with time zone,
  former_known boolean not null default false, -- A person has seen that.
  constraint directive_pkey PRIMARY KEY (id),
  constraint directive_calendar_version_fkey FOREIGN KEY (calendar_version) REFERENCES sync.calendar(version),
  constraint directive_check CHECK (((withheld_at IS NULL) = (withheld_because IS NULL))),
  constraint directive_check1 CHECK (((withheld_itself IS NULL) OR (withheld_at IS NOT NULL))),
  constraint directive_late_check CHECK ((late = ANY (ARRAY['released'::text, 'found'::text]))),
  constraint directive_primary_id_fkey FOREIGN KEY (primary_id) REFERENCES sync.directive(id) ON DELETE SET NULL,
  constraint directive_source_fkey FOREIGN KEY (source) REFERENCES sync.source(name),
  constraint directive_source_source_ref_key UNIQUE (source, source_ref),
  constraint directive_urgency_check CHECK ((urgency = ANY (ARRAY['normal'::text, 'urgent'::text, 'veryUrgent'::text, 'flash'::text, 'unreadable'::text]))),
  constraint directive_withheld_because_check CHECK ((withheld_because = ANY (ARRAY['secret'::text, 'otherSecret'::text, 'takenAlong'::text, 'doubtful'::text, 'vanished'::text, 'byHand'::text, 'restored'::text, 'purgeLost'::text]))),
  constraint directive_withheld_itself_check CHECK ((withheld_itself = ANY (ARRAY['secret'::text, 'otherSecret'::text, 'takenAlong'::text, 'doubtful'::text, 'vanished'::text, 'byHand'::text, 'restored'::text, 'purgeLost'::text])))
);
CREATE INDEX directive_classified ON sync.directive USING btree (classified_at) WHERE ((withheld_at IS NULL) AND (classified_at IS NOT NULL));
CREATE INDEX directive_code ON sync.directive USING btree (code_normalised);
CREATE INDEX directive_copy ON sync.directive USING btree (primary_id);
CREATE INDEX directive_former ON sync.directive USING btree (source, former_ref) WHERE (former_ref IS NOT NULL);
CREATE INDEX directive_issued ON sync.directive USING btree (source, issued_on);
CREATE INDEX directive_judged ON sync.directive USING btree (classify_by) INCLUDE (classified_at, refused_at, recalled_at) WHERE ((withheld_at IS NULL) AND (NOT before_go_live));
CREATE INDEX directive_late ON sync.directive USING btree (late, staged_at) WHERE ((late IS NOT NULL) AND (withheld_at IS NULL));
CREATE INDEX directive_newest ON sync.directive USING btree (issued_on DESC, id DESC) WHERE (withheld_at IS NULL);
CREATE INDEX directive_newest_of_source ON sync.directive USING btree (source, issued_on DESC, id DESC) WHERE (withheld_at IS NULL);
CREATE INDEX directive_open_by_calendar ON sync.directive USING btree (calendar_version) WHERE ((classified_at IS NULL) AND (refused_at IS NULL) AND (recalled_at IS NULL) AND (NOT before_go_live));
CREATE INDEX directive_primary ON sync.directive USING btree (COALESCE(primary_id, id));
CREATE INDEX directive_recalled ON sync.directive USING btree (issued_on DESC, id DESC) WHERE ((withheld_at IS NULL) AND (recalled_at IS NOT NULL));
CREATE INDEX directive_recalled_at ON sync.directive USING btree (source, recalled_at) WHERE (recalled_at IS NOT NULL);
CREATE INDEX directive_recheck ON sync.directive USING btree (source, COALESCE(checked_at, seen_at));
CREATE INDEX directive_refused ON sync.directive USING btree (issued_on DESC, id DESC) WHERE ((withheld_at IS NULL) AND (refused_at IS NOT NULL));
CREATE INDEX directive_same_document ON sync.directive USING btree (same_document_key);
CREATE INDEX directive_staged ON sync.directive USING btree (staged_at) INCLUDE (classify_by, before_go_live) WHERE (withheld_at IS NULL);
CREATE INDEX directive_staged_late ON sync.directive USING btree (classify_by) WHERE ((withheld_at IS NULL) AND (NOT before_go_live) AND (staged_at >= classify_by));
CREATE INDEX directive_unclassified ON sync.directive USING btree (classify_by) WHERE ((classified_at IS NULL) AND (refused_at IS NULL) AND (recalled_at IS NULL));
CREATE INDEX directive_waiting ON sync.directive USING btree (classify_by, id) WHERE ((classified_at IS NULL) AND (refused_at IS NULL) AND (recalled_at IS NULL) AND (withheld_at IS NULL) AND (NOT before_go_live));
CREATE INDEX directive_withheld ON sync.directive USING btree (withheld_at) WHERE (withheld_at IS NOT NULL);
CREATE INDEX directive_withheld_itself ON sync.directive USING btree (source, withheld_itself) WHERE (withheld_itself IS NOT NULL);
CREATE INDEX directive_words ON sync.directive USING gin (sync.sought_words(code, subject, summary, type_name, issuer, signer_name, source, issued_on)) WITH (gin_pending_list_limit='64') WHERE (withheld_at IS NULL);

create table sync.directive_file (
  id uuid not null default gen_random_uuid(),
  directive_id uuid not null,
  ref text not null,
  "position" integer not null,
  name text not null,
  media_type text,
  announced_size bigint,
  size bigint,
  sha256 text,
  stored_as text,
  note text, -- Odd although its size is the announced one. typeDiffers: its first bytes are not of the type that its name says.
  unusable text, -- Why nothing will ever be stored of it. noContent, broken, notInMessage: its message, which never changes, has it so. givenUp: a person said so. Its directive is staged without it.
  unusable_known boolean not null default false, -- A person has seen that.
  state text not null, -- waiting: still to be fetched. unusable: nothing will be stored of it. superseded: another revision came before it did.
  revision integer not null, -- The revision that announced it first. Later ones that announce the same file share the row.
  superseded_by integer, -- The revision that announced it no more. What was stored until then stays.
  intake_id uuid, -- The message in which it comes.
  is_full_text boolean not null default false, -- The document itself, as the profile of its source names it, else the first file. The rest are annexes.
  handed_in_by text, -- The administrator who handed it in, because it could not be fetched.
  given_up_as text, -- What the source is told of its message, when none of that is waited for any more.
  attempts integer not null default 0,
  due_at timestamp with time zone not null default clock_timestamp(),
  failure text,
  lease_owner uuid,
  lease_epoch integer not null default 0,
  lease_until timestamp with time zone,
  stored_at timestamp with time zone, -- When it was stored; of what was stored before this was kept, when its directive had all files.
  constraint directive_file_pkey PRIMARY KEY (id),
  constraint directive_file_check CHECK (((state = 'stored'::text) = (stored_as IS NOT NULL))),
  constraint directive_file_check1 CHECK (((state = 'unusable'::text) = (unusable IS NOT NULL))),
  constraint directive_file_directive_id_fkey FOREIGN KEY (directive_id) REFERENCES sync.directive(id) ON DELETE CASCADE,
  constraint directive_file_directive_id_ref_revision_key UNIQUE (directive_id, ref, revision),
  constraint directive_file_given_up_as_check CHECK ((given_up_as = ANY (ARRAY['done'::text, 'fail'::text]))),
  constraint directive_file_intake_id_fkey FOREIGN KEY (intake_id) REFERENCES sync.intake(id) ON DELETE SET NULL,
  constraint directive_file_note_check CHECK ((note = 'typeDiffers'::text)),
  constraint directive_file_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'stored'::text, 'unusable'::text, 'superseded'::text]))),
  constraint directive_file_stored_as_key UNIQUE (stored_as),
  constraint directive_file_unusable_check CHECK ((unusable = ANY (ARRAY['noContent'::text, 'broken'::text, 'notInMessage'::text, 'givenUp'::text])))
);
CREATE INDEX directive_file_message ON sync.directive_file USING btree (intake_id);
CREATE INDEX directive_file_missing ON sync.directive_file USING btree (directive_id) WHERE (state = 'waiting'::text);
CREATE INDEX directive_file_text ON sync.directive_file USING btree (directive_id) WHERE (is_full_text AND (superseded_by IS NULL) AND (state <> 'stored'::text));
CREATE INDEX directive_file_unusable ON sync.directive_file USING btree (directive_id) WHERE ((state = 'unusable'::text) AND (NOT unusable_known) AND (superseded_by IS NULL));
CREATE INDEX directive_file_waiting ON sync.directive_file USING btree (due_at) WHERE (state = 'waiting'::text);

create table sync.directive_revision (
  directive_id uuid not null,
  revision integer not null,
  at timestamp with time zone not null,
  changed text[] not null default '{}'::text[],
  fields jsonb not null,
  files integer not null default 0, -- How many files it announces.
  constraint directive_revision_pkey PRIMARY KEY (directive_id, revision),
  constraint directive_revision_directive_id_fkey FOREIGN KEY (directive_id) REFERENCES sync.directive(id) ON DELETE CASCADE
);

create table sync.doubted_clock ( -- What a source says of the day of issue and a person has to decide, or has decided for that day.
  directive_id uuid not null,
  doubt text not null,
  issued_on date not null, -- The day that is doubted; of another one nothing is decided.
  before_go_live boolean not null, -- Whether that day lies before the source went live.
  kept_from date not null, -- What the clock counts from while that day is not believed: the day of issue before, else the day on which it was seen.
  kept_same_day boolean not null,
  other_deadline date, -- The deadline that does not run, when the doubt began; null where that day gives none.
  since timestamp with time zone not null,
  settled text,
  settled_at timestamp with time zone,
  constraint doubted_clock_pkey PRIMARY KEY (directive_id),
  constraint doubted_clock_check CHECK (((settled IS NULL) = (settled_at IS NULL))),
  constraint doubted_clock_directive_id_fkey FOREIGN KEY (directive_id) REFERENCES sync.directive(id) ON DELETE CASCADE,
  constraint doubted_clock_doubt_check CHECK ((doubt = ANY (ARRAY['issuedAhead'::text, 'issuedLongBefore'::text, 'deadlineMoves'::text]))),
  constraint doubted_clock_settled_check CHECK ((settled = ANY (ARRAY['accepted'::text, 'kept'::text])))
);
CREATE INDEX doubted_clock_open ON sync.doubted_clock USING btree (since) WHERE (settled IS NULL);

create table sync.form_refusal ( -- The most that one reading of a day refused because this field of an issued document in scope, against which nothing else speaks, is missing or unreadable.
  source text not null,
  day date not null,
  field text not null,
  count integer not null,
  constraint form_refusal_pkey PRIMARY KEY (source, field, day),
  constraint form_refusal_count_check CHECK ((count > 0)),
  constraint form_refusal_field_check CHECK ((field = ANY (ARRAY['subject'::text, 'number'::text, 'issuedOn'::text, 'issuer'::text, 'typeName'::text]))),
  constraint form_refusal_source_fkey FOREIGN KEY (source) REFERENCES sync.source(name)
);

create table sync.function_edition ( -- Which edition of src/store/sql the functions are of. A process with an older one leaves them as they are.
  only_row boolean not null default true,
  edition integer not null,
  digest text not null,
  constraint function_edition_pkey PRIMARY KEY (only_row),
  constraint function_edition_only_row_check CHECK (only_row)
);

create table sync.fuse ( -- A source suddenly says that an unusual share of the store should go: nothing goes until a person has answered.
  id uuid not null default gen_random_uuid(),
  source text not null,
  kind text not null,
  counted integer not null,
  out_of integer not null,
  tripped_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  answer text,
  answered_at timestamp with time zone,
  answered_by text,
  reason text,
  constraint fuse_pkey PRIMARY KEY (id),
  constraint fuse_answer_check CHECK ((answer = ANY (ARRAY['proceed'::text, 'keep'::text]))),
  constraint fuse_kind_check CHECK ((kind = ANY (ARRAY['withhold'::text, 'recall'::text, 'purge'::text]))),
  constraint fuse_source_fkey FOREIGN KEY (source) REFERENCES sync.source(name)
);
CREATE UNIQUE INDEX fuse_one_open ON sync.fuse USING btree (source, kind) WHERE (answer IS NULL);

create table sync.heartbeat ( -- The dead-man's switch: sent_at is when its receiver last took a sign of life, failure why the last one was not sent.
  only_row boolean not null default true,
  due_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  failure text,
  constraint heartbeat_pkey PRIMARY KEY (only_row),
  constraint heartbeat_only_row_check CHECK (only_row)
);

create table sync.history (
  id uuid not null default gen_random_uuid(),
  at timestamp with time zone not null,
  directive_id uuid,
  actor text not null,
  event text not null,
  detail jsonb not null default '{}'::jsonb,
  salt bytea not null default uuid_send(gen_random_uuid()),
  constraint history_pkey PRIMARY KEY (id)
);
CREATE INDEX history_directive ON sync.history USING btree (directive_id, at);
CREATE TRIGGER history_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON sync.history FOR EACH STATEMENT EXECUTE FUNCTION sync.history_is_append_only();
CREATE TRIGGER history_awaits_seal AFTER INSERT ON sync.history REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sync.await_seal();

create table sync.history_chain ( -- seal = HMAC over seq, the previous seal, the id and the digest of a payload. Not even a purge deletes from it.
  seq bigint not null,
  history_id uuid not null,
  digest bytea not null,
  previous bytea not null,
  seal bytea not null,
  constraint history_chain_pkey PRIMARY KEY (seq),
  constraint history_chain_history_id_key UNIQUE (history_id)
);
CREATE TRIGGER history_chain_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON sync.history_chain FOR EACH STATEMENT EXECUTE FUNCTION sync.history_is_append_only();

create table sync.history_unsealed ( -- Written with each payload, however late that commits; emptied by the sealer.
  history_id uuid not null,
  constraint history_unsealed_pkey PRIMARY KEY (history_id)
);

create table sync.intake ( -- One row per message version the gate admitted; what it refused has no row anywhere.
  id uuid not null,
  source text not null,
  transport_ref text not null,
  source_ref text not null,
  version text not null,
  pass_id uuid not null,
  directive_id uuid,
  generation integer not null default 0, -- Raised by a purge, so that a staging in flight stops.
  revision integer,
  business text not null default 'new'::text,
  concerns text[] not null default '{}'::text[], -- The directives, by source_ref, that a business message or a status message is about.
  state text not null,
  classify_by timestamp with time zone not null,
  attempts integer not null default 0,
  due_at timestamp with time zone not null default clock_timestamp(),
  failure text,
  lease_owner uuid,
  lease_epoch integer not null default 0,
  lease_until timestamp with time zone,
  seen_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  state_before text, -- What a withheld row was, and is again when its directive is released.
  order_code text, -- Number and symbol that a message which waits for a person prints, until what it is about is called secret.
  order_issuer text, -- Its sender, likewise.
  constraint intake_pkey PRIMARY KEY (id),
  constraint intake_business_check CHECK ((business = ANY (ARRAY['new'::text, 'revoke'::text, 'update'::text, 'replace'::text, 'unclear'::text, 'status'::text]))),
  constraint intake_directive_id_fkey FOREIGN KEY (directive_id) REFERENCES sync.directive(id) ON DELETE SET NULL,
  constraint intake_pass_id_fkey FOREIGN KEY (pass_id) REFERENCES sync.pass(id),
  constraint intake_source_fkey FOREIGN KEY (source) REFERENCES sync.source(name),
  constraint intake_source_transport_ref_version_key UNIQUE (source, transport_ref, version),
  constraint intake_state_check CHECK ((state = ANY (ARRAY['staged'::text, 'updated'::text, 'unchanged'::text, 'recalled'::text, 'deferred'::text, 'withheld'::text, 'purged'::text, 'failed'::text, 'discarded'::text])))
);
CREATE INDEX intake_deferred ON sync.intake USING btree (seen_at) WHERE (state = 'deferred'::text);
CREATE INDEX intake_directive ON sync.intake USING btree (directive_id, seen_at);
CREATE INDEX intake_discarded ON sync.intake USING btree (source) WHERE (state = 'discarded'::text);
CREATE INDEX intake_pass ON sync.intake USING btree (pass_id, state);
CREATE INDEX intake_ref ON sync.intake USING btree (source, source_ref);
CREATE INDEX intake_seen ON sync.intake USING btree (source, seen_at);
CREATE INDEX intake_unsettled ON sync.intake USING btree (classify_by) WHERE (state = 'failed'::text);
CREATE INDEX intake_window ON sync.intake USING btree (source, classify_by);

create table sync.life ( -- Raised together with its twin in the keys database, which backups of the store leave out: a store that is behind it was restored.
  only_row boolean not null default true,
  generation bigint not null,
  store_id uuid not null default gen_random_uuid(), -- In the names of the queue's keys, so that stores may share a Redis. A copy of a store has it too, until "chidao store adopt" gives the copy one of its own.
  went_back_at timestamp with time zone, -- When it was last noticed that commits of this store were lost.
  directives_lost integer,
  constraint life_pkey PRIMARY KEY (only_row),
  constraint life_only_row_check CHECK (only_row)
);

create table sync.may_be_same ( -- Directives of one identity that came through different sources and are not plainly one document, and what a person said of them.
  id uuid not null default gen_random_uuid(),
  one uuid not null,
  other uuid not null,
  asked_at timestamp with time zone not null,
  answer text,
  answered_at timestamp with time zone,
  answered_by text,
  reason text,
  constraint may_be_same_pkey PRIMARY KEY (id),
  constraint may_be_same_answer_check CHECK ((answer = ANY (ARRAY['same'::text, 'two'::text]))),
  constraint may_be_same_check CHECK ((one < other)),
  constraint may_be_same_check1 CHECK ((((answer IS NULL) = (answered_at IS NULL)) AND ((answer IS NULL) = (answered_by IS NULL)))),
  constraint may_be_same_one_fkey FOREIGN KEY (one) REFERENCES sync.directive(id) ON DELETE CASCADE,
  constraint may_be_same_one_other_key UNIQUE (one, other),
  constraint may_be_same_other_fkey FOREIGN KEY (other) REFERENCES sync.directive(id) ON DELETE CASCADE
);
CREATE INDEX may_be_same_open ON sync.may_be_same USING btree (asked_at) WHERE (answer IS NULL);
CREATE INDEX may_be_same_other ON sync.may_be_same USING btree (other);

create table sync.mutex ( -- Rows that are locked, and never changed: who holds one does alone what it stands for, until the end of its transaction. Rows of documents and references are numbered by a hash, and name none.
  name text not null,
  constraint mutex_pkey PRIMARY KEY (name)
);

create table sync.not_admitted ( -- Removed without a trace of what it said: a person sees to it that it is written anew or reported by other means.
  id uuid not null default gen_random_uuid(),
  directive_id uuid not null,
  act text not null,
  cause text not null,
  at timestamp with time zone not null,
  constraint not_admitted_pkey PRIMARY KEY (id),
  constraint not_admitted_directive_id_fkey FOREIGN KEY (directive_id) REFERENCES sync.directive(id) ON DELETE CASCADE
);
CREATE INDEX not_admitted_directive ON sync.not_admitted USING btree (directive_id);

create table sync.outbox (
  id uuid not null default gen_random_uuid(),
  place bigint not null generated always as identity,
  source text not null,
  kind text not null,
  intake_id uuid,
  directive_id uuid,
  reply_id uuid,
  detail jsonb not null default '{}'::jsonb,
  state text not null default 'pending'::text,
  due_at timestamp with time zone not null default clock_timestamp(),
  attempts integer not null default 0,
  look_ups integer not null default 0,
  lease_owner uuid,
  lease_epoch integer not null default 0,
  lease_until timestamp with time zone,
  written_at timestamp with time zone not null,
  attempted_at timestamp with time zone,
  ended_at timestamp with time zone,
  failure text,
  answer text,
  far_ref text,
  speaks_of uuid, -- The reply with which everything was completed: status 06 leaves only behind it, and goes with it.
  constraint outbox_pkey PRIMARY KEY (id),
  constraint outbox_directive_id_fkey FOREIGN KEY (directive_id) REFERENCES sync.directive(id) ON DELETE CASCADE,
  constraint outbox_intake_id_fkey FOREIGN KEY (intake_id) REFERENCES sync.intake(id) ON DELETE CASCADE,
  constraint outbox_kind_check CHECK ((kind = ANY (ARRAY['acknowledge'::text, 'status'::text, 'reply'::text]))),
  constraint outbox_reply_id_fkey FOREIGN KEY (reply_id) REFERENCES sync.reply(id) ON DELETE CASCADE,
  constraint outbox_source_fkey FOREIGN KEY (source) REFERENCES sync.source(name),
  constraint outbox_speaks_of_fkey FOREIGN KEY (speaks_of) REFERENCES sync.reply(id) ON DELETE CASCADE,
  constraint outbox_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'sending'::text, 'delivered'::text, 'rejected'::text, 'unconfirmed'::text, 'settled'::text])))
);
CREATE INDEX outbox_acknowledged ON sync.outbox USING btree (source, ended_at) WHERE ((kind = 'acknowledge'::text) AND (state = 'delivered'::text));
CREATE INDEX outbox_by_place ON sync.outbox USING btree (place) WHERE (state = ANY (ARRAY['pending'::text, 'unconfirmed'::text]));
CREATE INDEX outbox_directive ON sync.outbox USING btree (directive_id);
CREATE INDEX outbox_directive_replies ON sync.outbox USING btree (directive_id, place) WHERE (kind <> 'acknowledge'::text);
CREATE INDEX outbox_in_order ON sync.outbox USING btree (directive_id, place) WHERE (state = ANY (ARRAY['pending'::text, 'sending'::text, 'unconfirmed'::text]));
CREATE INDEX outbox_intake ON sync.outbox USING btree (intake_id);
CREATE INDEX outbox_open ON sync.outbox USING btree (due_at) WHERE (state = ANY (ARRAY['pending'::text, 'sending'::text, 'unconfirmed'::text]));
CREATE INDEX outbox_reply ON sync.outbox USING btree (state, place) WHERE (kind = 'reply'::text);
CREATE INDEX outbox_reply_all ON sync.outbox USING btree (place) WHERE (kind = 'reply'::text);
CREATE UNIQUE INDEX outbox_reply_once ON sync.outbox USING btree (reply_id);
CREATE INDEX outbox_speaks_of ON sync.outbox USING btree (speaks_of);
CREATE INDEX outbox_unsent ON sync.outbox USING btree (source) WHERE (state = ANY (ARRAY['rejected'::text, 'unconfirmed'::text]));
CREATE TRIGGER outbox_rings AFTER INSERT ON sync.outbox REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sync.ring_for_outbox();

create table sync.pass ( -- One uninterrupted reading of one window. An interrupted or failed one keeps no totals; its successor reads the same window.
  id uuid not null default gen_random_uuid(),
  source text not null,
  kind text not null,
  window_from date not null,
  window_until date not null,
  upper_bound timestamp with time zone not null,
  cursor_before timestamp with time zone,
  state text not null default 'due'::text,
  due_at timestamp with time zone not null default clock_timestamp(),
  attempts integer not null default 0,
  lease_owner uuid,
  lease_epoch integer not null default 0,
  lease_until timestamp with time zone,
  seen integer,
  allowed integer,
  not_eligible integer,
  undecided integer,
  unchanged integer,
  failure text, -- Why a reading failed; of one that ended open, why its last undecided item could not be read.
  opened_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  resync_id uuid,
  requests integer, -- What a resync asked of its source, lists and details together.
  balanced boolean, -- Whether allowed = unchanged + the rows it took, when it ended. The view pass_balance says what became of them since.
  counted bigint, -- How many rows the source says its window holds; null where it does not say. More than listed: the days are not proven.
  listed bigint, -- How many different rows its list showed until a further page brought nothing new.
  waits_for text, -- The source that could not be asked before this reading may go on.
  waits_since timestamp with time zone,
  constraint pass_pkey PRIMARY KEY (id),
  constraint pass_check CHECK ((window_until >= window_from)),
  constraint pass_check1 CHECK (((state = ANY (ARRAY['done'::text, 'open'::text])) = (seen IS NOT NULL))),
  constraint pass_check2 CHECK ((seen = ((allowed + not_eligible) + undecided))),
  constraint pass_check3 CHECK (((state <> 'done'::text) OR (undecided = 0))),
  constraint pass_kind_check CHECK ((kind = ANY (ARRAY['head'::text, 'deep'::text, 'backfill'::text, 'recheck'::text, 'resync'::text, 'rolling'::text]))),
  constraint pass_resync_id_fkey FOREIGN KEY (resync_id) REFERENCES sync.resync(id),
  constraint pass_source_fkey FOREIGN KEY (source) REFERENCES sync.source(name),
  constraint pass_state_check CHECK ((state = ANY (ARRAY['due'::text, 'running'::text, 'done'::text, 'open'::text, 'failed'::text]))),
  constraint pass_waits CHECK (((waits_for IS NULL) = (waits_since IS NULL)))
);
CREATE INDEX pass_ended ON sync.pass USING btree (source, kind, ended_at DESC) WHERE (state = ANY (ARRAY['done'::text, 'open'::text]));
CREATE INDEX pass_live ON sync.pass USING btree (due_at) WHERE (state = ANY (ARRAY['due'::text, 'running'::text]));
CREATE INDEX pass_newest ON sync.pass USING btree (opened_at DESC, id DESC);
CREATE INDEX pass_of_kind ON sync.pass USING btree (ended_at DESC) WHERE ((kind = 'deep'::text) AND (state = ANY (ARRAY['done'::text, 'open'::text])));
CREATE UNIQUE INDEX pass_one_backfill_per_window ON sync.pass USING btree (source, window_from) WHERE ((kind = 'backfill'::text) AND (state = ANY (ARRAY['due'::text, 'running'::text, 'done'::text])));
CREATE UNIQUE INDEX pass_one_live_reading ON sync.pass USING btree (source, kind) WHERE ((state = ANY (ARRAY['due'::text, 'running'::text])) AND (kind = ANY (ARRAY['head'::text, 'deep'::text, 'recheck'::text])));
CREATE UNIQUE INDEX pass_one_rolling_per_window ON sync.pass USING btree (source, window_from) WHERE ((state = ANY (ARRAY['due'::text, 'running'::text])) AND (kind = 'rolling'::text));
CREATE INDEX pass_opened ON sync.pass USING btree (opened_at DESC, id);
CREATE INDEX pass_resync ON sync.pass USING btree (resync_id) WHERE (resync_id IS NOT NULL);
CREATE INDEX pass_short ON sync.pass USING btree (source, ended_at DESC) WHERE (counted > listed);
CREATE INDEX pass_unbalanced ON sync.pass USING btree (id) WHERE (NOT balanced);
CREATE INDEX pass_undecided ON sync.pass USING btree (source, kind, window_from, ended_at DESC) WHERE (state = 'open'::text);
CREATE INDEX pass_waits ON sync.pass USING btree (source) WHERE ((waits_for IS NOT NULL) AND (state = ANY (ARRAY['due'::text, 'running'::text])));

create table sync.purge ( -- All that remains of what was purged. keys and files are emptied when both are destroyed.
  id uuid not null default gen_random_uuid(),
  at timestamp with time zone not null,
  actor text not null,
  authority text not null,
  counts jsonb not null,
  keys uuid[] not null,
  files text[] not null,
  finished_at timestamp with time zone,
  source text, -- At whose word the bridge purged of its own accord, for the fuses to count; null where a person did.
  done_at timestamp with time zone not null default clock_timestamp(), -- By the clock of the database, as sync.directive.read_at: what was asked for before is asked for again before it becomes a new directive.
  constraint purge_pkey PRIMARY KEY (id),
  constraint purge_source_fkey FOREIGN KEY (source) REFERENCES sync.source(name)
);
CREATE INDEX purge_done ON sync.purge USING btree (done_at);
CREATE INDEX purge_of_source ON sync.purge USING btree (source, at) WHERE (source IS NOT NULL);
CREATE INDEX purge_unfinished ON sync.purge USING btree (at) WHERE (finished_at IS NULL);

create table sync.replacement ( -- directive_id replaces the directive that its source calls source_ref, whether the store has that or not.
  directive_id uuid not null,
  source text not null,
  source_ref text not null,
  constraint replacement_pkey PRIMARY KEY (directive_id, source_ref),
  constraint replacement_directive_id_fkey FOREIGN KEY (directive_id) REFERENCES sync.directive(id) ON DELETE CASCADE
);
CREATE INDEX replacement_of ON sync.replacement USING btree (source, source_ref);

create table sync.reply (
  id uuid not null,
  assignment_id uuid not null,
  directive_id uuid not null,
  outcome text not null,
  completed_on date,
  explanation text not null,
  number text,
  symbol text,
  issued_on date,
  type_name text,
  subject text,
  signer text,
  written_at timestamp with time zone not null,
  written_by text not null,
  constraint reply_pkey PRIMARY KEY (id),
  constraint reply_assignment_id_fkey FOREIGN KEY (assignment_id) REFERENCES sync.assignment(id) ON DELETE CASCADE,
  constraint reply_check CHECK (((outcome = 'completed'::text) = (completed_on IS NOT NULL))),
  constraint reply_check1 CHECK ((num_nonnulls(number, symbol, issued_on, type_name, subject, signer) = ANY (ARRAY[0, 6]))),
  constraint reply_directive_id_fkey FOREIGN KEY (directive_id) REFERENCES sync.directive(id) ON DELETE CASCADE,
  constraint reply_outcome_check CHECK ((outcome = ANY (ARRAY['completed'::text, 'notCompleted'::text, 'returned'::text])))
);
CREATE INDEX reply_assignment ON sync.reply USING btree (assignment_id, written_at);
CREATE INDEX reply_directive ON sync.reply USING btree (directive_id);

create table sync.reply_file (
  id uuid not null default gen_random_uuid(),
  reply_id uuid not null,
  "position" integer not null,
  name text not null,
  media_type text not null,
  size bigint not null,
  sha256 text not null,
  stored_as text not null,
  constraint reply_file_pkey PRIMARY KEY (id),
  constraint reply_file_reply_id_fkey FOREIGN KEY (reply_id) REFERENCES sync.reply(id) ON DELETE CASCADE,
  constraint reply_file_stored_as_key UNIQUE (stored_as)
);
CREATE INDEX reply_file_reply ON sync.reply_file USING btree (reply_id);

create table sync.resync ( -- repair: a source is asked again, window by window, and the differences are repaired. plan: what that would do.
  id uuid not null default gen_random_uuid(),
  source text not null,
  kind text not null,
  window_from date not null,
  window_until date not null,
  refs text[],
  thorough boolean not null, -- Every message is read again, also where its list says that nothing changed.
  state text not null,
  actor text not null,
  reason text,
  asked_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  plan jsonb,
  world text, -- What the store held in the window when the plan was made; a plan is not carried out in another world.
  plan_id uuid,
  constraint resync_pkey PRIMARY KEY (id),
  constraint resync_check CHECK ((window_until >= window_from)),
  constraint resync_check1 CHECK (((kind = 'plan'::text) = ((plan IS NOT NULL) AND (world IS NOT NULL)))),
  constraint resync_kind_check CHECK ((kind = ANY (ARRAY['plan'::text, 'repair'::text]))),
  constraint resync_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES sync.resync(id),
  constraint resync_source_fkey FOREIGN KEY (source) REFERENCES sync.source(name),
  constraint resync_state_check CHECK ((state = ANY (ARRAY['due'::text, 'running'::text, 'paused'::text, 'stopped'::text, 'done'::text])))
);
CREATE INDEX resync_open ON sync.resync USING btree (asked_at) WHERE (state = ANY (ARRAY['due'::text, 'running'::text, 'paused'::text]));
CREATE INDEX resync_plan ON sync.resync USING btree (plan_id);

create table sync.ring ( -- Whether the queue lives: since when it was rung and no ring of it was heard. Null while they are heard, and where there is no queue.
  only_row boolean not null default true,
  unheard_since timestamp with time zone,
  constraint ring_pkey PRIMARY KEY (only_row),
  constraint ring_only_row_check CHECK (only_row)
);

create table sync.schedule ( -- What is done again and again, by the clock of this database; source is empty where there is one for the fleet. A turn is taken under a lease, and missed turns are done once.
  job text not null,
  source text not null,
  every_ms double precision not null,
  phase double precision not null default random(), -- The part of its interval at which it falls due, so that not all do at once.
  due_at timestamp with time zone not null default clock_timestamp(), -- Moves on when a turn has ended: one whose process died is due to the next.
  ended_at timestamp with time zone,
  lease_owner uuid,
  lease_epoch integer not null default 0,
  lease_until timestamp with time zone,
  constraint schedule_pkey PRIMARY KEY (job, source),
  constraint schedule_every_ms_check CHECK ((every_ms > (0)::double precision))
);

create table sync.session ( -- A login in force. The token itself is only in the browser.
  token_hash bytea not null,
  account text not null,
  begun_at timestamp with time zone not null default clock_timestamp(),
  seen_at timestamp with time zone not null default clock_timestamp(),
  constraint session_pkey PRIMARY KEY (token_hash),
  constraint session_account_fkey FOREIGN KEY (account) REFERENCES sync.account(name)
);
CREATE INDEX session_account ON sync.session USING btree (account);

create table sync.source (
  name text not null,
  statuses text[] not null default '{}'::text[],
  replies text not null,
  gate_fingerprint text not null,
  head_cursor timestamp with time zone, -- Upper bound of the last complete head pass; moved by compare-and-set only.
  deep_read_at timestamp with time zone,
  failures integer not null default 0,
  open_until timestamp with time zone, -- The circuit breaker: nobody asks the source before this instant, nor sends.
  last_failure text,
  last_answer_at timestamp with time zone,
  answers jsonb not null default '{}'::jsonb, -- Status codes that answer an order of this source: {"recall": {"accepted": "15", "refused": "16"}, "update": {…}}.
  paused_until timestamp with time zone, -- Maintenance: nobody asks the source before this instant of the service's own clock, which a demonstration runs faster. Legal clocks go on.
  paused_at timestamp with time zone,
  paused_by text,
  paused_reason text,
  sentinel_asked_at timestamp with time zone,
  sentinel_failure text, -- Why the document that must be readable was not; null when it was, or when the profile names none.
  send_failures integer not null default 0,
  sends_open_until timestamp with time zone, -- The breaker of the way back: nothing is sent before this instant, while the source is read on.
  acknowledges boolean not null default false, -- Whether it lists a message until it is told that it was taken.
  gate_since timestamp with time zone not null default '-infinity'::timestamp with time zone, -- Since when its profile admits what it admits: what a reading before that did not stage, it may have refused.
  total_counts_hidden integer not null default 0, -- How many rows its totals count and its list never shows, as its profile says by authority; up to so many less are a whole list.
  constraint source_pkey PRIMARY KEY (name),
  constraint source_check CHECK ((num_nonnulls(paused_until, paused_at, paused_by, paused_reason) = ANY (ARRAY[0, 4]))),
  constraint source_replies_check CHECK ((replies = ANY (ARRAY['none'::text, 'message'::text, 'document'::text]))),
  constraint source_total_counts_hidden_check CHECK ((total_counts_hidden >= 0))
);

create table sync.sweep ( -- That some process still looks for what is due.
  only_row boolean not null default true,
  ended_at timestamp with time zone, -- When one last came to the end of its look.
  constraint sweep_pkey PRIMARY KEY (only_row),
  constraint sweep_only_row_check CHECK (only_row)
);

create table sync.task (
  id uuid not null default gen_random_uuid(),
  directive_id uuid not null,
  "position" integer not null,
  description text not null,
  due_on date,
  open_ended boolean not null,
  directed_by text,
  opinion text,
  followed_by text,
  constraint task_pkey PRIMARY KEY (id),
  constraint task_check CHECK ((open_ended = (due_on IS NULL))),
  constraint task_directive_id_fkey FOREIGN KEY (directive_id) REFERENCES sync.directive(id) ON DELETE CASCADE,
  constraint task_directive_id_position_key UNIQUE (directive_id, "position")
);

create table sync.unit (
  id uuid not null default gen_random_uuid(),
  kind text not null default 'unit'::text,
  constraint unit_pkey PRIMARY KEY (id)
);

create table sync.unit_code (
  unit_id uuid not null,
  code text not null,
  valid_from date not null,
  valid_until date,
  constraint unit_code_pkey PRIMARY KEY (code, valid_from),
  constraint unit_code_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES sync.unit(id) ON DELETE CASCADE
);
CREATE INDEX unit_code_unit ON sync.unit_code USING btree (unit_id);

create table sync.unit_name (
  unit_id uuid not null,
  name text not null,
  valid_from date not null,
  valid_until date,
  constraint unit_name_pkey PRIMARY KEY (unit_id, valid_from),
  constraint unit_name_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES sync.unit(id) ON DELETE CASCADE
);

create table sync.unmapped_code (
  source text not null,
  field text not null,
  code text not null,
  count bigint not null,
  first_seen_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  constraint unmapped_code_pkey PRIMARY KEY (source, field, code),
  constraint unmapped_code_code_check CHECK ((code ~ '^[A-Za-z0-9_-]{1,12}$'::text)),
  constraint unmapped_code_source_fkey FOREIGN KEY (source) REFERENCES sync.source(name)
);

create table sync.waiver ( -- A source that one resync, or the readings of one other source, do not wait for, until an instant and with a reason.
  id uuid not null default gen_random_uuid(),
  source text not null,
  resync_id uuid,
  reading_of text,
  begun_at timestamp with time zone not null,
  until timestamp with time zone not null,
  actor text not null,
  reason text not null,
  ended_at timestamp with time zone,
  constraint waiver_pkey PRIMARY KEY (id),
  constraint waiver_check CHECK (((resync_id IS NULL) <> (reading_of IS NULL))),
  constraint waiver_check1 CHECK ((until > begun_at)),
  constraint waiver_reading_of_fkey FOREIGN KEY (reading_of) REFERENCES sync.source(name),
  constraint waiver_resync_id_fkey FOREIGN KEY (resync_id) REFERENCES sync.resync(id) ON DELETE CASCADE,
  constraint waiver_source_fkey FOREIGN KEY (source) REFERENCES sync.source(name)
);
CREATE INDEX waiver_open ON sync.waiver USING btree (until) WHERE (ended_at IS NULL);
CREATE INDEX waiver_resync ON sync.waiver USING btree (resync_id);

create table sync.writing ( -- What was written through schema tracking and the gate has not judged yet. No view shows it. Vacuumed at each turn, so that what is refused leaves the file as well.
  id uuid not null, -- Of a reply its own id; the ids of the assignments of a classification follow from it.
  seq bigint not null generated always as identity,
  directive_id uuid not null,
  kind text not null,
  concerns uuid not null, -- The directive, assignment or order that it is about.
  content jsonb not null,
  assignments uuid[] not null default '{}'::uuid[], -- Those that a classification will make: what is written on them waits behind it.
  actor text not null,
  written_at timestamp with time zone not null,
  attempts integer not null default 0,
  due_at timestamp with time zone not null default clock_timestamp(),
  failure text,
  constraint writing_pkey PRIMARY KEY (id),
  constraint writing_directive_id_fkey FOREIGN KEY (directive_id) REFERENCES sync.directive(id) ON DELETE CASCADE,
  constraint writing_kind_check CHECK ((kind = ANY (ARRAY['classify'::text, 'refuse'::text, 'actAtOnce'::text, 'beginWork'::text, 'reply'::text, 'returnToOffice'::text, 'answerOrder'::text])))
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=0);
CREATE INDEX writing_in_order ON sync.writing USING btree (directive_id, seq);
CREATE INDEX writing_seq ON sync.writing USING btree (seq);
CREATE TRIGGER writing_rings AFTER INSERT ON sync.writing REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sync.ring_for_outbox();

create view sync.file_balance as -- announced = stored + waiting + unusable + superseded, of each revision.
 SELECT r.directive_id,
    r.revision,
    r.files AS announced,
    (count(f.id) FILTER (WHERE (f.state = 'stored'::text)))::integer AS stored,
    (count(f.id) FILTER (WHERE (f.state = 'waiting'::text)))::integer AS waiting,
    (count(f.id) FILTER (WHERE (f.state = 'unusable'::text)))::integer AS unusable,
    (count(f.id) FILTER (WHERE (f.state = 'superseded'::text)))::integer AS superseded,
    (r.files = count(f.id)) AS balances
   FROM (sync.directive_revision r
     LEFT JOIN sync.directive_file f ON (((f.directive_id = r.directive_id) AND (f.revision <= r.revision) AND ((f.superseded_by IS NULL) OR (f.superseded_by > r.revision)))))
  GROUP BY r.directive_id, r.revision, r.files;

create view sync.pass_balance as -- seen = allowed + not_eligible + undecided is a constraint of the pass; allowed = unchanged + every outcome is this view. discarded: a person settled the failure, and the history says who and why.
 SELECT p.id,
    p.source,
    p.kind,
    p.window_from,
    p.window_until,
    p.state,
    p.seen,
    p.allowed,
    p.not_eligible,
    p.undecided,
    b.unchanged,
    b.staged,
    b.updated,
    b.redelivered,
    b.recalled,
    b.deferred,
    b.withheld,
    b.purged,
    b.failed,
    b.discarded,
    b.balances
   FROM (sync.pass p
     CROSS JOIN LATERAL sync.balance_of(p.*) b(unchanged, staged, updated, redelivered, recalled, deferred, withheld, purged, failed, discarded, balances));

create view tracking.assignments with (security_barrier=true) as -- Phân công: one line per unit. In time or overdue is derived from due_on and completed_on, never stored; a due date counts as in time.
 SELECT a.id,
    a.task_id,
    t.directive_id,
    a.unit_id,
    a.role,
    a.assigned_at,
    a.begun_at,
    r.outcome AS last_outcome,
    r.completed_on
   FROM ((sync.assignment a
     JOIN tracking.tasks t ON ((t.id = a.task_id)))
     LEFT JOIN LATERAL ( SELECT reply.outcome,
            reply.completed_on
           FROM sync.reply
          WHERE (reply.assignment_id = a.id)
          ORDER BY reply.written_at DESC
         LIMIT 1) r ON (true));

create view tracking.directive_files with (security_barrier=true) as -- Toàn văn và phụ lục. Contents are encrypted on disk and handed out by the bridge. The name is display text, never a path.
 SELECT f.id,
    f.directive_id,
    f."position",
    f.name,
    f.media_type,
    f.size,
    f.sha256,
    f.note,
    f.state,
    f.is_full_text,
    (f.handed_in_by IS NOT NULL) AS handed_in
   FROM (sync.directive_file f
     JOIN tracking.directives d ON ((d.id = f.directive_id)))
  WHERE (f.superseded_by IS NULL);
-- note: typeDiffers: nội dung không đúng kiểu mà tên tệp nói, dù cỡ đúng như nguồn công bố. The content is not of the type that the name says, although the size is the announced one.
-- state: waiting: đang lấy. stored: đã có. unusable: không có tệp dùng được. Still to come, there, or never to come.
-- is_full_text: Toàn văn của văn bản; còn lại là phụ lục. The document itself; the others are annexes.
-- handed_in: Quản trị viên nộp thay nguồn. An administrator handed it in.

create view tracking.directive_revisions with (security_barrier=true) as -- Các lần thay đổi của văn bản. What each revision changed.
 SELECT r.directive_id,
    r.revision,
    r.at,
    r.changed,
    r.fields
   FROM (sync.directive_revision r
     JOIN tracking.directives d ON ((d.id = r.directive_id)));

create view tracking.directives with (security_barrier=true) as -- Văn bản chỉ đạo đã chuyển (Điều 6.1). Staged directives; their files may still be coming. A directive that may no longer be shown leaves this view at once.
 SELECT id,
    source,
    number,
    symbol,
    code,
    issuer,
    issued_on,
    type_name,
    subject,
    summary,
    signer_name,
    signer_position,
    signer_competence,
    urgency,
    due_on,
    receivers,
    revision,
    staged_at,
    classified_at,
    refused_at,
    recalled_at,
    deadline_date,
    classify_by,
    deadline_confirmed,
    calendar_version,
    before_go_live,
    primary_id AS same_as,
    (NOT (EXISTS ( SELECT
           FROM sync.directive_file f
          WHERE ((f.directive_id = d.id) AND (f.superseded_by IS NULL) AND (f.state <> 'stored'::text))))) AS files_complete,
    ARRAY( SELECT p.id
           FROM (sync.replacement r
             JOIN sync.directive p ON (((p.source = r.source) AND (p.source_ref = r.source_ref))))
          WHERE ((r.directive_id = d.id) AND (p.withheld_at IS NULL))) AS replaces,
    ARRAY( SELECT s.id
           FROM (sync.replacement r
             JOIN sync.directive s ON ((s.id = r.directive_id)))
          WHERE ((r.source = d.source) AND (r.source_ref = d.source_ref) AND (s.withheld_at IS NULL))) AS replaced_by,
    files_complete_at
   FROM sync.directive d
  WHERE (withheld_at IS NULL);
-- issued_on: Ngày ban hành in trên văn bản. Calendar date in Asia/Ho_Chi_Minh.
-- recalled_at: Thu hồi: when the recall was seen. Clocks stop, history stays.
-- classify_by: Hạn phân loại (Điều 8): 24:00 of deadline_date, exclusive. Compare with <.
-- deadline_confirmed: False when the window reaches a year whose days off are not yet published.
-- before_go_live: Ban hành trước ngày vận hành: the deadline is shown, never counted.
-- same_as: Cùng văn bản đã nhận trước qua nguồn khác. The same document, received first through another source; classifying either settles both.
-- files_complete: Đủ tệp: every file of the latest revision is here.
-- replaces: Các văn bản mà văn bản này thay thế. The staged directives that this one replaces.
-- replaced_by: Các văn bản thay thế văn bản này; thời hạn không dừng. Its clocks go on until the Office decides.
-- files_complete_at: Lúc không còn phải chờ tệp nào; có thể có tệp không dùng được. When no file of the latest revision was waited for any more; one may be unusable.

create view tracking.history with (security_barrier=true) as -- Ai, lúc nào, việc gì. Append-only.
 SELECT h.id,
    h.at,
    h.directive_id,
    h.actor,
    h.event,
    h.detail
   FROM (sync.history h
     JOIN tracking.directives d ON ((d.id = h.directive_id)));

create view tracking.orders with (security_barrier=true) as -- Yêu cầu thu hồi, cập nhật của cơ quan ban hành, và trả lời của Văn phòng. What an issuer asked for after staging. A recall stops the clocks at once, until it is refused.
 SELECT o.id,
    o.directive_id,
    o.kind,
    o.reason,
    o.ordered_at,
    o.answer,
    o.answer_reason,
    o.answered_at,
    o.answered_by
   FROM (sync.business_order o
     JOIN tracking.directives d ON ((d.id = o.directive_id)));

create view tracking.replies with (security_barrier=true) as -- Kết quả thực hiện và đường về nguồn. delivery: pending, sending, delivered, rejected, unconfirmed or settled.
 SELECT r.id,
    r.assignment_id,
    r.directive_id,
    r.outcome,
    r.completed_on,
    r.explanation,
    r.number,
    r.symbol,
    r.issued_on,
    r.type_name,
    r.subject,
    r.signer,
    r.written_at,
    r.written_by,
    o.state AS delivery,
    o.ended_at AS delivered_at,
    o.failure,
    o.answer
   FROM ((sync.reply r
     JOIN tracking.directives d ON ((d.id = r.directive_id)))
     LEFT JOIN sync.outbox o ON (((o.reply_id = r.id) AND (o.kind = 'reply'::text))));

create view tracking.tasks with (security_barrier=true) as -- Nhiệm vụ (Điều 6.2). open_ended says "không thời hạn": a value, not a missing date.
 SELECT t.id,
    t.directive_id,
    t."position",
    t.description,
    t.due_on,
    t.open_ended,
    t.directed_by,
    t.opinion,
    t.followed_by
   FROM (sync.task t
     JOIN tracking.directives d ON ((d.id = t.directive_id)));

create view tracking.units as -- Đơn vị: internal id with dated names and codes.
 SELECT u.id,
    u.kind,
    n.name,
    c.code,
    n.valid_from,
    n.valid_until
   FROM ((sync.unit u
     JOIN sync.unit_name n ON ((n.unit_id = u.id)))
     LEFT JOIN sync.unit_code c ON (((c.unit_id = u.id) AND (daterange(c.valid_from, c.valid_until) && daterange(n.valid_from, n.valid_until)))));

-- function sync.acknowledge(intake uuid, at timestamp with time zone) returns void
-- function sync.act_at_once(directive uuid, actor text, at timestamp with time zone) returns void
-- function sync.add_status(d sync.directive, code text, description text, at timestamp with time zone, speaks_of uuid DEFAULT NULL::uuid) returns void
-- function sync.admit_writing(writing uuid) returns text
-- function sync.answer_message(intake uuid, at timestamp with time zone, said text) returns void
-- function sync.answer_order(order_id uuid, accept boolean, why text, actor text, at timestamp with time zone) returns void
-- function sync.apply_writing(w sync.writing) returns SETOF uuid
-- function sync.assignment_of_writing(writing uuid, n integer) returns uuid immutable
-- function sync.await_seal() returns trigger
-- function sync.balance_of(p sync.pass, OUT unchanged integer, OUT staged bigint, OUT updated bigint, OUT redelivered bigint, OUT recalled bigint, OUT deferred bigint, OUT withheld bigint, OUT purged bigint, OUT failed bigint, OUT discarded bigint, OUT balances boolean) returns record stable
-- function sync.begin_work(assignment uuid, actor text, at timestamp with time zone) returns void
-- function sync.carries_mark(text) returns boolean immutable
-- function sync.carries_secret_suffix(symbol text) returns boolean immutable
-- function sync.check_actor(actor text) returns void
-- function sync.check_dates(content jsonb) returns void
-- function sync.classify(directive uuid, tasks jsonb, actor text, at timestamp with time zone, writing uuid DEFAULT gen_random_uuid()) returns SETOF uuid
-- function sync.copies_of(d sync.directive) returns SETOF sync.directive
-- function sync.directive_called(source text, source_ref text) returns uuid stable
-- function sync.directive_for_writing(directive uuid) returns sync.directive
-- function sync.directive_of_assignment(assignment uuid) returns uuid
-- function sync.directive_of_written(assignment uuid) returns uuid
-- function sync.document_mutex(same_document_key text) returns text immutable
-- function sync.folded(text) returns text immutable
-- function sync.has_come(instant timestamp with time zone, span interval) returns boolean
-- function sync.has_come(instant timestamp with time zone, span interval, at timestamp with time zone) returns boolean stable
-- function sync.history_digest(h sync.history) returns bytea stable
-- function sync.history_is_append_only() returns trigger
-- function sync.hold_for_staging(messages jsonb) returns uuid[]
-- function sync.is_completed(directive uuid) returns boolean
-- function sync.keep_writing(w sync.writing) returns uuid[]
-- function sync.lock_for_files(directives uuid[]) returns void
-- function sync.lock_mutex(named text) returns void
-- function sync.misses_full_text(directive uuid) returns boolean stable
-- function sync.next_writing() returns sync.writing
-- function sync.purge_history(directive uuid) returns uuid[] security definer
-- function sync.reference_mutex(source text, source_ref text) returns text immutable
-- function sync.refuse(directive uuid, reason text, actor text, at timestamp with time zone) returns void
-- function sync.refuse_marked(VARIADIC texts text[]) returns void
-- function sync.reply(assignment uuid, content jsonb, actor text, id uuid, at timestamp with time zone) returns uuid
-- function sync.return_to_office(assignment uuid, reason text, actor text, id uuid, at timestamp with time zone) returns uuid
-- function sync.ring_for_outbox() returns trigger
-- function sync.searchable(text) returns text immutable
-- function sync.send_status(d sync.directive, code text, description text, at timestamp with time zone, speaks_of uuid DEFAULT NULL::uuid) returns void
-- function sync.settle_files(directives uuid[], at timestamp with time zone) returns void
-- function sync.share_mutex(named text) returns void
-- function sync.share_word(one text, other text) returns boolean immutable
-- function sync.sought_words(code text, subject text, summary text, type_name text, issuer text, signer text, source text, issued_on date) returns tsvector immutable
-- function sync.store_files(items jsonb) returns SETOF uuid
-- function sync.tell_arrival(directive uuid, at timestamp with time zone) returns void
-- function sync.try_mutex(named text) returns boolean
-- function sync.try_writing(w sync.writing) returns uuid[]
-- function sync.unit_named(unit jsonb, on_date date) returns uuid
-- function sync.wait_briefly(several jsonb) returns void
-- function sync.words_of(text) returns text immutable
-- function sync.write_reply(new_id uuid, assignment uuid, content jsonb, actor text, at timestamp with time zone) returns uuid
-- function sync.writing_of(id uuid, kind text, directive uuid, concerns uuid, content jsonb, actor text) returns sync.writing
-- function tracking.act_at_once(directive uuid, actor text) returns void security definer
-- function tracking.answer_order(order_id uuid, accept boolean, reason text, actor text) returns void security definer
-- function tracking.begin_work(assignment uuid, actor text) returns void security definer
-- function tracking.classify(directive uuid, tasks jsonb, actor text, without_full_text boolean DEFAULT false) returns SETOF uuid security definer
-- function tracking.refuse(directive uuid, reason text, actor text) returns void security definer
-- function tracking.reply(assignment uuid, content jsonb, actor text, id uuid DEFAULT gen_random_uuid()) returns uuid security definer
-- function tracking.return_to_office(assignment uuid, reason text, actor text, id uuid DEFAULT gen_random_uuid()) returns uuid security definer
