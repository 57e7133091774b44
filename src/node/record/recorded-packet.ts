/** A packet that can be recorded: a range of bytes and what a capture says about it. */
export interface RecordedPacket {
  readonly start: number;
  readonly end: number;
  readonly wireLength: number;
  /** Microseconds since 1970. */
  readonly timeUs: number;
  readonly linkType: number;
  readonly interfaceIndex: number;
}

/** Where a packet was written. */
export interface PacketPlace {
  /** Path of the file. */
  readonly file: string;
  /** Of the packet's block in the file. */
  readonly offset: number;
}
