/** Which screen a refusal of the till gets: by its code, and by the register's own. Pure. */

export type Trouble =
  | "device_silent"
  | "device_setup"
  | "device_refused"
  | "content_refused"
  | "paper_out"
  | "cover_open"
  | "outcome_unknown"
  | "lane_stopped"
  | "lane_busy"
  | "buffer_full"
  | "fn_full"
  | "fn_expired"
  | "fn_unsent"
  | "shift_expired"
  | "shift_state"
  | "clock_wrong"
  | "maintenance"
  | "storage_full"
  | "starting"
  | "bridge_away"
  | "not_paired"
  | "rights_missing"
  | "approval"
  | "pin"
  | "other_screen"
  | "original_waiting"
  | "refund_exceeds"
  | "marking"
  | "withdrawn"
  | "cancelled"
  | "not_found"
  | "overloaded"
  | "card_short"
  | "program_error";

/** Every `code` of a problem (`docs/contracts.md`) and of a receipt's `reason`. */
export const TROUBLE_OF: Readonly<Record<string, Trouble>> = {
  body_invalid: "program_error",
  idempotency_key_missing: "program_error",
  idempotency_key_malformed: "program_error",
  idempotency_key_reused: "program_error",
  method_not_allowed: "program_error",
  body_too_large: "program_error",
  content_type_unsupported: "program_error",
  internal_error: "program_error",
  request_invalid: "program_error",
  certificate_invalid: "not_paired",
  certificate_expired: "not_paired",
  certificate_revoked: "not_paired",
  proof_invalid: "not_paired",
  nonce_unknown: "not_paired",
  token_invalid: "not_paired",
  token_expired: "not_paired",
  origin_forbidden: "not_paired",
  not_paired: "not_paired",
  scope_insufficient: "rights_missing",
  pin_wrong: "pin",
  pin_missing: "pin",
  pin_locked: "pin",
  person_unknown: "pin",
  approval_refused: "approval",
  approval_needed: "approval",
  approval_invalid: "approval",
  discount_exceeds: "approval",
  not_found: "not_found",
  receipt_unknown: "not_found",
  item_unknown: "not_found",
  operation_unknown: "not_found",
  document_unknown: "not_found",
  order_owned_by_another: "other_screen",
  attempt_open: "other_screen",
  attempt_out_of_order: "other_screen",
  lane_busy: "lane_busy",
  sync_in_progress: "lane_busy",
  not_withdrawable: "outcome_unknown",
  operation_in_doubt: "outcome_unknown",
  in_doubt: "outcome_unknown",
  answer_lost: "outcome_unknown",
  lane_stopped: "lane_stopped",
  not_stopped: "program_error",
  document_differs: "lane_stopped",
  fn_differs: "lane_stopped",
  fd_went_back: "lane_stopped",
  document_missing: "lane_stopped",
  too_many_documents: "lane_stopped",
  marker_contradicts: "lane_stopped",
  answer_contradicts: "lane_stopped",
  ambiguous: "lane_stopped",
  receipt_cancelled: "cancelled",
  cancelled: "cancelled",
  rejected: "device_refused",
  screen_gone: "cancelled",
  restart_before_close: "cancelled",
  not_done: "cancelled",
  resolved: "cancelled",
  withdrawn: "withdrawn",
  shift_open: "shift_state",
  shift_closed: "shift_state",
  shift_expired: "shift_expired",
  refund_original_not_synced: "original_waiting",
  refund_exceeds: "refund_exceeds",
  marking_disabled: "marking",
  receipt_invalid: "content_refused",
  tax_system_not_allowed: "content_refused",
  device_refused: "device_refused",
  device_unavailable: "device_silent",
  clock_device: "clock_wrong",
  device_unstable: "device_silent",
  setup_error: "device_setup",
  paper_out: "paper_out",
  cover_open: "cover_open",
  rate_limited: "overloaded",
  overloaded: "overloaded",
  buffer_full: "buffer_full",
  maintenance: "maintenance",
  storage_full: "storage_full",
  not_durable: "storage_full",
  catching_up: "starting",
  not_ready: "starting",
  shutting_down: "starting",
  unreachable: "bridge_away",
  card_short: "card_short",
};

/** What the register itself says: error bytes (Shtrih), 1000 + the driver's code (ATOL). */
const BY_DEVICE_CODE: Readonly<Record<number, Trouble>> = {
  0x05: "fn_expired",
  0x06: "fn_full",
  0x07: "clock_wrong",
  0x12: "fn_full",
  0x14: "fn_unsent",
  0x15: "fn_unsent",
  0x16: "shift_expired",
  0x17: "clock_wrong",
  0x4e: "shift_expired",
  0x58: "paper_out",
  0x67: "device_silent",
  0x6b: "paper_out",
  0x7d: "clock_wrong",
  1044: "paper_out",
  1045: "cover_open",
  1068: "shift_expired",
  1077: "clock_wrong",
  1120: "fn_expired",
  1121: "fn_full",
  1122: "clock_wrong",
  1136: "fn_full",
  1137: "fn_unsent",
  1139: "fn_unsent",
  1140: "fn_unsent",
  1141: "shift_expired",
  1142: "clock_wrong",
};

export interface TroubleReason {
  readonly code: string;
  readonly deviceCode?: number | null;
}

/** A code that nobody knows is the program's own fault: the cashier calls for help. */
export function troubleOf({ code, deviceCode }: TroubleReason): Trouble {
  const byDevice = deviceCode == null ? undefined : BY_DEVICE_CODE[deviceCode];
  return byDevice ?? (Object.hasOwn(TROUBLE_OF, code) ? TROUBLE_OF[code] : null) ?? "program_error";
}

/** What the one button of the screen does besides closing it. */
export type Offer = "shift_and_cash" | "decide" | null;

export function offerOf(trouble: Trouble): Offer {
  if (trouble === "shift_expired") return "shift_and_cash";
  return trouble === "lane_stopped" ? "decide" : null;
}
