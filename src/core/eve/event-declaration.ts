/**
 * What an event record says about itself: the reference of events is generated from these, and a test checks
 * that every field a record writes is declared.
 */
export interface EventDeclaration {
  /** The value of `event_type`. */
  readonly type: string;
  /** One sentence with a full stop. */
  readonly summary: string;
  /** Dotted field name to its meaning, with the unit. */
  readonly fields: Readonly<Record<string, string>>;
}

export function defineEvent(declaration: EventDeclaration): EventDeclaration {
  return declaration;
}
