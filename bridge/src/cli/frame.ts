/** `frame decode HEX`: what a frame from a log says, for support and tests. */
import type { Command } from "commander";
import { fromHex } from "../device/shtrih/binary.ts";
import { describeFrame, type MessageKind } from "../device/shtrih/describe.ts";

const KINDS: readonly string[] = ["request", "response"];
/** The hex is no frame, or the arguments are wrong. */
const EXIT_BAD_INPUT = 2;

export interface FrameIo {
  out(text: string): void;
  err(text: string): void;
  exit(code: number): void;
}

const PROCESS_IO: FrameIo = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  exit: (code) => {
    process.exitCode = code;
  },
};

/** Adds `frame decode` to the program. */
export function registerFrameCommand(program: Command, io: FrameIo = PROCESS_IO): void {
  const frame = program.command("frame").description("read frames of the ККТ's protocol");
  frame
    .command("decode")
    .description(
      "print a frame of the Shtrih protocol V1 or V2, or a control byte, as JSON: " +
        "{framing, kind, command, payload, checksumOk, fields}; money in kopecks, quantity in millionths",
    )
    .argument("<hex...>", "the whole frame from 02 or 8F on; spaces are ignored")
    .option(
      "--kind <kind>",
      "request or response, where the frame itself does not tell: by default a payload that begins " +
        "with 00, or is one byte long, is a response",
    )
    .action((words: string[], options: { kind?: string }) => {
      const answer = decode(words.join(""), options.kind);
      if ("problem" in answer) {
        io.err(`${answer.problem}\n`);
        io.exit(EXIT_BAD_INPUT);
      } else {
        io.out(`${answer.json}\n`);
      }
    });
}

function decode(text: string, kind: string | undefined): { json: string } | { problem: string } {
  if (kind !== undefined && !KINDS.includes(kind)) {
    return { problem: `--kind ${kind}: request or response is allowed` };
  }
  const bytes = fromHex(text);
  if (!bytes) {
    return { problem: "not hex: an even number of digits 0-9, a-f is expected" };
  }
  const description = describeFrame(bytes, kind as MessageKind | undefined);
  if (!description) {
    return {
      problem:
        "not a frame: 02 LEN BODY LRC (V1), 8F LEN16 NUM16 DATA CRC16 (V2) or one byte 05, 06, 15 is expected",
    };
  }
  return { json: JSON.stringify(description) };
}
