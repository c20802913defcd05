// Every limit, with its unit last in the name, and what happens there. Settings may lower or raise those that say so.

export const LIMITS = {
  /** Nesting of maps and arrays in a record. Deeper: the record fails closed, reason `too_deep`. */
  depth_max: 64,
  /** JSON in a string in JSON, base64 in a URL, and so on. Deeper: the record fails closed, reason `over_budget`. */
  nested_text_depth_max: 16,
  /** Decoded out of one record, besides the escapes of its format. More: it fails closed, reason `over_budget`. */
  record_decoded_bytes_max: 8 * 1024 * 1024,
  /** Messages within a field that OTLP does not know. Deeper ones are taken out with what is in them. */
  unknown_message_depth_max: 8,
  /** Findings in one record. More: the leaf that went over is one finding (masked whole), reason `over_budget`. */
  record_findings_max: 12_000,
  /** Keys in one record that were never seen before. More: the record fails closed, reason `over_budget`. */
  record_new_keys_max: 10_000,
  /** Leaves of a record that fails closed and is masked leaf by leaf. More: a marker stands for the whole record. */
  masked_leaves_max: 20_000,
  /** Searches by RE2 in one record: each costs microseconds. More: the record fails closed, reason `over_budget`. */
  record_searches_max: 10_240,
  /** Places in one record that a detector looks at by itself. More: the record fails closed, reason `over_budget`. */
  record_candidates_max: 60_000,
  /** What a rule by pattern may take of a worker for a MiB of ordinary logs. More: the policy is refused. */
  rule_ordinary_ms_per_mib_max: 400,
  /** The same for text made to slow it down. */
  rule_hostile_ms_per_mib_max: 10_000,
  /** Before and behind a finding, for words that speak for it (a rule may say otherwise). Farther ones say nothing. */
  near_bytes: 64,
  /** Lines of a private key that is logged line by line. More: what follows is not taken for it. */
  block_lines_max: 4_096,
  /** Lines of it in a row that may as well be of something else: short ones. More: it is over. */
  block_weak_lines_max: 64,
  /** Lines in a row that are none of it, in its stream. More: it is over. */
  block_strange_lines_max: 16,
  /** After the last record of its stream. Later: nothing is open in it any more. */
  open_idle_ms: 10_000,
  /** Streams of an origin in which something is open. More: one that begins is masked, or stands for many. */
  open_streams_max: 256,
  /**
   * For how long a batch waits for the next one when a line in it goes on (setting `pipeline.hold_ms`). Later: the end
   * of that line is masked.
   */
  hold_ms: 1_000,
  /** Batches that such a batch looks at. More: the end of the line is masked. */
  held_bytes_max: 4 * 1024 * 1024,
  /** Of a line that was cut in pieces, on both sides of a cut. A secret that is longer may be found in part only. */
  cut_window_bytes: 4 * 1024,
  /** Of a line that was cut in pieces, looked at at once. Longer ones are looked at in parts that overlap. */
  cut_line_bytes_max: 256 * 1024,
  /** Bytes of a map key that is interned. Longer keys are looked at again in each record; they match no field name. */
  key_intern_bytes_max: 128,
  /** Distinct keys and paths that a worker remembers. At the limit it forgets all and starts again. */
  paths_max: 65_536,
  /** One forward message (setting `frame_bytes_max` of a source). Larger: the connection is closed. */
  frame_bytes_max: 16 * 1024 * 1024,
  /** The same after decompression. */
  decompressed_bytes_max: 64 * 1024 * 1024,
  /** In flight in the whole pipeline (setting `pipeline.in_flight_bytes_max`). At the limit sources stop reading. */
  in_flight_bytes_max: 64 * 1024 * 1024,
  /** Half-received frames over all connections of a source. At the limit the connection that wants more is closed. */
  assembly_bytes_max: 128 * 1024 * 1024,
  /** Connections of one source. At the limit a new one is closed at once. */
  connections_max: 1024,
  /** One request, before and after decompression (setting `message_bytes_max`). Larger: refused for good. */
  request_bytes_max: 64 * 1024 * 1024,
  /** Documents in one `_bulk` request, each of which has an answer. More: it is refused as too large, to be split. */
  bulk_items_max: 100_000,
  /** Requests of a source that are not answered yet (`in_flight_bytes_max`). More are told when to come again. */
  requests_in_flight_bytes_max: 192 * 1024 * 1024,
  /** OTLP requests at once on one gRPC connection (setting `streams_max`). The client keeps the others waiting. */
  otlp_streams_max: 1024,
  /** Deliveries whose client is gone and that its retry may still find. At the limit the oldest is forgotten. */
  orphans_max: 10_000,
  /** One syslog message (setting `message_bytes_max`). Longer: a marker with its size stands for it. */
  syslog_message_bytes_max: 128 * 1024,
  /** Syslog messages that are not delivered yet (setting). More: streams are not read, datagrams are lost, counted. */
  syslog_in_flight_bytes_max: 16 * 1024 * 1024,
  /** One entry of the journal (setting `entry_bytes_max`). Larger: a marker with its size stands for it. */
  journal_entry_bytes_max: 1024 * 1024,
  /** Entries of the journal that are not delivered yet (setting). At the limit it is not read further. */
  journal_in_flight_bytes_max: 16 * 1024 * 1024,
  /** How long a receiver may ask a sink to wait before it tries again. Longer: it is tried again after this. */
  retry_after_ms_max: 300_000,
  /** After a wrong token or path a sink over HTTP is tried again no sooner: somebody has to mend it first. */
  no_entry_retry_ms: 30_000,
  /** Bytes of a receiver's answer that a sink reads. Longer: the rest is not read. */
  response_bytes_max: 4 * 1024 * 1024,
  /** One line of a file or of standard input (setting `line_bytes_max`). Longer: a record that says so, counted. */
  file_line_bytes: 1024 * 1024,
  /** What that setting may be. */
  file_line_bytes_max: 16 * 1024 * 1024,
  /** What is read of one file before the next one has its turn. */
  file_turn_bytes: 8 * 1024 * 1024,
  /** Of one file, in the pipeline and not delivered. At the limit it is not read on. */
  file_in_flight_bytes: 16 * 1024 * 1024,
  /** Files of a source that are read at once. The others wait for their turn. */
  files_read_max: 4,
  /** Files of a source that stay open. More: a quiet one is closed until something is written to it. */
  files_open_max: 512,
  /** A file that is gone is remembered for so long, for it may come back under another name. Later: it is new. */
  file_remembered_ms: 24 * 60 * 60 * 1000,
  /** What a worker is given at once. Frames that wait for one are joined up to it; one larger frame goes alone. */
  batch_bytes_target: 2 * 1024 * 1024,
  /** A batch in a worker, per MiB begun (setting `pipeline.deadline_ms`). Later: the worker is ended, one retry. */
  batch_deadline_ms: 10_000,
  /** Distinct services in the census of a window. More: they are counted under `_other`. */
  services_max: 1_000,
  /** Bytes of a service name; not more than `key_intern_bytes_max`. Longer names are cut. */
  service_bytes_max: 128,
  /** What the census notes on the disk between two snapshots of its state. More: it is begun anew with a snapshot. */
  census_journal_bytes_max: 4 * 1024 * 1024,
  /** Batches of which a sink remembers what has arrived. More: the retry of the oldest sends all of it again. */
  half_sent_batches_max: 1_024,
  /** Of those, what is held with them (objects of s3). More: likewise. */
  half_sent_bytes_max: 64 * 1024 * 1024,
  /** Names of batches that are known to have been counted, and for how long. Others that come again count again. */
  census_repeats_max: 20_000,
  census_repeats_ms: 600_000,
  /** Bytes of a text in an event for a SIEM (a service name, a path). Longer ones are cut, with an ellipsis. */
  event_text_bytes_max: 1_024,
  /** Entries of a list in such an event. More: the rest is left out. */
  event_list_max: 16,
  /** Of the life of a certificate. Less: it is said in the log at each start and reload, and twice a day. */
  certificate_left_ms_min: 14 * 86_400_000,
  /** For what leaves or restarts in a reload, to finish what it has under way. Later: it is given up, and repeated. */
  reload_grace_ms: 5_000,
  /** Groups of one rule on counts (services, say). More: the group that was quiet the longest is forgotten. */
  alert_groups_max: 10_000,
  /** Different values that a rule on counts tells apart in one group. More: they count as those it has. */
  alert_keys_max: 10_000,
  /** Windows that make what is usual: at least, before a change is told, and at most. */
  alert_usual_windows_min: 3,
  alert_usual_windows_max: 24,
  /** Alerts that one sink does not have yet. More: the oldest are lost, which is logged. */
  alerts_waiting_max: 10_000,
  /** Alerts that the admin port shows. */
  alerts_shown: 100,
  /** Values in the records of a batch that rules on counts tell apart. More: they count without their value. */
  batch_keys_max: 1_000,
  /** Entries that wait for an audit log that can not be written. More: they are lost, which is logged. */
  audit_entries_max: 10_000,
  /** Ids of rules in one list of an entry of the audit log. More: how many more is said. */
  audit_names_max: 50,
  /** Who may watch records at once (`logveil tap`). More: they are told to come again. */
  tap_watchers_max: 8,
  /** Records of a batch that are shown, and all of them in a second, as far as batches let it be kept. */
  tap_records_max: 20,
  tap_records_per_s_max: 100,
  /** A record that is shown, as JSON. Longer: only its findings are. */
  tap_record_bytes_max: 32 * 1024,
  /** What waits for one who watches and reads slowly. More: records are left out, and it is told how many. */
  tap_waiting_bytes_max: 1024 * 1024,
  /** The body of a request to the admin port. Longer: it is refused. */
  admin_body_bytes_max: 4 * 1024,
  /** From SIGTERM to the end (setting `pipeline.shutdown_ms`). What is not delivered by then stays unacknowledged. */
  shutdown_ms: 25_000,
} as const
