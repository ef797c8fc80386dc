/**
 * A disk that keeps no promise but fsync: what was written since the last one of that file is kept,
 * dropped or torn, each write on its own, and so are names since the last fsync of the folder.
 */
import { dirname } from "node:path";
import type { Random } from "./random.ts";
import type { DiskOp } from "./trace.ts";

const SECTOR = 512;

type Change = Extract<DiskOp, { kind: "write" | "truncate" }>;

interface Node {
  /** Content that survives. */
  readonly durable: Image;
  /** Since the last sync, in order. */
  pending: Change[];
}

type Naming =
  | { readonly kind: "link"; readonly path: string; readonly node: Node }
  | { readonly kind: "unlink"; readonly path: string }
  | { readonly kind: "rename"; readonly path: string; readonly to: string };

/** What becomes of one change that was not synced. */
export type Fate = "kept" | "dropped" | "torn";

export interface Loss {
  readonly name: string;
  readonly fate: (random: Random) => Fate;
}

export const LOSSES: readonly Loss[] = [
  { name: "nothing unsynced survives", fate: () => "dropped" },
  {
    name: "each write on its own, whole or not",
    fate: (r) => (r.next() < 0.5 ? "kept" : "dropped"),
  },
  {
    name: "each write on its own, torn at sectors",
    fate: (r) => (["kept", "dropped", "torn", "torn"] as const)[r.below(4)]!,
  },
  { name: "all but a few", fate: (r) => (r.next() < 0.9 ? "kept" : "torn") },
  { name: "everything survives", fate: () => "kept" },
];

export class UnsafeDisk {
  /** As the running process sees it. */
  readonly #names = new Map<string, Node>();
  readonly #durableNames = new Map<string, Node>();
  #namings: Naming[] = [];

  apply(op: DiskOp): void {
    switch (op.kind) {
      case "create":
        return this.#create(op.path);
      case "write":
      case "truncate":
        this.#node(op.path).pending.push(op);
        return;
      case "sync":
        return this.#sync(op.path);
      case "unlink":
        this.#names.delete(op.path);
        this.#namings.push({ kind: "unlink", path: op.path });
        return;
      case "rename":
        this.#names.set(op.to, this.#node(op.path));
        this.#names.delete(op.path);
        this.#namings.push({ kind: "rename", path: op.path, to: op.to });
    }
  }

  /** The files as a power cut at this moment may leave them. */
  cut(loss: Loss, random: Random): ReadonlyMap<string, Buffer> {
    const names = new Map(this.#durableNames);
    for (const naming of this.#namings) {
      if (loss.fate(random) !== "dropped") name(names, naming);
    }
    return new Map([...names].map(([path, node]) => [path, survivor(node, loss, random)]));
  }

  #create(path: string): void {
    const node: Node = { durable: new Image(), pending: [] };
    this.#names.set(path, node);
    this.#namings.push({ kind: "link", path, node });
  }

  #sync(path: string): void {
    const node = this.#names.get(path);
    if (node === undefined) return this.#syncFolder(path);
    for (const change of node.pending) node.durable.apply(change);
    node.pending = [];
  }

  #syncFolder(path: string): void {
    const here = this.#namings.filter((naming) => dirname(naming.path) === path);
    for (const naming of here) name(this.#durableNames, naming);
    this.#namings = this.#namings.filter((naming) => !here.includes(naming));
  }

  #node(path: string): Node {
    const node = this.#names.get(path);
    if (node === undefined) throw new Error(`${path} was never created`);
    return node;
  }
}

function name(names: Map<string, Node>, naming: Naming): void {
  if (naming.kind === "link") {
    names.set(naming.path, naming.node);
    return;
  }
  const node = names.get(naming.path);
  names.delete(naming.path);
  if (naming.kind === "rename" && node !== undefined) names.set(naming.to, node);
}

function survivor(node: Node, loss: Loss, random: Random): Buffer {
  const image = node.durable.copy();
  for (const change of node.pending) {
    const fate = loss.fate(random);
    if (fate === "dropped") continue;
    if (fate === "torn" && change.kind === "write") tear(image, change, random);
    else image.apply(change);
  }
  return image.bytes;
}

/** Sectors of the write arrive or not, each on its own. */
function tear(
  image: Image,
  { path, at, data }: Extract<Change, { kind: "write" }>,
  random: Random,
): void {
  for (let from = 0; from < data.length;) {
    const to = Math.min(data.length, from + SECTOR - ((at + from) % SECTOR));
    if (random.next() < 0.5) {
      image.apply({ kind: "write", path, at: at + from, data: data.subarray(from, to) });
    }
    from = to;
  }
}

/** Content of a file; a gap is zeros. */
class Image {
  #room: Buffer;
  #size: number;

  constructor(room: Buffer = Buffer.alloc(0), size = 0) {
    this.#room = room;
    this.#size = size;
  }

  get bytes(): Buffer {
    return this.#room.subarray(0, this.#size);
  }

  copy(): Image {
    return new Image(Buffer.from(this.bytes), this.#size);
  }

  apply(change: Change): void {
    if (change.kind === "write") {
      this.#grow(change.at + change.data.length);
      change.data.copy(this.#room, change.at);
      return;
    }
    this.#grow(change.size);
    this.#room.fill(0, change.size);
    this.#size = change.size;
  }

  #grow(size: number): void {
    if (size > this.#room.length) {
      const room = Buffer.alloc(2 * size);
      this.#room.copy(room);
      this.#room = room;
    }
    this.#size = Math.max(this.#size, size);
  }
}
