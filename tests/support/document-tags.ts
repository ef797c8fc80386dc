/** Values of tags in a document as the ФН has it. */
import type { TlvNode } from "@opticserp/fixtures/stand/control.ts";

/** Wherever the tag stands. */
export function tagsOf(nodes: readonly TlvNode[], tag: number): unknown[] {
  return nodes.flatMap((node) => [
    ...(node.tag === tag ? [node.value] : []),
    ...tagsOf(node.children ?? [], tag),
  ]);
}

/** Within the items (1059); sums by rate (1115) repeat some of them. */
export const itemTagsOf = (nodes: readonly TlvNode[], tag: number): unknown[] =>
  tagsOf(
    nodes.filter((node) => node.tag === 1059),
    tag,
  );
