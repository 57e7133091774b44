import fc from "fast-check";
import { expect, test } from "vitest";
import { Exchange, shapeOf } from "../core/protocols/http1/exchange.ts";

const token = fc.stringMatching(/^[A-Za-z-]{1,12}$/);
const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const lineEnd = fc.constantFrom("\r\n", "\n");
const fields = fc.array(fc.tuple(token, value, lineEnd, fc.boolean()), { maxLength: 6 });
const chunks = fc.array(fc.stringMatching(/^[ -~]{1,40}$/), { maxLength: 5 });

const headerBlock = fields.map((list) =>
  list
    .map(([name, text, end, folds]) => `x-${name}: ${text}${folds ? `${end} more` : ""}${end}`)
    .join(""),
);
const body = chunks.chain((list) =>
  fc.boolean().map((isChunked) => {
    const whole = list.join("");
    if (!isChunked) return `Content-Length: ${whole.length}\r\n\r\n${whole}`;
    const coded = list.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join("");
    return `Transfer-Encoding: chunked\r\n\r\n${coded}0\r\nx-last: 1\r\n\r\n`;
  }),
);
const exchange = fc.record({
  request: fc
    .tuple(fc.constantFrom("POST", "PUT"), value, headerBlock, body)
    .map(([method, target, block, rest]) => {
      const path = target.replaceAll(" ", "+");
      return `${method} /${path} HTTP/1.1\r\nHost: a.example\r\n${block}${rest}`;
    }),
  response: fc
    .tuple(fc.integer({ min: 200, max: 203 }), headerBlock, body)
    .map(([status, block, rest]) => `HTTP/1.1 ${status} Fine\r\n${block}${rest}`),
});

function shapes(requests: string, responses: string, pieceBytes?: number): unknown {
  const made = new Exchange().request(requests, pieceBytes).respond(responses, pieceBytes).end();
  return made.transactions.map(shapeOf);
}

test("how the data of a connection is cut does not matter", () => {
  const pieces = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(fc.array(exchange, { minLength: 1, maxLength: 3 }), pieces, (list, size) => {
      const requests = list.map(({ request }) => request).join("");
      const responses = list.map(({ response }) => response).join("");
      const whole = shapes(requests, responses);
      expect(shapes(requests, responses, 1)).toEqual(whole);
      expect(shapes(requests, responses, size)).toEqual(whole);
      expect((whole as unknown[]).length).toBe(list.length);
    }),
    { numRuns: 150 },
  );
});

test("no bytes make it throw, in any order of directions, gaps and ends", () => {
  const step = fc.record({
    direction: fc.constantFrom<0 | 1>(0, 1),
    text: fc.oneof(
      exchange.map(({ request, response }) => request + response),
      fc.stringMatching(/^[\r\n :;a-f0-9HTP/.]{0,60}$/),
    ),
    gapBytes: fc.integer({ min: 0, max: 50 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
      const made = new Exchange();
      for (const { direction, text, gapBytes } of steps) {
        if (direction === 0) made.request(text, 7);
        else made.respond(text, 7);
        if (gapBytes > 40) made.feed.gap(direction, gapBytes);
      }
      made.end();
      for (const { progress } of made.transactions) expect(progress[0]).toBeLessThanOrEqual(5);
    }),
    { numRuns: 200 },
  );
});
