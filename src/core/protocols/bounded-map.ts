/** A map that holds so many entries; the one used longest ago goes for a new one. Built on a Map's order. */

export class BoundedMap<Value> {
  private readonly entries = new Map<string, Value>();
  private readonly countMax: number;

  constructor(countMax: number) {
    this.countMax = countMax;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  values(): Iterable<Value> {
    return this.entries.values();
  }

  get size(): number {
    return this.entries.size;
  }

  get(key: string): Value | undefined {
    const value = this.entries.get(key);
    if (value !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, value);
    }
    return value;
  }

  set(key: string, value: Value): void {
    this.entries.delete(key);
    if (this.entries.size >= this.countMax) {
      for (const oldest of this.entries.keys()) {
        this.entries.delete(oldest);
        break;
      }
    }
    this.entries.set(key, value);
  }

  /** Removes an entry and returns it. */
  take(key: string): Value | undefined {
    const value = this.entries.get(key);
    if (value !== undefined) this.entries.delete(key);
    return value;
  }

  delete(key: string): void {
    this.entries.delete(key);
  }
}
