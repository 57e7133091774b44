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

export class TcpSession {
  /** A value of TcpState. */
  state = 0;
  /** Data sent by the client, to the server. */
  client = new StreamBuffer();
  /** Data sent by the server, to the client. */
  server = new StreamBuffer();
  /** TCP flags of all packets of a direction. */
  flagsToServer = 0;
  flagsToClient = 0;
  /** Picked up after the handshake. */
  midstream = false;
  /** Only one side is visible. */
  asynchronous = false;
  /** No data is stored any more. */
  noReassembly = false;
  /** Inspect what is there with the next packet of that direction. */
  triggerRawToServer = false;
  triggerRawToClient = false;
  synAckCount = 0;
  /** Both ends announced window scaling in their SYNs. */
  scaling = false;
  /** The client's SYN carried data (Fast Open). */
  fastOpen = false;

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
    this.state = this.flagsToServer = this.flagsToClient = this.synAckCount = 0;
    this.midstream = this.asynchronous = this.noReassembly = this.scaling = false;
    this.triggerRawToServer = this.triggerRawToClient = this.fastOpen = false;
    this.client.reset();
    this.server.reset();
  }
}
