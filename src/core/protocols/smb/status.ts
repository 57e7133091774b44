/** Statuses that the parser acts on, and the names of the few DOS and server errors that records know. */

export const Status = {
  success: 0,
  pending: 0x103,
  bufferOverflow: 0x8000_0005,
  endOfFile: 0xc000_0011,
} as const;

const DOS_ERRORS: readonly string[] = [
  "DOS_SUCCESS",
  "DOS_BAD_FUNC",
  "DOS_BAD_FILE",
  "DOS_BAD_PATH",
  "DOS_TOO_MANY_OPEN_FILES",
  "DOS_ACCESS_DENIED",
];
const SERVER_ERRORS: ReadonlyMap<number, string> = new Map([
  [1, "SRV_ERROR"],
  [2, "SRV_BADPW"],
  [3, "SRV_BADTYPE"],
  [4, "SRV_ACCESS"],
  [91, "SRV_BADUID"],
]);

/** The name of a DOS status: class in the lowest byte, code in the upper half. */
export function dosStatusName(status: number): string {
  const errorClass = status & 0xff;
  const code = status >>> 16;
  if (errorClass === 1) return DOS_ERRORS[code] ?? `${code}`;
  if (errorClass === 2) return SERVER_ERRORS.get(code) ?? `${code}`;
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
  return `UNKNOWN_${hex(errorClass, 2)}_${hex(code, 4)}`;
}
