/** Buffers and tests of SMB (`smb.share`, `smb.version`), those of calls over pipes, and of files. */
import { type BufferSource, bufferSource, defineBuffer } from "../buffer.ts";
import type { CallView } from "../dcerpc/call-view.ts";
import { callTestSources, stubSources } from "../dcerpc/sources.ts";
import { fileSources } from "../files/buffers.ts";
import { defineTest, type TestSource, testSource } from "../test.ts";
import type { SmbTransaction } from "./transaction.ts";

const FAMILY = "smb/dcerpc";

export const smbNamedPipe = defineBuffer({
  name: "smb.named_pipe",
  aliases: ["smb_named_pipe"],
  family: FAMILY,
  summary: "The name of the pipe share that a client connects to.",
});

export const smbShare = defineBuffer({
  name: "smb.share",
  aliases: ["smb_share"],
  family: FAMILY,
  summary: "The name of the share that a client connects to, unless it is one for pipes.",
});

export const smbNtlmsspUser = defineBuffer({
  name: "smb.ntlmssp_user",
  family: FAMILY,
  summary: "The user that logs on by NTLMSSP.",
});

export const smbNtlmsspDomain = defineBuffer({
  name: "smb.ntlmssp_domain",
  family: FAMILY,
  summary: "The domain of the user that logs on by NTLMSSP.",
});

export const smbVersion = defineTest<number>({
  name: "smb.version",
  family: FAMILY,
  summary: "The version of the messages: 1, or 2 for SMB 2 and 3.",
  syntax: "smb.version:1|2",
  since: "8.0.0",
  argument: "required",
  examples: [{ options: "smb.version:1;", meaning: "messages of SMB 1" }],
  once: true,
  parse: (option) => Number(option.oneOf(option.whole, ["1", "2"], "version")),
});

function callOf({ detail }: SmbTransaction): CallView | null {
  return detail?.kind === "call" ? detail : null;
}

function shareOf({ detail }: SmbTransaction, isPipe: boolean): Uint8Array | null {
  return detail?.kind === "tree connect" && detail.isPipe === isPipe ? detail.shareName : null;
}

function ntlmOf({ detail }: SmbTransaction) {
  return detail?.kind === "session setup" ? detail.ntlm : null;
}

export const smbBuffers: readonly BufferSource[] = [
  ...stubSources(callOf),
  bufferSource<SmbTransaction>(smbNamedPipe, {
    side: "toServer",
    progress: 1,
    read: (transaction, _, view) => view.setOrAbsent(shareOf(transaction, true)),
  }),
  bufferSource<SmbTransaction>(smbShare, {
    side: "toServer",
    progress: 1,
    read: (transaction, _, view) => view.setOrAbsent(shareOf(transaction, false)),
  }),
  bufferSource<SmbTransaction>(smbNtlmsspUser, {
    side: "toServer",
    progress: 1,
    read: (transaction, _, view) => view.setOrAbsent(ntlmOf(transaction)?.user ?? null),
  }),
  bufferSource<SmbTransaction>(smbNtlmsspDomain, {
    side: "toServer",
    progress: 1,
    read: (transaction, _, view) => view.setOrAbsent(ntlmOf(transaction)?.domain ?? null),
  }),
  ...fileSources("toServer", 0),
  ...fileSources("toClient", 0),
];

export const smbTests: readonly TestSource[] = [
  ...callTestSources(callOf),
  ...(["toServer", "toClient"] as const).map((side) =>
    testSource<number, SmbTransaction>(smbVersion, {
      side,
      progress: 0,
      run: ({ version }, wanted) => version === wanted,
    }),
  ),
];
