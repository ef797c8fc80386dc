/** The record of `disk.c`: what was written, truncated, synced and named, in the order of the calls. */
export type DiskOp =
  | { readonly kind: "create" | "sync" | "unlink"; readonly path: string }
  | { readonly kind: "truncate"; readonly path: string; readonly size: number }
  | {
      readonly kind: "write";
      readonly path: string;
      readonly at: number;
      readonly data: Buffer;
    }
  | { readonly kind: "rename"; readonly path: string; readonly to: string };

const HEAD = 20;

/** @throws Error for a record that breaks off or has an unknown operation */
export function parseTrace(bytes: Buffer): DiskOp[] {
  const ops: DiskOp[] = [];
  for (let at = 0; at < bytes.length;) {
    const op = String.fromCharCode(bytes.readUInt32LE(at));
    const pathEnd = at + HEAD + bytes.readUInt32LE(at + 4);
    const end = pathEnd + bytes.readUInt32LE(at + 8);
    if (end > bytes.length) throw new Error(`the record breaks off at ${at}`);
    const path = bytes.toString("utf8", at + HEAD, pathEnd);
    ops.push(toOp(op, path, Number(bytes.readBigInt64LE(at + 12)), bytes.subarray(pathEnd, end)));
    at = end;
  }
  return ops;
}

function toOp(op: string, path: string, at: number, data: Buffer): DiskOp {
  switch (op) {
    case "C":
      return { kind: "create", path };
    case "S":
      return { kind: "sync", path };
    case "U":
      return { kind: "unlink", path };
    case "T":
      return { kind: "truncate", path, size: at };
    case "W":
      return { kind: "write", path, at, data };
    case "R":
      return { kind: "rename", path, to: data.toString("utf8") };
    default:
      throw new Error(`unknown operation ${op}`);
  }
}
