/**
 * The map of a datagram: which fragment has which bytes. A datagram is a list of pieces, sorted and without
 * overlap; each piece belongs to one fragment. A new fragment is laid over the list piece by piece, the policy
 * deciding against the whole fragment that each piece belongs to.
 *
 * Fragments and pieces are records in typed arrays, linked by index; -1 is the end of a list. Offsets count
 * bytes of the datagram's data, ranges are half-open.
 *
 * @hotpath
 */
import { newerWins } from "./defrag-policy.ts";

const NONE = -1;
/** A fragment laid over many pieces makes as many more; twice the fragments is enough but for attacks. */
const PIECES_PER_FRAGMENT = 2;

export class DefragPieces {
  // Fragments
  readonly offsets: Int32Array;
  readonly ends: Int32Array;
  /** Arena offset of the block that holds the fragment, and its capacity; what lies before the data is header. */
  readonly blocks: Float64Array;
  readonly capacities: Int32Array;
  /** Bytes of link and IP headers in front of the data; 0 unless the fragment begins the datagram. */
  readonly prefixes: Int32Array;
  /** Next fragment of the same datagram. */
  readonly nextFragments: Int32Array;

  // Pieces
  readonly starts: Int32Array;
  readonly stops: Int32Array;
  readonly owners: Int32Array;
  readonly nextPieces: Int32Array;

  private freeFragment = 0;
  private freePiece = 0;
  private freePieces: number;

  constructor(fragmentsMax: number) {
    const piecesMax = fragmentsMax * PIECES_PER_FRAGMENT + 2;
    this.offsets = new Int32Array(fragmentsMax);
    this.ends = new Int32Array(fragmentsMax);
    this.blocks = new Float64Array(fragmentsMax);
    this.capacities = new Int32Array(fragmentsMax);
    this.prefixes = new Int32Array(fragmentsMax);
    this.nextFragments = linked(fragmentsMax);
    this.starts = new Int32Array(piecesMax);
    this.stops = new Int32Array(piecesMax);
    this.owners = new Int32Array(piecesMax);
    this.nextPieces = linked(piecesMax);
    this.freePieces = piecesMax;
  }

  /** Index of a fragment record, -1 when there is none left. */
  takeFragment(offset: number, end: number): number {
    const fragment = this.freeFragment;
    if (fragment === NONE) return NONE;
    this.freeFragment = this.nextFragments[fragment]!;
    this.offsets[fragment] = offset;
    this.ends[fragment] = end;
    return fragment;
  }

  giveFragment(fragment: number): void {
    this.nextFragments[fragment] = this.freeFragment;
    this.freeFragment = fragment;
  }

  givePieces(first: number): void {
    let piece = first;
    while (piece !== NONE) {
      const next = this.nextPieces[piece]!;
      this.givePiece(piece);
      piece = next;
    }
  }

  /** Pieces of the list that overlap [offset, end). */
  countOverlaps(first: number, offset: number, end: number): number {
    const { starts, stops, nextPieces } = this;
    let count = 0;
    for (let piece = first; piece !== NONE; piece = nextPieces[piece]!) {
      if (starts[piece]! >= end) break;
      if (stops[piece]! > offset) count++;
    }
    return count;
  }

  /** Whether `lay` may be called for a fragment with so many overlaps. */
  hasRoom(overlaps: number): boolean {
    return this.freePieces >= overlaps + 2;
  }

  /** Lays a fragment over the list; returns the new first piece. */
  lay(first: number, fragment: number, policy: number): number {
    const { starts, stops, owners, nextPieces, offsets, ends } = this;
    const offset = offsets[fragment]!;
    const end = ends[fragment]!;
    let head = first;
    /** The last piece that lies before `from`. */
    let before = NONE;
    /** Where the bytes begin that the fragment may still get. */
    let from = offset;
    let piece = first;
    while (piece !== NONE && starts[piece]! < end) {
      const next = nextPieces[piece]!;
      const stop = stops[piece]!;
      if (stop <= offset) {
        before = piece;
        piece = next;
        continue;
      }
      const owner = owners[piece]!;
      if (newerWins(policy, offsets[owner]!, ends[owner]!, offset, end)) {
        const start = starts[piece]!;
        if (stop > end) {
          // The tail of the older fragment stays: as this piece, or, when the head stays too, as a new one.
          if (start < offset) this.link(piece, this.takePiece(owner, end, stop));
          else starts[piece] = end;
        }
        if (start < offset) {
          stops[piece] = offset;
          before = piece;
        } else if (stop <= end) {
          if (before === NONE) head = next;
          else nextPieces[before] = next;
          this.givePiece(piece);
        }
      } else {
        if (from < starts[piece]!) {
          const added = this.takePiece(fragment, from, starts[piece]!);
          nextPieces[added] = piece;
          if (before === NONE) head = added;
          else nextPieces[before] = added;
        }
        from = stop;
        before = piece;
      }
      piece = next;
    }
    if (from >= end) return head;
    const added = this.takePiece(fragment, from, end);
    if (before === NONE) {
      nextPieces[added] = head;
      return added;
    }
    this.link(before, added);
    return head;
  }

  private link(before: number, piece: number): void {
    this.nextPieces[piece] = this.nextPieces[before]!;
    this.nextPieces[before] = piece;
  }

  private takePiece(owner: number, start: number, stop: number): number {
    const piece = this.freePiece;
    this.freePiece = this.nextPieces[piece]!;
    this.freePieces--;
    this.owners[piece] = owner;
    this.starts[piece] = start;
    this.stops[piece] = stop;
    return piece;
  }

  private givePiece(piece: number): void {
    this.nextPieces[piece] = this.freePiece;
    this.freePiece = piece;
    this.freePieces++;
  }
}

/** Every record linked to the one after it: the free list of a new pool. */
function linked(length: number): Int32Array {
  const next = new Int32Array(length);
  for (let i = 0; i < length; i++) next[i] = i + 1;
  if (length > 0) next[length - 1] = NONE;
  return next;
}
