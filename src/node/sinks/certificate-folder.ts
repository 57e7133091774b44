/**
 * A folder of certificates: NAME.pem for the chain and NAME.meta for where it came from. Made when the first one
 * comes; a limit holds against traffic that would fill the disk.
 */
import fs from "node:fs";
import path from "node:path";
import type { CertificateSink } from "../../core/engine/certificate-files.ts";
import { SinkError } from "../errors.ts";

/** Chains that one run stores; further ones are counted and left out. */
export const STORED_CHAINS_MAX = 100_000;

export class CertificateFolder implements CertificateSink {
  stored = 0;
  refused = 0;
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Throws SinkError. */
  store(name: string, pem: string, note: string): void {
    if (this.stored >= STORED_CHAINS_MAX) {
      this.refused++;
      return;
    }
    try {
      if (this.stored === 0) fs.mkdirSync(this.folder, { recursive: true });
      fs.writeFileSync(path.join(this.folder, `${name}.pem`), pem);
      fs.writeFileSync(path.join(this.folder, `${name}.meta`), note);
    } catch (cause) {
      throw new SinkError(`cannot write to "${this.folder}"`, { cause });
    }
    this.stored++;
  }
}
