/**
 * libmagic of the package `wasmagic`, loaded when it is wanted: 45 MB and 70 ms a thread. It works on hostile bytes
 * and may trap: then that file stays without a description and a new instance takes over, a few times.
 */
import { createRequire } from "node:module";
import type { MagicLibrary } from "../../core/protocols/file-magic.ts";

/** Instances that may break before no more are made. */
export const BROKEN_INSTANCES_MAX = 16;

/** What is used of one instance of the package. */
export interface MagicInstance {
  detect(bytes: Uint8Array): string;
}

/** Makes an instance. */
export type MagicFactory = () => Promise<MagicInstance>;

const REMEDY = "npm install wasmagic@1.0.10 adds it";
const NOTHING = new Uint8Array(0);

export class OptionalMagic implements MagicLibrary {
  isWanted = false;
  tellsAll = false;
  lookups = 0;
  /** Lookups that the library did not survive. */
  failures = 0;
  /** Null: not installed. */
  private readonly factory: MagicFactory | null;
  private instance: MagicInstance | null = null;
  private loading: Promise<string | null> | null = null;
  private hasGivenUp = false;
  private readonly encoder = new TextEncoder();

  constructor(factory: MagicFactory | null = findFactory()) {
    this.factory = factory;
  }

  get remedy(): string | null {
    return this.factory === null ? REMEDY : null;
  }

  want(): void {
    this.isWanted = true;
  }

  /** Wants it for every file. */
  wantForAll(): void {
    this.isWanted = this.tellsAll = true;
  }

  /** Loads it if somebody wants it; traffic may come afterwards. A text says why it cannot be had. */
  async ready(): Promise<string | null> {
    if (!this.isWanted || this.instance !== null || this.hasGivenUp) return null;
    if (this.factory === null) return `no libmagic: ${REMEDY}`;
    this.loading ??= this.load(this.factory);
    return await this.loading;
  }

  describe(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
    const { instance } = this;
    if (instance === null) {
      if (this.hasGivenUp || this.factory === null) return NOTHING;
      void this.ready();
      return null;
    }
    this.lookups++;
    try {
      return this.encoder.encode(instance.detect(bytes.subarray(start, end)));
    } catch {
      this.failures++;
      this.instance = null;
      this.hasGivenUp = this.failures >= BROKEN_INSTANCES_MAX;
      return NOTHING;
    }
  }

  /** None where nobody wants it. */
  counters(): readonly (readonly [string, number])[] {
    if (!this.isWanted) return [];
    return [
      ["file_magic.lookups", this.lookups],
      ["file_magic.failures", this.failures],
    ];
  }

  private async load(factory: MagicFactory): Promise<string | null> {
    try {
      this.instance = await factory();
      return null;
    } catch (error) {
      this.hasGivenUp = true;
      return `no libmagic: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      this.loading = null;
    }
  }
}

/** Null: the package is not installed. */
function findFactory(): MagicFactory | null {
  const require = createRequire(import.meta.url);
  try {
    require.resolve("wasmagic");
  } catch {
    return null;
  }
  return async () => {
    const found: unknown = require("wasmagic");
    if (!isLibrary(found)) throw new Error("the package wasmagic is not the one that is known");
    return await found.WASMagic.create({ flags: found.WASMagicFlags.NONE });
  };
}

interface MagicPackage {
  readonly WASMagic: { create(options: { readonly flags: number }): Promise<MagicInstance> };
  readonly WASMagicFlags: { readonly NONE: number };
}

function isLibrary(value: unknown): value is MagicPackage {
  return typeof value === "object" && value !== null && "WASMagic" in value;
}
