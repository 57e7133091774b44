/** Hardware addresses of the two sides of a flow. */
import { expect, it } from "vitest";
import {
  ADDRESSES_PER_SIDE_MAX,
  HardwareAddresses,
  hardwareAddressText,
} from "../../../src/core/flow/hardware-addresses.ts";

function header(destination: number, source: number): Uint8Array {
  return Uint8Array.of(0xd8, 0xcb, 0x8a, 0xed, 0, destination, 0, 0x15, 0, 0, 0, source);
}

it("keeps each address of a side once, in the order of their coming, up to a limit", () => {
  const addresses = new HardwareAddresses();
  addresses.note(header(1, 2), 0, true);
  addresses.note(header(1, 2), 0, true);
  expect(addresses.client.map(hardwareAddressText)).toEqual(["00:15:00:00:00:02"]);
  expect(addresses.server.map(hardwareAddressText)).toEqual(["d8:cb:8a:ed:00:01"]);
  for (let i = 0; i < 2 * ADDRESSES_PER_SIDE_MAX; i++) addresses.note(header(i, 2), 0, true);
  expect(addresses.server).toHaveLength(ADDRESSES_PER_SIDE_MAX);
});

it("takes answers the other way round, and changes sides with the flow", () => {
  const addresses = new HardwareAddresses();
  addresses.note(header(1, 2), 0, false);
  expect(addresses.client.map(hardwareAddressText)).toEqual(["d8:cb:8a:ed:00:01"]);
  addresses.swap();
  expect(addresses.server.map(hardwareAddressText)).toEqual(["d8:cb:8a:ed:00:01"]);
});
