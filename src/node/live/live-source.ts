/**
 * What the engine asks of an interface that it watches: packets into the arena, waiting, counts. Each driver
 * (the AF_PACKET ring, libpcap, a capture played back for tests) is one file that implements it.
 */

/** One packet; the bytes lie in the arena that the source was opened with and are valid during the call. */
export interface LiveRecord {
  readonly start: number;
  readonly end: number;
  /** Bytes on the wire; more than end - start when the snap length cut it. */
  readonly wireLength: number;
  /** Microseconds since 1970. */
  readonly timeUs: number;
  /** LINKTYPE_ value of pcap. */
  readonly linkType: number;
  /** Place of the interface in the list given to the command. */
  readonly interfaceIndex: number;
}

/** Counts since the source was opened. */
export interface LiveSourceCounts {
  readonly packets: number;
  /** Packets that the kernel dropped because we were too slow. */
  readonly kernelDrops: number;
  /** Packets the kernel could not queue for other reasons, where the driver tells; else 0. */
  readonly interfaceDrops: number;
}

export interface LiveSource {
  /** Name of the interface, such as eth0. */
  readonly name: string;
  /** Driver in use, as the stats name it: `af-packet`, `cap`, `capture`. */
  readonly driver: string;
  /** Hands over at most `limitPackets` that wait now, without blocking. Returns how many. Throws LiveError when the device is gone. */
  poll(onRecord: (record: LiveRecord) => void, limitPackets: number): number;
  /** Resolves true as soon as packets wait, false after `timeoutMs`. */
  wait(timeoutMs: number): Promise<boolean>;
  counts(): LiveSourceCounts;
  close(): void;
}
