/** The name of files that were opened before the capture began. */
export const UNKNOWN_NAME = Uint8Array.from("<unknown>", (letter) => letter.charCodeAt(0));
