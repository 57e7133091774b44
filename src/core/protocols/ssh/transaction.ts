/**
 * The one transaction of an SSH connection (RFC 4253): both banners, the fingerprints of both key exchange
 * offers (HASSH), and how far each side is on its way to encryption.
 */
import { Transaction } from "../transaction.ts";

export const SshState = { inProgress: 0, bannerWaitEol: 1, bannerDone: 2, finished: 3 } as const;

export const SshEvent = {
  invalidBanner: 0,
  longBanner: 1,
  invalidRecord: 2,
  longKexRecord: 3,
} as const;

export const sshEventNames = ["invalid_banner", "long_banner", "invalid_record", "long_kex_record"];

/** What one side said before the encryption began. */
export class SshSide {
  /** A value of SshState. */
  state: number = SshState.inProgress;
  protocolVersion: Uint8Array | null = null;
  softwareVersion: Uint8Array | null = null;
  /** MD5 of `hasshString` in hexadecimal digits. */
  hassh: Uint8Array | null = null;
  hasshString: Uint8Array | null = null;
}

export class SshTransaction extends Transaction {
  /** By direction: the client's, the server's. */
  readonly sides: readonly [SshSide, SshSide] = [new SshSide(), new SshSide()];
}
