import { describe, expect, it } from "vitest";
import { bytesToLatin1 } from "../../../../src/core/bytes/latin1.ts";
import { Md5 } from "../../../../src/core/bytes/md5.ts";
import { decodeHello } from "../../../../src/core/protocols/tls-hello/hello.ts";
import { ja3Of } from "../../../../src/core/protocols/tls-hello/ja3.ts";
import { ja4Of } from "../../../../src/core/protocols/tls-hello/ja4.ts";
import {
  alpn,
  clientHelloBody,
  curves,
  extension,
  type HelloParts,
  offeredVersions,
  pointFormats,
  serverHelloBody,
  signatureAlgorithms,
  sni,
} from "../tls/wire.ts";

const md5 = new Md5();

const text = (bytes: Uint8Array | null | undefined) =>
  bytes === null || bytes === undefined ? null : bytesToLatin1(bytes, 0, bytes.length);

function client(parts: HelloParts) {
  const body = clientHelloBody(parts);
  return decodeHello(true, body, 0, body.length);
}

describe("JA3", () => {
  it("lists version, ciphers, extensions, curves and point formats without GREASE", () => {
    const hello = client({
      version: 0x0303,
      ciphers: [0x2a2a, 0xc02f, 0x1301],
      extensions: [extension(0x8a8a), sni("a.org"), curves(0xdada, 29, 23), pointFormats(0, 1)],
    });
    expect(text(ja3Of(hello, md5)?.text)).toBe("771,49199-4865,0-10-11,29-23,0-1");
  });

  it("is the MD5 of the text", () => {
    const ciphers = [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99];
    const hello = client({ version: 0x0301, ciphers });
    expect(text(ja3Of(hello, md5)?.text)).toBe("769,4-5-10-9-100-98-3-6-19-18-99,,,");
    expect(text(ja3Of(hello, md5)?.hash)).toBe("de350869b8c85de67a350c8d186f11e6");
  });

  it("of a server has no curves", () => {
    const body = serverHelloBody({ ciphers: [0xc02f], extensions: [extension(65281, [0])] });
    const hello = decodeHello(false, body, 0, body.length);
    expect(text(ja3Of(hello, md5)?.text)).toBe("771,49199,65281");
  });

  it("keeps what came before a broken part, without a hash", () => {
    const body = clientHelloBody({ extensions: [extension(10, [0, 9, 1])] });
    const ja3 = ja3Of(decodeHello(true, body, 0, body.length), md5);
    expect(text(ja3?.text)).toBe("771,4865-49199");
    expect(ja3?.hash).toBeNull();
  });
});

describe("JA4", () => {
  const ciphers = [
    0x002f, 0x0035, 0x009c, 0x009d, 0x1301, 0x1302, 0x1303, 0xc013, 0xc014, 0xc02b, 0xc02c, 0xc02f,
    0xc030, 0xcca8, 0xcca9,
  ];
  const others = [0x05, 0x12, 0x15, 0x17, 0x1b, 0x23, 0x2d, 0x33, 0x4469, 0xff01];

  it("is that of the published example", () => {
    const hello = client({
      ciphers: [0x0a0a, ...ciphers.toReversed()],
      extensions: [
        sni("example.org"),
        curves(29),
        pointFormats(0),
        signatureAlgorithms(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601),
        alpn("h2", "http/1.1"),
        offeredVersions(0x0a0a, 0x0304, 0x0303),
        ...others.map((type) => extension(type, [0])),
      ],
    });
    expect(text(ja4Of(hello, "t"))).toBe("t13d1516h2_8daaf6152771_e5627efa2ab1");
    expect(text(ja4Of(hello, "q"))?.startsWith("q13d1516h2_")).toBe(true);
  });

  it("writes an application protocol that is no text in hexadecimal", () => {
    const hello = client({ extensions: [alpn("\xab\x00\xcd")] });
    expect(text(ja4Of(hello, "t"))?.slice(0, 10)).toBe("t12i0201ad");
  });

  it("stands for a single character twice and for none with zeros", () => {
    expect(text(ja4Of(client({ extensions: [alpn("x")] }), "t"))?.slice(8, 10)).toBe("xx");
    expect(text(ja4Of(client({}), "t"))?.slice(0, 10)).toBe("t12i020000");
  });
});
