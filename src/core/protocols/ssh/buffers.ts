/** Buffers of SSH: versions in the banners, fingerprints of the key exchange offers. */
import { type BufferSource, bufferSource, defineBuffer, type ProtocolBuffer } from "../buffer.ts";
import { type FlowSide, TO_CLIENT, TO_SERVER } from "../direction.ts";
import { type SshSide, SshState, type SshTransaction } from "./transaction.ts";

const family = "ssh";

const sshProto = defineBuffer({
  name: "ssh.proto",
  aliases: ["ssh_proto"],
  family,
  summary: "The protocol version in the banner of a side, as 2.0.",
});
const sshSoftware = defineBuffer({
  name: "ssh.software",
  aliases: ["ssh_software"],
  family,
  summary: "The software version in the banner of a side.",
});
const sshHassh = defineBuffer({
  name: "ssh.hassh",
  aliases: ["ssh-hassh"],
  family,
  summary: "The HASSH fingerprint of the client in hexadecimal digits.",
});
const sshHasshString = defineBuffer({
  name: "ssh.hassh.string",
  aliases: ["ssh-hassh-string"],
  family,
  summary: "The names of algorithms that the client's HASSH is made from.",
});
const sshHasshServer = defineBuffer({
  name: "ssh.hassh.server",
  aliases: ["ssh-hassh-server"],
  family,
  summary: "The HASSH fingerprint of the server in hexadecimal digits.",
});
const sshHasshServerString = defineBuffer({
  name: "ssh.hassh.server.string",
  aliases: ["ssh-hassh-server-string"],
  family,
  summary: "The names of algorithms that the server's HASSH is made from.",
});

export const sshBuffers: readonly BufferSource[] = [
  source(sshProto, "toServer", (side) => side.protocolVersion),
  source(sshProto, "toClient", (side) => side.protocolVersion),
  source(sshSoftware, "toServer", (side) => side.softwareVersion),
  source(sshSoftware, "toClient", (side) => side.softwareVersion),
  source(sshHassh, "toServer", (side) => side.hassh),
  source(sshHasshString, "toServer", (side) => side.hasshString),
  source(sshHasshServer, "toClient", (side) => side.hassh),
  source(sshHasshServerString, "toClient", (side) => side.hasshString),
];

function source(
  buffer: ProtocolBuffer,
  side: FlowSide,
  fieldOf: (side: SshSide) => Uint8Array | null,
): BufferSource {
  const direction = side === "toServer" ? TO_SERVER : TO_CLIENT;
  return bufferSource<SshTransaction>(buffer, {
    side,
    progress: SshState.bannerDone,
    read: ({ sides }, _, view) => {
      const field = fieldOf(sides[direction]!);
      return view.setOrAbsent(field !== null && field.length === 0 ? null : field);
    },
  });
}
