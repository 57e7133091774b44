/** EVE `ssh`: the banners and fingerprints of both sides. */
import type { JsonWriter } from "../../eve/json-writer.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { defineRecord } from "../record.ts";
import { type SshSide, SshState, type SshTransaction } from "./transaction.ts";

export const sshRecord = defineRecord<SshTransaction>({
  type: "ssh",
  summary: "A connection whose sides have named themselves.",
  fields: {
    "ssh.client.proto_version": "protocol version of the client",
    "ssh.client.software_version": "software of the client",
    "ssh.client.hassh.hash": "fingerprint of the client's key exchange offer",
    "ssh.client.hassh.string": "names of algorithms that the fingerprint is made from",
    "ssh.server.proto_version": "protocol version of the server",
    "ssh.server.software_version": "software of the server",
    "ssh.server.hassh.hash": "fingerprint of the server's key exchange offer",
    "ssh.server.hassh.string": "names of algorithms that the fingerprint is made from",
  },
  count: ({ sides }) => (sides.some(hasBanner) ? 1 : 0),
  write: (writer, transaction) => writeSsh(writer, transaction),
});

export function writeSsh(writer: JsonWriter, { sides }: SshTransaction): void {
  if (!sides.some(hasBanner)) return;
  writer.beginObject("ssh");
  if (hasBanner(sides[TO_SERVER])) writeSide(writer, "client", sides[TO_SERVER]);
  if (hasBanner(sides[TO_CLIENT])) writeSide(writer, "server", sides[TO_CLIENT]);
  writer.endObject();
}

function hasBanner({ state }: SshSide): boolean {
  return state >= SshState.bannerDone;
}

function writeSide(writer: JsonWriter, name: string, side: SshSide): void {
  writer.beginObject(name);
  field(writer, "proto_version", side.protocolVersion);
  field(writer, "software_version", side.softwareVersion);
  if (side.hassh !== null) {
    writer.beginObject("hassh");
    field(writer, "hash", side.hassh);
    field(writer, "string", side.hasshString);
    writer.endObject();
  }
  writer.endObject();
}

function field(writer: JsonWriter, name: string, bytes: Uint8Array | null): void {
  if (bytes !== null && bytes.length > 0) writer.bytes(name, bytes, 0, bytes.length);
}
