/**
 * How values of known tags read (fiscal.md §3.4), for the decoder of the command line. A tag that is
 * not here is shown as hex.
 */
import { decodeFvln, decodeTlvList, decodeVln } from "./tlv.ts";
import { hex } from "./binary.ts";
import { decodeCp866 } from "./text.ts";

type TagKind = "string" | "uint" | "fvln" | "struct" | "time" | "bytes";

const KINDS: Readonly<Partial<Record<TagKind, readonly number[]>>> = {
  string: [
    1005, 1008, 1009, 1016, 1017, 1018, 1021, 1026, 1030, 1036, 1037, 1041, 1044, 1046, 1048, 1060,
    1073, 1074, 1075, 1085, 1086, 1117, 1171, 1179, 1187, 1191, 1192, 1203, 1225, 1226, 1227, 1228,
    1230, 1231, 1254,
  ],
  uint: [
    1020, 1031, 1038, 1040, 1042, 1043, 1054, 1055, 1062, 1079, 1081, 1102, 1103, 1104, 1105, 1106,
    1107, 1108, 1118, 1120, 1173, 1198, 1199, 1200, 1209, 1212, 1213, 1214, 1215, 1216, 1217, 1222,
    2003, 2004, 2100, 2102, 2106, 2107, 2108,
  ],
  fvln: [1023],
  struct: [
    1, 2, 3, 4, 5, 6, 7, 11, 21, 31, 41, 1059, 1084, 1115, 1119, 1174, 1223, 1224, 1256, 1260, 1261,
    1163, 1194, 1129, 1130, 1270,
  ],
  time: [1012, 1178],
};

function kindOf(tag: number): TagKind {
  for (const [kind, tags] of Object.entries(KINDS)) {
    if (tags.includes(tag)) return kind as TagKind;
  }
  return "bytes";
}

export interface ReadableTlv {
  readonly tag: number;
  readonly value: string | number | readonly ReadableTlv[];
}

/** Never throws: what does not read as its tag's kind is shown as hex. */
export function readableTlv(bytes: Uint8Array): readonly ReadableTlv[] | string {
  try {
    return decodeTlvList(bytes).map(({ tag, value }) => ({
      tag,
      value: readableValue(tag, value),
    }));
  } catch {
    return hex(bytes);
  }
}

function readableValue(tag: number, value: Uint8Array): ReadableTlv["value"] {
  try {
    switch (kindOf(tag)) {
      case "string":
        return decodeCp866(value);
      case "uint":
        return decodeVln(value);
      case "fvln":
        return decodeFvln(value);
      case "struct":
        return readableTlv(value);
      case "time":
        return new Date(decodeVln(value) * 1000).toISOString().slice(0, 19);
      case "bytes":
        return hex(value);
    }
  } catch {
    return hex(value);
  }
}
