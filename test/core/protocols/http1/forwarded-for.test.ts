import { expect, test } from "vitest";
import { xffOf } from "../../../../src/core/protocols/http1/forwarded-for.ts";
import { Exchange } from "./exchange.ts";

test.each([
  ["192.0.2.1, 198.51.100.7", "forward", "192.0.2.1"],
  ["192.0.2.1, 198.51.100.7", "reverse", "198.51.100.7"],
  ["192.0.2.1:4711", "forward", "192.0.2.1"],
  ["[2001:db8::1]:80", "forward", "2001:db8::1"],
  ["2001:db8::1", "reverse", "2001:db8::1"],
  ["unknown, 192.0.2.1", "forward", null],
  ["192.0.2.999", "forward", null],
] as const)("of %s, %s takes %s", (value, deployment, expected) => {
  const { first } = new Exchange().request(
    `GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${value}\r\n\r\n`,
  );
  expect(xffOf(first, deployment, "X-Forwarded-For")).toBe(expected);
});
