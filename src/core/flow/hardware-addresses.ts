/**
 * The hardware addresses (IEEE 802 MAC) that the packets of a flow came from and went to, for EVE's `ether`. Kept
 * only where somebody writes them. More than the limit of a side are left out.
 */
import { readUint16, readUint32 } from "../bytes/endian.ts";
import { Direction, type Packet } from "../layers/packet.ts";
import type { Flow } from "./flow.ts";

/** Addresses kept of one side of a flow. */
export const ADDRESSES_PER_SIDE_MAX = 10;

export class HardwareAddresses {
  /** 48-bit numbers, in the order of their first packet. */
  client: number[] = [];
  server: number[] = [];

  /** `start` is where the Ethernet header of a packet begins: destination, then source. */
  note(bytes: Uint8Array, start: number, isToServer: boolean): void {
    const destination = addressAt(bytes, start);
    const source = addressAt(bytes, start + 6);
    add(this.client, isToServer ? source : destination);
    add(this.server, isToServer ? destination : source);
  }

  swap(): void {
    [this.client, this.server] = [this.server, this.client];
  }
}

/** Adds those of a packet to its flow's. */
export function noteHardware(bytes: Uint8Array, packet: Packet, flow: Flow): void {
  if (packet.etherStart < 0) return;
  flow.hardware ??= new HardwareAddresses();
  flow.hardware.note(bytes, packet.etherStart, packet.direction === Direction.toServer);
}

function add(addresses: number[], address: number): void {
  if (addresses.length < ADDRESSES_PER_SIDE_MAX && !addresses.includes(address)) {
    addresses.push(address);
  }
}

function addressAt(bytes: Uint8Array, at: number): number {
  return readUint16(bytes, at) * 4_294_967_296 + readUint32(bytes, at + 2);
}

/** In hexadecimal with colons. */
export function hardwareAddressText(address: number): string {
  const digits = address.toString(16).padStart(12, "0");
  return digits.replace(/(..)(?=.)/g, "$1:");
}
