/** The data connections of FTP, as the control connection told of them. */
import { fileSources } from "../files/buffers.ts";
import { fileTests } from "../files/tests.ts";
import { defineProtocol, TCP } from "../protocol.ts";
import type { Transaction } from "../transaction.ts";
import { FtpDataParser } from "./parser.ts";
import { ftpDataRecord, writeFtpData } from "./record.ts";
import { ftpDataTests } from "./tests.ts";
import { type FtpDataExpectation, FtpDataState, type FtpDataTransaction } from "./transaction.ts";

export const ftpData = defineProtocol({
  name: "ftp-data",
  configName: "ftp",
  summary: "FTP, the data connections.",
  transports: [TCP],
  enabledByDefault: true,
  patterns: [],
  probes: [],
  states: {
    toServer: ["request_started", "request_complete"],
    toClient: ["response_started", "response_complete"],
  },
  events: [],
  buffers: [
    ...fileSources("toServer", FtpDataState.started),
    ...fileSources("toClient", FtpDataState.started),
  ],
  tests: [
    ...ftpDataTests,
    ...fileTests("toServer", FtpDataState.started),
    ...fileTests("toClient", FtpDataState.started),
  ],
  records: [ftpDataRecord],
  writeAlertFields: (writer, transaction: Transaction) =>
    // Only transactions of this protocol come here.
    writeFtpData(writer, transaction as FtpDataTransaction),
  createFactory() {
    // Only the control connection's parser makes what is expected.
    return (data) => new FtpDataParser((data as FtpDataExpectation | undefined) ?? null);
  },
});
