/**
 * What is known of one TCP connection: its state and its two directions. The tracker (tcp-tracker.ts) drives
 * it; detection and protocol parsers read it through the stream buffers.
 *
 * @hotpath
 */
import { StreamBuffer } from "./stream-buffer.ts";

export const TcpState = {
  none: 0,
  listen: 1,
  synSent: 2,
  synRecv: 3,
  established: 4,
  finWait1: 5,
  finWait2: 6,
  timeWait: 7,
  lastAck: 8,
  closeWait: 9,
  closing: 10,
  closed: 11,
} as const;

/** A SYN or SYN+ACK that was sent again with other contents, until one of them is answered. */
export interface QueuedOpening {
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly window: number;
  /** -1 without the option. */
  readonly windowScale: number;
  readonly hasTimestamp: boolean;
  readonly timestamp: number;
  readonly timeSeconds: number;
}

export class TcpSession {
  /** A value of TcpState. */
  state = 0;
  previousState = 0;
  /** Data sent by the client, to the server. */
  client = new StreamBuffer();
  /** Data sent by the server, to the client. */
  server = new StreamBuffer();
  /** TCP flags of all packets of a direction. */
  flagsToServer = 0;
  flagsToClient = 0;
  /** Picked up after the handshake. */
  midstream = false;
  /** Picked up at a SYN+ACK. */
  midstreamSynAck = false;
  /** Picked up with data: the server's window is not known yet. */
  midstreamWindow = false;
  /** Only one side is visible. */
  asynchronous = false;
  /** No data is stored any more. */
  noReassembly = false;
  /** Inspect what is there with the next packet of that direction. */
  triggerRawToServer = false;
  triggerRawToClient = false;
  /** Both ends use timestamps. */
  timestamps = false;
  /** The client's SYN announced window scaling. */
  scaling = false;
  /** Both ends sent a SYN (simultaneous or split handshake). */
  fourWay = false;
  /** The SYN had the Fast Open option, or the SYN+ACK acknowledged its data. */
  fastOpen = false;
  fastOpenIgnored = false;
  /** An ACK of the handshake had a wrong number: some hosts ignore what Linux and Solaris accept. */
  evasion = false;
  /** The server sent something after the handshake. */
  confirmed = false;
  closedByReset = false;
  /** Bytes of each direction that are followed beyond the usual depth, 0 for all; -1 for the usual depth. */
  deeperBytes = -1;
  /** Openings that differ from the one that counts; null for none, the newest last. */
  queued: QueuedOpening[] | null = null;

  setState(state: number): void {
    if (state === this.state) return;
    this.previousState = this.state;
    this.state = state;
  }

  /** The client turned out to be the server. */
  swapSides(): void {
    [this.client, this.server] = [this.server, this.client];
    [this.flagsToServer, this.flagsToClient] = [this.flagsToClient, this.flagsToServer];
    [this.triggerRawToServer, this.triggerRawToClient] = [
      this.triggerRawToClient,
      this.triggerRawToServer,
    ];
  }

  reset(): void {
    this.state = this.previousState = this.flagsToServer = this.flagsToClient = 0;
    this.midstream = this.midstreamSynAck = this.midstreamWindow = this.asynchronous = false;
    this.noReassembly = this.scaling = this.timestamps = this.fourWay = false;
    this.triggerRawToServer = this.triggerRawToClient = false;
    this.fastOpen = this.fastOpenIgnored = this.evasion = this.confirmed = false;
    this.closedByReset = false;
    this.deeperBytes = -1;
    this.queued = null;
    this.client.reset();
    this.server.reset();
  }
}
