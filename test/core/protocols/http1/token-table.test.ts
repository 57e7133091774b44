import { expect, it } from "vitest";
import { lowerText } from "../../../../src/core/protocols/http1/message.ts";
import { TokenTable } from "../../../../src/core/protocols/http1/token-table.ts";
import { Random } from "../../../support/random.ts";

it("gives the text in lower case, cold and warm, whatever shares its slot", () => {
  const random = new Random(17);
  const table = new TokenTable();
  const tokens = Array.from({ length: 6000 }, () => random.bytes(random.below(40)));
  for (let round = 0; round < 2; round++) {
    for (const token of tokens) {
      expect(table.lower(token, 0, token.length)).toBe(lowerText(token));
    }
  }
});

it("tells letters from what differs from them by the same bit", () => {
  const table = new TokenTable();
  const texts = ["[@]", "{`}", "AZ", "az", "\u00c1", "\u00e1"];
  const lower = texts.map((text) => {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    return table.lower(bytes, 0, bytes.length);
  });
  expect(lower).toEqual(["[@]", "{`}", "az", "az", "\u00c1", "\u00e1"]);
});
