import { describe, expect, it } from "vitest";
import { RuleError } from "../../../src/core/rule/diagnostic.ts";
import { parseListText } from "../../../src/core/rule/list-syntax.ts";
import type { PortSet } from "../../../src/core/rule/port-set.ts";
import { resolvePorts } from "../../../src/core/rule/ports.ts";

const span = { file: "local.rules", line: 1, column: 15, length: 2 };

const variables = {
  addressGroups: new Map(),
  portGroups: new Map([
    ["HTTP_PORTS", "80"],
    ["SHELLCODE_PORTS", "!80"],
    ["FILE_DATA_PORTS", "[$HTTP_PORTS,110,143]"],
  ]),
};

function resolve(text: string): PortSet {
  return resolvePorts(parseListText(text, span), variables);
}

describe("resolvePorts", () => {
  it.each([
    ["any", [[0, 65535]]],
    ["80", [[80, 80]]],
    ["80:90", [[80, 90]]],
    [":1023", [[0, 1023]]],
    ["1024:", [[1024, 65535]]],
    [
      "!80",
      [
        [0, 79],
        [81, 65535],
      ],
    ],
    [
      "[80,443,81]",
      [
        [80, 81],
        [443, 443],
      ],
    ],
    [
      "!5800,!445",
      [
        [0, 444],
        [446, 5799],
        [5801, 65535],
      ],
    ],
    [
      "[1:80,![2,4]]",
      [
        [1, 1],
        [3, 3],
        [5, 80],
      ],
    ],
    ["[ 80 : 90 ]", null],
    [
      "$FILE_DATA_PORTS",
      [
        [80, 80],
        [110, 110],
        [143, 143],
      ],
    ],
    [
      "$SHELLCODE_PORTS",
      [
        [0, 79],
        [81, 65535],
      ],
    ],
    ["!$SHELLCODE_PORTS", [[80, 80]]],
    ["0", [[0, 0]]],
    ["65535", [[65535, 65535]]],
  ])("%s", (text, ranges) => {
    if (ranges === null) {
      expect(() => resolve(text)).toThrow(RuleError);
      return;
    }
    const set = resolve(text);
    expect([...set.ranges]).toEqual(ranges.flat());
    expect(set.any).toBe(text === "any");
    for (const [from = 0, to = 0] of ranges) {
      expect(set.contains(from) && set.contains(to)).toBe(true);
      if (from > 0) expect(set.contains(from - 1)).toBe(false);
      if (to < 65535) expect(set.contains(to + 1)).toBe(false);
    }
  });

  it.each([
    ["65536", "port-out-of-range", undefined],
    ["90:80", "reversed-range", "put the lower port first"],
    ["80-90", "bad-port", 'a range is written "80:90"'],
    ["http", "bad-port", undefined],
    ["HTTP_PORTS", "bad-port", 'did you mean the variable "$HTTP_PORTS"?'],
    ["$HTTP_PORT", "undefined-variable", 'did you mean "$HTTP_PORTS"?'],
    ["!any", "complete-negation", '"!any" can never match'],
    ["[80,!80]", "complete-negation", undefined],
    ["![0:65535]", "complete-negation", '"!any" can never match'],
  ])("refuses %s: %s", (text, code, hint) => {
    let failure: unknown;
    try {
      resolve(text);
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code, hint, span });
  });
});
