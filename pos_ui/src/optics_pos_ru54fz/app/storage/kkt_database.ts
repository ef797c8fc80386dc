/**
 * Our own IndexedDB: the browser's identity, the marks of orders and cash moves. Odoo's may be cleared by
 * «Reload Data», this one is not; what it says about money is committed to the disk
 * (`durability: strict`) before the caller goes on.
 */

export const BROWSER = "browser";
export const ORDERS = "kkt-orders";
/** Cash in and out of the drawer that Odoo has yet to book. */
export const CASH_MOVES = "kkt-cash-moves";

type StoreName = typeof BROWSER | typeof ORDERS | typeof CASH_MOVES;

/** Of the stores below; a later one only adds. */
const VERSION = 2;
const KEY_PATHS: Readonly<Record<StoreName, string | null>> = {
  [BROWSER]: null,
  [ORDERS]: "uuid",
  [CASH_MOVES]: "id",
};

function addMissingStores(database: IDBDatabase): void {
  for (const [name, keyPath] of Object.entries(KEY_PATHS)) {
    if (database.objectStoreNames.contains(name)) continue;
    database.createObjectStore(name, keyPath === null ? {} : { keyPath });
  }
}

/** Milliseconds; a database that does not answer must not hold up a sale without a word. */
const TIMEOUT = 5_000;

function within<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`IndexedDB: ${what} timed out`)), TIMEOUT);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const failure = (what: string, error: DOMException | null): Error =>
  new Error(`IndexedDB: ${what}: ${error?.message ?? "aborted"}`, { cause: error });

export class KktDatabase {
  readonly name: string;
  private opened: Promise<IDBDatabase> | null = null;

  /** @param name one database per Odoo database and POS configuration */
  constructor(name: string) {
    this.name = name;
  }

  private open(): Promise<IDBDatabase> {
    this.opened ??= within(
      "open",
      new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(this.name, VERSION);
        request.onupgradeneeded = () => addMissingStores(request.result);
        request.onsuccess = () => {
          request.result.onclose = () => (this.opened = null);
          request.result.onversionchange = () => request.result.close();
          resolve(request.result);
        };
        request.onerror = () => reject(failure("open", request.error));
      }),
    ).catch((error: unknown) => {
      this.opened = null;
      throw error;
    });
    return this.opened;
  }

  private async run<T>(
    store: StoreName,
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    const db = await this.open();
    return within(
      `${mode} ${store}`,
      new Promise<T>((resolve, reject) => {
        const transaction = db.transaction(store, mode, { durability: "strict" });
        const request = work(transaction.objectStore(store));
        // the commit, not the request, is what survives a power cut
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(failure(`${mode} ${store}`, transaction.error));
        transaction.onerror = () => reject(failure(`${mode} ${store}`, transaction.error));
      }),
    );
  }

  get<T>(store: StoreName, key: string): Promise<T | undefined> {
    return this.run(store, "readonly", (s) => s.get(key) as IDBRequest<T | undefined>);
  }

  getAll<T>(store: StoreName): Promise<T[]> {
    return this.run(store, "readonly", (s) => s.getAll() as IDBRequest<T[]>);
  }

  /** Resolves once the value is on the disk. */
  async put(store: StoreName, value: unknown, key?: string): Promise<void> {
    await this.run(store, "readwrite", (s) => s.put(value, key));
  }

  async delete(store: StoreName, key: string): Promise<void> {
    await this.run(store, "readwrite", (s) => s.delete(key));
  }
}
