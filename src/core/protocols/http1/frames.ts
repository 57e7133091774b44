/** Frames of HTTP/1: requests and responses whole, from the first byte of their line to the last of their body. */
export const http1Frames = ["request", "response"] as const;
