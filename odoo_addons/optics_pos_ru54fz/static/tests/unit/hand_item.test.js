import { expect, test } from "@odoo/hoot";
import { press, queryAll, queryOne, queryText, waitUntil } from "@odoo/hoot-dom";
import { contains, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { KktHandItemDialog } from "@optics_pos_ru54fz/app/components/hand_item/hand_item_dialog";
import { wireDiscount } from "@optics_pos_ru54fz/app/pos/discount_gate";
import { fiscalize } from "@optics_pos_ru54fz/app/pos/fiscalize";
import { canEnterByHand, enterByHand } from "@optics_pos_ru54fz/app/pos/hand_item";
import { setupPosWithTill } from "./bridge_stand_in";
import { quietKitchen } from "./quiet_kitchen";
import { REASON, kopecks, pay, sign, soldOrder, startRefund, watchDialogs } from "./selling";

definePosModels();
quietKitchen();

const BARCODE = "4607123456781";
const NAME = "Футляр «Привет» кожаный";
const PRINTED = 'Футляр "Привет" кожаный';
/** The product that such goods are sold on has this tax, and no price of its own. */
const [ON, ON_ITS_VAT, OTHER_VAT] = [18, 2, 11];

const EMPTY = { name: "", price: "", quantity: "1", vat: null };
const RATES = [
  { code: 11, label: "22 %" },
  { code: 6, label: "No VAT" },
];

/** A shop that sells goods entered by hand; its taxes of 15 % and 25 % have different codes. */
async function shop() {
  const { store, bridge, odoo } = await setupPosWithTill();
  store.config.kkt_hand_product_id = store.models["product.product"].get(ON);
  store.models["account.tax"].get(2).kkt_vat_code = String(ON_ITS_VAT);
  store.setOrder(store.addNewOrder());
  return { store, bridge, odoo };
}

/** What the cashier types into the dialog that the shop shows. */
async function typeItem(store, item, barcode = BARCODE) {
  const order = store.getOrder();
  const lines = order.lines.length;
  const shown = watchDialogs(store, {
    KktHandItemDialog: ({ done }) => done({ quantity: 1, vat: OTHER_VAT, ...item }),
  });
  enterByHand(store.kkt, barcode, null);
  await waitUntil(() => order.lines.length > lines);
  expect(shown).toHaveLength(1);
  return order.lines.at(-1);
}

const mountDialog = (props = {}) => {
  const [items, told] = [[], { closed: 0 }];
  const done = (item) => items.push(item);
  const close = () => (told.closed += 1);
  const all = { why: "?", start: EMPTY, rates: RATES, done, close, ...props };
  return mountWithCleanup(KktHandItemDialog, { props: all }).then(() => ({ items, told }));
};

const wrong = () => queryAll("input.is-invalid").map(({ id }) => id.replace("kkt-hand-", ""));
const fill = (field, text) => contains(`.kkt-hand-${field}`).edit(text, { confirm: false });

test("the dialog says what is missing, one after the other, and sells nothing before", async () => {
  const { store } = await shop();
  expect(store.kkt).not.toBe(null);
  const { items, told } = await mountDialog();
  expect(queryAll(".kkt-hand-trouble")).toHaveLength(0);
  expect(wrong()).toEqual([]);
  const add = () => contains(".kkt-hand-add").click();
  await add();
  expect(queryText(".kkt-hand-trouble")).toMatch(/name/i);
  expect(wrong()).toEqual(["name", "price"]);
  // nothing that could be printed is no name
  for (const name of [" ", "…", "«»"]) {
    await fill("name", name);
    expect(wrong()).toEqual(["name", "price"]);
  }
  await fill("name", NAME);
  expect(queryText(".kkt-hand-trouble")).toMatch(/price/i);
  for (const price of ["12,345", "0", "-5", "460712345678", "4607123456781", "много"]) {
    await fill("price", price);
    expect(wrong()).toEqual(["price"]);
  }
  await fill("price", "1 250,50");
  await fill("quantity", "0");
  expect(wrong()).toEqual(["quantity"]);
  expect(queryText(".kkt-hand-trouble")).toMatch(/how many/i);
  await fill("quantity", "2");
  expect(wrong()).toEqual([]);
  expect(queryText(".kkt-hand-trouble")).toMatch(/VAT/);
  await add();
  expect(items).toEqual([]);
  expect(told.closed).toBe(0);
  await contains('.kkt-hand-rate[data-code="11"]').click();
  expect(queryAll(".kkt-hand-trouble")).toHaveLength(0);
  expect(queryOne('.kkt-hand-rate[data-code="11"]').ariaChecked).toBe("true");
  expect(queryOne('.kkt-hand-rate[data-code="6"]').ariaChecked).toBe("false");
  await add();
  expect(items).toEqual([{ name: NAME, price: 125050, quantity: 2, vat: 11 }]);
  expect(told.closed).toBe(1);
});

test("a scanner's Enter shows what is missing, the cashier's goes on", async () => {
  await shop();
  const { items } = await mountDialog({ start: { ...EMPTY, name: NAME, vat: 6 } });
  await contains(".kkt-hand-name").focus();
  await press("Enter");
  await waitUntil(() => queryAll(".kkt-hand-trouble").length > 0);
  expect(items).toEqual([]);
  await fill("price", "10");
  await press("Enter");
  expect(items).toEqual([{ name: NAME, price: 1000, quantity: 1, vat: 6 }]);
});

test("«Do not sell it» sells nothing", async () => {
  await shop();
  const { items, told } = await mountDialog();
  await contains(".kkt-hand-cancel").click();
  expect(items).toEqual([]);
  expect(told.closed).toBe(1);
});

test("the dialog starts with what the till's catalogue says, and offers the shop's rates", async () => {
  const { store } = await shop();
  const shown = watchDialogs(store);
  enterByHand(store.kkt, BARCODE, { id: 9999, name: NAME, price: 1250.5, vat: ON_ITS_VAT });
  enterByHand(store.kkt, BARCODE, { id: 9999, name: NAME, price: 10, vat: 8 });
  enterByHand(store.kkt, BARCODE, null);
  const [known, otherRate, unknown] = shown;
  expect(known.start).toEqual({ name: NAME, price: "1250,50", quantity: "1", vat: ON_ITS_VAT });
  expect(otherRate.start).toMatchObject({ price: "10,00", vat: null });
  expect(unknown.start).toEqual(EMPTY);
  expect(unknown.why).toInclude(BARCODE);
  // no tax of this shop has the code 8; goods without VAT need none
  expect(unknown.rates.map(({ code }) => code)).toEqual([OTHER_VAT, ON_ITS_VAT, 6]);
});

test("the line has the typed name, price and VAT, and the order their total", async () => {
  const { store } = await shop();
  const line = await typeItem(store, { name: NAME, price: 125050, quantity: 2 });
  const order = store.getOrder();
  expect(line.product_id.id).toBe(ON);
  expect(line.getFullProductName()).toBe(NAME);
  expect(line.orderDisplayProductName.name).toBe(NAME);
  expect(line.qty).toBe(2);
  expect(line.tax_ids.map((tax) => tax.kkt_vat_code)).toEqual([String(OTHER_VAT)]);
  expect(line.kkt_barcode).toBe(BARCODE);
  expect(line.kkt_entered_by).toBe(store.kkt.cashierName);
  expect(line.kkt_entered_by).not.toBe("");
  // the tax is within what the price tag says, though Odoo puts it on top here
  expect(kopecks(order.priceIncl)).toBe(250100);
  await typeItem(store, { name: "Салфетка", price: 33333, quantity: 3, vat: ON_ITS_VAT });
  await typeItem(store, { name: "Шнурок", price: 1, vat: 6 });
  expect(order.lines).toHaveLength(3);
  expect(order.lines[2].tax_ids).toHaveLength(0);
  expect(kopecks(order.priceIncl)).toBe(250100 + 99999 + 1);
});

test("the typed price is no discount, whatever their product costs; a discount on it is", async () => {
  const { store } = await shop();
  const line = await typeItem(store, { name: NAME, price: 100 });
  const order = store.getOrder();
  line.product_id.lst_price = 1000;
  line.product_id.product_tmpl_id.list_price = 1000;
  expect(wireDiscount(order)).toBe(null);
  line.setDiscount(15);
  expect(wireDiscount(order).percent).toBe(15);
  // the name alone makes no goods of another product cheaper
  line.setDiscount(0);
  store.config.kkt_hand_product_id = store.models["product.product"].get(5);
  expect(wireDiscount(order).percent).toBeGreaterThan(50);
});

test("the typed name comes back from the disk", async () => {
  const { store } = await shop();
  const line = await typeItem(store, { name: NAME, price: 1000 });
  const kept = JSON.parse(JSON.stringify(line.serializeForIndexedDB()));
  store.models.loadConnectedData({ "pos.order.line": [kept] });
  expect(store.getOrder().lines[0].getFullProductName()).toBe(NAME);
});

test("the receipt bears the typed name and VAT, and tells such goods apart", async () => {
  const { store, bridge } = await shop();
  await typeItem(store, { name: NAME, price: 125050, quantity: 2 });
  await typeItem(store, { name: "Салфетка", price: 33333, quantity: 3, vat: ON_ITS_VAT }, "46001");
  const order = store.getOrder();
  pay(store, order);
  await sign(store, order);
  const [{ body }] = bridge.receipts;
  const facts = ({ sku, name, qty, price, sum, vat }) => ({ sku, name, qty, price, sum, vat });
  expect(body.items.map(facts)).toEqual([
    { sku: BARCODE, name: PRINTED, qty: 2, price: 1250.5, sum: 2501, vat: OTHER_VAT },
    { sku: "46001", name: "Салфетка", qty: 3, price: 333.33, sum: 999.99, vat: ON_ITS_VAT },
  ]);
  expect(body.payments).toEqual([{ method: "cash", amount: 3500.99 }]);
  // a price typed for goods without a price is no discount
  expect(body.discount).toBe(undefined);
  expect(JSON.parse(body.order.blob).lines.map(([, , line]) => line.kkt_name)).toEqual([
    NAME,
    "Салфетка",
  ]);
});

test("a refund names the goods as they were typed", async () => {
  const { store, bridge } = await shop();
  await typeItem(store, { name: NAME, price: 125050, quantity: 2 });
  const sale = store.getOrder();
  pay(store, sale);
  await sign(store, sale);
  watchDialogs(store, REASON);
  const refund = await startRefund(store, sale, () => 1);
  expect(refund.lines[0].getFullProductName()).toBe(NAME);
  expect(refund.lines[0].kkt_barcode).toBe(BARCODE);
  expect(kopecks(refund.priceIncl)).toBe(-125050);
  expect(await fiscalize(store.kkt, refund)).toBe("fiscalized");
  const { body } = bridge.receipts.at(-1);
  expect(body.type).toBe("refund");
  expect(body.items).toHaveLength(1);
  expect(body.items[0]).toMatchObject({
    sku: BARCODE,
    name: PRINTED,
    qty: 1,
    sum: 1250.5,
    vat: OTHER_VAT,
    refund_line: 1,
  });
});

test("goods are entered by hand where the shop sells them, into a sale that is not signed", async () => {
  const { store } = await shop();
  expect(canEnterByHand(store.kkt)).toBe(true);
  const product = store.config.kkt_hand_product_id;
  store.config.kkt_hand_product_id = false;
  expect(canEnterByHand(store.kkt)).toBe(false);
  const shown = watchDialogs(store);
  enterByHand(store.kkt, BARCODE, null);
  expect(shown).toHaveLength(0);
  store.config.kkt_hand_product_id = product;
  const sale = await soldOrder(store);
  store.setOrder(sale);
  expect(canEnterByHand(store.kkt)).toBe(false);
  const refund = store.addNewOrder({ is_refund: true });
  store.setOrder(refund);
  expect(canEnterByHand(store.kkt)).toBe(false);
});
