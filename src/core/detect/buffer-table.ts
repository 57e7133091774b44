/**
 * Numbers for the buffers of a rule set: a declaration with its transforms is one buffer, found once for each
 * packet whatever the number of rules that look into it. Number 0 is the payload.
 */
import { type BufferDeclaration, payloadBuffer, type Transform } from "./buffer.ts";

export interface BufferEntry {
  readonly id: number;
  readonly declaration: BufferDeclaration;
  readonly transforms: readonly Transform[];
}

export const PAYLOAD_BUFFER_ID = 0;

export class BufferTable {
  readonly entries: BufferEntry[] = [];
  private readonly ids = new Map<string, number>();

  constructor() {
    this.idOf(payloadBuffer, []);
  }

  idOf(declaration: BufferDeclaration, transforms: readonly Transform[]): number {
    const key = [declaration.name, ...transforms.map((transform) => transform.key)].join("|");
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.entries.length;
    this.ids.set(key, id);
    this.entries.push({ id, declaration, transforms });
    return id;
  }
}
