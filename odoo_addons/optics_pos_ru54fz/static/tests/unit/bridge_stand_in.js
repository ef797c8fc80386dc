/** A bridge that answers in the page: the wire of `docs/contracts.md`, no register behind it. */
import { onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { PosPayment } from "@point_of_sale/../tests/unit/data/pos_payment.data";
import { setupPosEnv } from "@point_of_sale/../tests/unit/utils";

const FISCAL = {
  fn: "9999078900000101",
  fd: 7,
  fp: 123456789,
  shift: 1,
  receipt: 3,
  date_time: "2026-11-22T21:03",
  operation: 1,
  change: 0,
  rnm: "0000000001000001",
  inn: "7700007773",
  user_name: "Test",
  address: "Test",
  qr: "t=20261122T2103",
};

const json = (body, status = 200) =>
  new globalThis.Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": status < 300 ? "application/json" : "application/problem+json" },
  });

export class BridgeStandIn {
  /** Bodies of the receipts that came, in their order, with their keys. */
  receipts = [];
  /** What the next receipt is answered with; null: signed. */
  problem = null;
  away = false;
  /** A receipt gets no answer; everything else does. */
  mute = false;
  /** The till's copies of orders, by uuid. */
  copies = {};
  /** What the till's catalogue has, by barcode, and which barcodes it was asked for. */
  catalogue = {};
  asked = [];

  constructor() {
    const route = (path, answer) =>
      onRpc(
        path,
        (request) => {
          if (this.away) {
            throw new TypeError("Failed to fetch");
          }
          return answer(request);
        },
        { pure: true, final: true },
      );
    route("/v1/auth/challenge", () => json({ nonce: "nonce-1", expires_in: 60 }));
    route("/v1/auth/token", () =>
      json({ token: "token-1", token_type: "Bearer", expires_in: 900, scope: "cashier" }),
    );
    route("/v1/auth/people", () =>
      json({
        people: [],
        limits: {
          discount_cashier: 10,
          discount_manager: 50,
          cashier_closes_shift: false,
        },
        expires: null,
      }),
    );
    route("/v1/kkt/orders/state", () => json({ receipts: [] }));
    route("/v1/kkt/orders/restore", (request) => this.#restore(request));
    route("/v1/kkt/receipts/search", () => json({ receipts: [], next: null }));
    route("/v1/catalog", (request) => this.#item(new globalThis.URL(request.url)));
    route("/v1/kkt/receipt", (request) => this.#receipt(request));
  }

  #item({ searchParams }) {
    const barcode = searchParams.get("barcode");
    this.asked.push(barcode);
    const item = this.catalogue[barcode];
    if (item !== undefined) return json(item);
    const problem = { type: "about:blank", title: "-", status: 404, code: "item_unknown" };
    return json({ ...problem, detail: "-" }, 404);
  }

  async #restore(request) {
    const { uuids } = JSON.parse(await request.text());
    const orders = uuids.flatMap((uuid) => this.copies[uuid] ?? []);
    return json({ orders, next: null });
  }

  async #receipt(request) {
    if (this.mute) throw new TypeError("Failed to fetch");
    const key = request.headers.get("Idempotency-Key");
    const body = JSON.parse(await request.text());
    this.receipts.push({ key, body });
    const total = body.items.reduce((sum, item) => sum + Math.round(item.sum * 100), 0) / 100;
    const [uuid, attempt] = key.split(":");
    const receipt = {
      key,
      uuid,
      attempt: Number(attempt),
      type: body.type,
      order_name: body.order.name,
      pos_id: body.pos_id,
      total,
      items: body.items,
      payments: body.payments,
      legs: { ofd: "pending", odoo: "pending" },
      hlc: { local_time: "2026-11-22T18:03:00Z", logical_counter: 0 },
      accepted_at: "2026-11-22T18:03:00Z",
    };
    if (this.problem !== null) {
      const { status, code, detail } = this.problem;
      const reason = { code, text: detail };
      const rejected = { ...receipt, state: "rejected", fiscal: null, reason };
      this.copies[uuid] = { uuid, blob: body.order.blob, receipt: rejected };
      const type = "about:blank";
      return json({ type, title: "-", status, detail, code, receipt: rejected }, status);
    }
    const fiscal = { ...FISCAL, sum: total };
    return json({ ...receipt, state: "fiscalized", fiscal, reason: null });
  }
}

/** Hoot's own WebCrypto has no keys. Nobody checks what is signed here. */
function letBrowserSign() {
  patchWithCleanup(globalThis.crypto.subtle, {
    generateKey: async () => ({ publicKey: "public", privateKey: "private" }),
    exportKey: async () => ({ kty: "EC", crv: "P-256", x: "x", y: "y" }),
    sign: async () => new ArrayBuffer(64),
  });
}

const TILL = {
  id: 1,
  code: "T1",
  name: "Till 1",
  bridge_url: "http://127.0.0.1:8000",
  timezone: "Europe/Moscow",
};

/** No names: all fields. `pos_hr` names one of its own, and the others are missing then. */
export function loadWholePayments() {
  patchWithCleanup(PosPayment.prototype, { _load_pos_data_fields: () => [] });
}

/** The POS of a test with a till: taxes have VAT codes, payment methods have kinds. */
export async function setupPosWithTill({ vatCode = "11" } = {}) {
  const bridge = new BridgeStandIn();
  /** Odoo's `kkt_refundable`: what it knows of receipts and of what is left of them, by uuid. */
  const odoo = { refundable: {} };
  onRpc("pos.order", "kkt_refundable", () => odoo.refundable);
  letBrowserSign();
  loadWholePayments();
  onRpc("pos.session", "load_data", async ({ parent }) => {
    const data = await parent();
    data["kkt.till"] = [TILL];
    for (const config of data["pos.config"]) {
      config.kkt_till_id = TILL.id;
    }
    for (const tax of data["account.tax"]) {
      tax.kkt_vat_code = vatCode;
    }
    for (const method of data["pos.payment.method"]) {
      method.kkt_payment_type = method.is_cash_count ? "cash" : "electronic";
    }
    return data;
  });
  const store = await setupPosEnv();
  // the address of the page never changes in Hoot: the router goes where it is told
  patchWithCleanup(store.router, {
    navigate(current, params = {}) {
      Object.assign(store.router.state, { current, params });
    },
  });
  return { store, bridge, odoo };
}
