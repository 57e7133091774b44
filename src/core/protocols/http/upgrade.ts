/** The request that a connection went on to HTTP/2 with (h2c), as http1 hands it to http2. */
export interface UpgradedRequest {
  readonly method: Uint8Array | null;
  readonly target: Uint8Array | null;
  readonly fields: readonly { readonly name: Uint8Array; readonly value: Uint8Array }[];
}
