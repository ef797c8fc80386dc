import { beforeEach, describe, expect, test } from "vitest";
import { TabLock } from "./tab_lock.ts";

const NAME = "kkt-tab-1";

interface Waiting {
  readonly run: () => Promise<unknown>;
  readonly reject: (error: Error) => void;
}

/** The browser's locks, of one name: whoever comes waits for whoever has it. */
class FakeLocks {
  holder: Waiting | null = null;
  readonly queue: Waiting[] = [];

  request(_name: string, options: LockOptions, run: () => Promise<unknown>): Promise<unknown> {
    return new Promise((_, reject) => {
      const asking: Waiting = { run, reject };
      if (options.steal === true) {
        this.holder?.reject(new Error("stolen"));
        this.give(asking);
      } else if (this.holder === null) {
        this.give(asking);
      } else {
        this.queue.push(asking);
        options.signal?.addEventListener("abort", () => {
          const at = this.queue.indexOf(asking);
          if (at >= 0) this.queue.splice(at, 1);
          reject(new Error("aborted"));
        });
      }
    });
  }

  /** The tab that has it is closed. */
  release(): void {
    this.holder = null;
    const next = this.queue.shift();
    if (next !== undefined) this.give(next);
  }

  private give(asking: Waiting): void {
    this.holder = asking;
    void asking.run();
  }
}

let locks: FakeLocks;

interface Tab {
  readonly lock: TabLock;
  readonly storage: Map<string, string>;
  readonly log: string[];
  patience: AbortController;
  takeOver: () => void;
}

function tab(storage = new Map<string, string>()): Tab {
  const made = { storage, log: [] as string[], patience: new AbortController() };
  const opened: Tab = Object.assign(made, {
    takeOver: () => undefined,
    lock: new TabLock(NAME, {
      locks: locks as unknown as LockManager,
      storage: {
        getItem: (key) => storage.get(key) ?? null,
        setItem: (key, value) => void storage.set(key, value),
        removeItem: (key) => void storage.delete(key),
      },
      patience: () => made.patience.signal,
      reload: () => void made.log.push("reload"),
      tell: (takeOver) => {
        made.log.push("told");
        opened.takeOver = takeOver;
      },
    }),
  });
  return opened;
}

/** Starts it, and says when it may work. */
function start(opened: Tab): Tab {
  void opened.lock.take().then(() => opened.log.push("works"));
  return opened;
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  locks = new FakeLocks();
});

describe("one tab at a till", () => {
  test("the first one works, also when it asks again", async () => {
    const first = start(tab());
    await settled();
    start(first);
    await settled();
    expect(first.log).toEqual(["works", "works"]);
  });

  test("the tab before an F5 is waited for", async () => {
    start(tab());
    const second = start(tab());
    await settled();
    locks.release();
    await settled();
    expect(second.log).toEqual(["works"]);
  });

  test("a further one says so, and starts anew when the first is closed", async () => {
    const first = start(tab());
    const second = start(tab());
    second.patience.abort();
    await settled();
    expect(second.log).toEqual(["told"]);
    locks.release();
    await settled();
    expect(second.log).toEqual(["told", "reload"]);
    expect(first.log).toEqual(["works"]);
  });

  test("told to, it takes over: it starts anew and works, the first starts anew and is told", async () => {
    const first = start(tab());
    const second = start(tab());
    second.patience.abort();
    await settled();
    second.takeOver();
    expect(second.log).toEqual(["told", "reload"]);
    // the reload: the same tab with what its storage holds
    locks.queue.length = 0;
    const again = start(tab(second.storage));
    await settled();
    expect(again.log).toEqual(["works"]);
    expect(first.log).toEqual(["works", "reload"]);
    const firstAgain = start(tab(first.storage));
    firstAgain.patience.abort();
    await settled();
    expect(firstAgain.log).toEqual(["told"]);
    // an F5 of the tab that took over does not take over once more
    expect(again.storage.size).toBe(0);
  });
});
