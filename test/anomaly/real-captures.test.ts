/**
 * The bundled rules over captures of real traffic without incident: no alert but those that are explained here. The
 * captures are beside the project, in ../shared; without them this is skipped.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { withSiteVariables } from "../../src/node/site/site-variables.ts";
import { readZone } from "../../src/node/site/zone-table.ts";
import { replayBytes, sharedFolder } from "../support/replay-bytes.ts";
import { readBundledRules } from "./evaluation.ts";

const folder = path.join(sharedFolder, "corpus/pcaps");
const ndpi = "ndpi/tests/cfgs/default/pcap";
const plusPlus = "pcapplusplus/Tests/ExamplesTest/pcap_examples";
const zeek = "zeek/testing/btest/Traces";

/** Capture, and the numbers of the rules that rightly speak of it. */
const captures: readonly (readonly [name: string, sids: readonly number[], why: string])[] = [
  [`${ndpi}/iphone.pcap`, [], "a telephone starts and asks its services"],
  [`${ndpi}/dropbox.pcap`, [], "files are synchronized"],
  [`${ndpi}/whatsappfiles.pcap`, [], "files are sent to a friend"],
  [`${ndpi}/zoom2.pcap`, [], "a video call"],
  [`${ndpi}/viber.pcap`, [], "messages and calls"],
  [`${ndpi}/youtubeupload.pcap`, [], "a film is uploaded"],
  [`${ndpi}/reddit.pcap`, [], "a forum is read"],
  [`${ndpi}/instagram.pcap`, [], "pictures are looked at"],
  [`${ndpi}/443-firefox.pcap`, [], "one visit"],
  [`${ndpi}/sites.pcapng`, [], "many sites, one after the other"],
  [
    `${ndpi}/1kxun.pcap`,
    [9000223],
    "a player of films fetches over plain HTTP from port 9099, which is no port of HTTP",
  ],
  [`${ndpi}/waze.pcap`, [], "a drive with navigation"],
  [`${ndpi}/ftp.pcap`, [], "a download by FTP"],
  [`${ndpi}/nest_log_sink.pcap`, [], "a device of a house reports"],
  [`${plusPlus}/tls2.pcap`, [], "hundreds of TLS connections of one machine"],
  [`${plusPlus}/http-packets.pcap`, [], "downloads"],
  [`${plusPlus}/many-protocols.pcap`, [], "a machine among its neighbours"],
  [`${zeek}/quic/quic_win11_firefox_google.pcap`, [], "a search over QUIC"],
  [`${zeek}/smb/smb2.pcap`, [], "a file server"],
  [`${zeek}/http/bro.org.pcap`, [], "a site is read"],
];

const home = "[10.0.0.0/8,172.16.0.0/12,192.168.0.0/16]";
const own = {
  addressGroups: new Map([
    ["HOME_NET", home],
    ["EXTERNAL_NET", "!$HOME_NET"],
  ]),
  portGroups: new Map<string, string>(),
};

describe.skipIf(!fs.existsSync(folder))("the bundled rules, on real traffic", () => {
  it.each(captures)("%s", (name, expected) => {
    const bytes = new Uint8Array(fs.readFileSync(path.join(folder, name)));
    const builder = { variables: withSiteVariables(own, null, true), readZone };
    const { alerts, failed } = replayBytes(bytes, readBundledRules(), {}, { builder });
    expect(failed).toBe(0);
    expect([...new Set(alerts.map(({ sid }) => sid))]).toEqual(expected);
  });
});
