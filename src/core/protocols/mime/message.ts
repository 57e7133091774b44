/** What is kept of one mail message: the fields of its own header, names of attachments, links, a digest. */
import type { UrlFinder } from "./url-finder.ts";

export interface MimeField {
  readonly name: string;
  value: Uint8Array;
}

/** Bytes of names and values of the header of one part; fields beyond are not kept. */
export const HEADER_BYTES_MAX = 256 * 1024;
/** Fields of the header of one part. */
export const FIELDS_MAX = 2048;
/** Attachments of one message; more are no files. */
export const ATTACHMENTS_MAX = 1024;

export class MimeMessage {
  /** Fields of the message's own header, names in lower case; complete once `hasHeader`. */
  fields: readonly MimeField[] = [];
  hasHeader = false;
  readonly attachments: Uint8Array[] = [];
  bodyMd5: Uint8Array | null = null;
  private readonly finder: UrlFinder;

  constructor(finder: UrlFinder) {
    this.finder = finder;
  }

  get urls(): readonly Uint8Array[] {
    return this.finder.urls;
  }

  /** The value of the first field with a name in lower case; null without. */
  value(name: string): Uint8Array | null {
    return this.fields.find((field) => field.name === name)?.value ?? null;
  }

  /** All values of a name. */
  values(name: string): readonly Uint8Array[] {
    return this.fields.filter((field) => field.name === name).map(({ value }) => value);
  }
}
