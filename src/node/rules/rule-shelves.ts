/**
 * Two sections of the arena that rule sets are built in by turns: the one in use keeps its section, the next is
 * built in the other, which is emptied first. So any number of reloads takes no more than two rule sets.
 */
import type { Arena } from "../../core/bytes/arena.ts";
import { assert } from "../../core/bytes/assert.ts";

/** What a rule set of tens of thousands of rules takes, with its searches and a reserve. */
export const SHELF_BYTES = 256 * 1024 ** 2;

export class RuleShelves {
  private readonly sections: readonly [Arena, Arena];
  private used = 0;

  constructor(arena: Arena, shelfBytes = SHELF_BYTES) {
    this.sections = [arena.section(shelfBytes), arena.section(shelfBytes)];
  }

  /** Holds the rule set in use. */
  get current(): Arena {
    return this.sections[this.used]!;
  }

  /** Emptied, for the next rule set. */
  prepare(): Arena {
    const next = this.sections[1 - this.used]!;
    next.clear();
    return next;
  }

  /** The rule set built in `section` is in use from now on. */
  take(section: Arena): void {
    const place = this.sections.indexOf(section);
    assert(place >= 0, "rules were built outside the shelves");
    this.used = place;
  }
}
