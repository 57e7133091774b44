import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { CONNECTION_EVENTS_MAX } from "../../../../src/core/protocols/http1/events.ts";
import { FILE_NAME_BYTES_MAX } from "../../../../src/core/protocols/http1/file-name.ts";
import { readHttpOptions } from "../../../../src/core/protocols/http1/options.ts";
import { Http1Parser } from "../../../../src/core/protocols/http1/parser.ts";
import { expectLinear } from "../../../support/linear-cost.ts";
import { TestHost } from "../../../support/protocol-harness.ts";
import { bytesOf, Exchange, eventsOf, stockSettings, textOf } from "./exchange.ts";

const GET = "GET /a HTTP/1.1\r\nHost: example.com\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

function bodyOf(response: string): string | null {
  const { body } = new Exchange().request(GET).respond(response).end().first.response;
  return textOf(body.bytes.slice(0, body.windowBytes));
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

describe("requests and responses", () => {
  test("a response goes with the request before it, pipelined or not", () => {
    const exchange = new Exchange()
      .request(GET + GET.replace("/a", "/b"))
      .respond(OK + OK.replace("200", "404"));
    expect(exchange.transactions.map((tx) => [textOf(tx.uriRaw), tx.statusNumber])).toEqual([
      ["/a", 200],
      ["/b", 404],
    ]);
    expect(exchange.first.progress).toEqual([5, 5]);
  });

  test("a response without a request is an event and a transaction of its own", () => {
    const { first } = new Exchange().respond(OK);
    expect(eventsOf(first)).toContain("unable_to_match_response_to_request");
    expect(textOf(first.uriRaw)).toBe("/libhtp::request_uri_not_seen");
  });

  test("an answer before the request's line is whole belongs to that request", () => {
    const exchange = new Exchange().request("GET /slow?q").respond(OK.replace("200", "408"));
    expect(exchange.transactions.length).toBe(1);
    expect(eventsOf(exchange.first)).toEqual(["request_line_incomplete"]);
    expect(exchange.first.progress).toEqual([0, 5]);
    exchange.request("=1 HTTP/1.1\r\nHost: a\r\n\r\n").request(GET).respond(OK);
    expect(exchange.transactions.map((tx) => [textOf(tx.uriRaw), tx.statusNumber])).toEqual([
      ["/slow?q=1", 408],
      [textOf(new Exchange().request(GET).first.uriRaw), 200],
    ]);
    const second = new Exchange().request("GET /slow").respond(OK + OK);
    expect(second.transactions.map(eventsOf)).toEqual([
      ["request_line_incomplete"],
      ["unable_to_match_response_to_request"],
    ]);
  });

  test("a protocol that is switched with a body is an event and no tunnel", () => {
    const switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n";
    const { first } = new Exchange()
      .request(GET)
      .respond(`${switching}Content-Length: 5\r\n\r\nhello`);
    expect(eventsOf(first)).toContain("switching_proto_with_content_length");
    expect(first.response.bodyBytes).toBe(5);
    const bare = new Exchange().request(GET).respond(`${switching}\r\n`);
    expect(eventsOf(bare.first)).toEqual([]);
  });

  test("names of files are cut at their limit", () => {
    const put = (pathBytes: number) =>
      new Exchange().request(
        `PUT /${"a".repeat(pathBytes - 1)} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi`,
      ).first;
    expect(eventsOf(put(FILE_NAME_BYTES_MAX))).toEqual([]);
    const long = put(FILE_NAME_BYTES_MAX + 1);
    expect(eventsOf(long)).toEqual(["file_name_too_long"]);
    expect(long.files.map(({ name }) => name.length)).toEqual([FILE_NAME_BYTES_MAX]);
  });

  test("a connection tells of so many events and then that they are too many", () => {
    const bad = "GET / HTTP/1.1\r\n\r\n"; // one event: it has no Host
    const exchange = new Exchange();
    const events: (readonly string[])[] = [];
    for (let i = 0; i <= CONNECTION_EVENTS_MAX; i++) {
      events.push(eventsOf(exchange.request(bad).respond(OK).first));
      exchange.parser.transactions.cut(0); // inspected and logged
    }
    expect(events[CONNECTION_EVENTS_MAX - 2]).toEqual(["missing_host_header"]);
    expect(events[CONNECTION_EVENTS_MAX - 1]).toEqual(["missing_host_header", "too_many_warnings"]);
    expect(events[CONNECTION_EVENTS_MAX]).toEqual([]);
  });

  test("100 Continue comes before the answer proper", () => {
    const interim = "HTTP/1.1 100 Continue\r\n\r\n";
    const { first } = new Exchange().request(GET).respond(interim + OK);
    expect(first.statusNumber).toBe(200);
    expect(eventsOf(first)).toEqual([]);
    const twice = new Exchange().request(GET).respond(interim + interim + OK);
    expect(eventsOf(twice.first)).toContain("100_continue_already_seen");
  });

  test("answers to HEAD and 304 have no body, whatever they announce", () => {
    const head = new Exchange()
      .request(`${GET.replace("GET", "HEAD")}${GET}`)
      .respond(`HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n${OK}`);
    expect(head.transactions.map((tx) => tx.response.bodyBytes)).toEqual([0, 2]);
    const unmodified = new Exchange()
      .request(GET + GET)
      .respond(`HTTP/1.1 304 Not Modified\r\n\r\n${OK}`);
    expect(unmodified.transactions.map((tx) => tx.response.bodyBytes)).toEqual([0, 2]);
  });

  test("a 204 that announces a body is an event", () => {
    const { first } = new Exchange()
      .request(GET)
      .respond("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
    expect(eventsOf(first)).toContain("response_body_unexpected");
  });

  test("an accepted CONNECT hands the connection on, a refused one does not", () => {
    const connect = "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n";
    const accepted = new Exchange().request(connect).respond("HTTP/1.1 200 OK\r\n\r\n\x16\x03");
    expect(accepted.feed.host.asked).toContain("change ?");
    const refused = new Exchange().request(connect + GET);
    refused.respond("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n").request("\r\n");
    expect(refused.feed.host.asked).not.toContain("change ?");
  });

  test("an upgrade to h2c goes on as http2, to websocket as websocket", () => {
    for (const [upgrade, name] of [
      ["h2c", "http2"],
      ["websocket", "websocket"],
    ]) {
      const exchange = new Exchange().request(GET);
      exchange.respond(`HTTP/1.1 101 Switching\r\nUpgrade: ${upgrade}\r\n\r\n`);
      expect(exchange.feed.host.asked.some((asked) => asked.startsWith(`change ${name}`))).toBe(
        true,
      );
    }
  });

  test("HTTP/0.9: a line for a request, a body for an answer", () => {
    const { first } = new Exchange().request("GET /old\r\n").respond("just text").end();
    expect(first.request.version).toBe(9);
    expect(textOf(first.response.body.bytes.slice(0, 9))).toBe("just text");
  });

  test("white space before the method is an event and not part of it", () => {
    const { first } = new Exchange().request(` ${GET}`);
    expect(textOf(first.method)).toBe("GET");
    expect(eventsOf(first)).toContain("request_line_leading_whitespace");
  });
});

describe("header fields", () => {
  function fieldsOf(block: string): unknown {
    const { first } = new Exchange().request(GET).respond(`HTTP/1.1 200 OK\r\n${block}`).end();
    return first.response.fields.map(({ name, value }) => [textOf(name), textOf(value)]);
  }

  test("repeated fields are joined, lengths are not", () => {
    expect(fieldsOf("A: 1\r\na: 2\r\nContent-Length: 0\r\ncontent-length: 1\r\n\r\n")).toEqual([
      ["A", "1, 2"],
      ["Content-Length", "0"],
    ]);
  });

  test("folded lines continue a value", () => {
    expect(fieldsOf("A: 1\r\n  2\r\n\t3\r\nB: 4\r\n\r\n")).toEqual([
      ["A", "1  2\t3"],
      ["B", "4"],
    ]);
  });

  test("in responses a folded line that looks like a field is one", () => {
    expect(fieldsOf("A: 1\r\n B: 2\r\n\r\n")).toEqual([
      ["A", "1"],
      ["B", "2"],
    ]);
  });

  test("lines end with LF, CR or both in responses", () => {
    expect(fieldsOf("A: 1\nB: 2\rC: 3\n\rD: 4\r\n\r\n")).toEqual([
      ["A", "1"],
      ["B", "2"],
      ["C", "3"],
      ["D", "4"],
    ]);
  });

  test("a line without a colon is a field without a name", () => {
    const { first } = new Exchange().request("GET / HTTP/1.1\r\nHost: a\r\njunk\r\n\r\n");
    expect(textOf(first.request.fields[1]?.value ?? null)).toBe("junk");
    expect(eventsOf(first)).toEqual(["request_field_missing_colon"]);
  });

  test("zero bytes in names do not hide a field", () => {
    const { first } = new Exchange()
      .request(GET)
      .respond("HTTP/1.1 200 OK\r\nContent-\0Length: 2\r\n\r\nhi");
    expect(first.response.isComplete).toBe(true);
  });

  test("too many fields, and fields too long, end the parsing with an event", () => {
    const many = Array.from({ length: 1100 }, (_, i) => `n${i}: 1\r\n`).join("");
    const exchange = new Exchange().request(`GET / HTTP/1.1\r\n${many}\r\n`);
    expect(exchange.feed.hasFailed).toBe(true);
    expect(eventsOf(exchange.first)).toContain("request_too_many_headers");
    const long = new Exchange().request(`GET / HTTP/1.1\r\nA: ${"x".repeat(20_000)}`);
    expect(eventsOf(long.first)).toContain("request_field_too_long");
  });
});

describe("bodies", () => {
  test("that are cut off leave their request without a judgement", () => {
    const post = "POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\n";
    const [whole, cut] = ["abc", "ab"].map(
      (body) => new Exchange().request(post + body).end().first,
    );
    expect([whole, cut].map((tx) => tx && eventsOf(tx))).toEqual([["missing_host_header"], []]);
    expect(cut?.progress[0]).toBe(5);
  });

  test("chunks are put together, extensions and trailers left out", () => {
    const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const exchange = new Exchange().request(GET);
    exchange.respond(`${head}3;x=y\r\nabc\r\n 2 \r\nde\r\n0\r\nT: 1\r\n\r\n`);
    const { response } = exchange.first;
    expect(textOf(response.body.bytes.slice(0, 5))).toBe("abcde");
    expect(textOf(response.value("t"))).toBe("1");
    expect(eventsOf(exchange.first)).toContain("response_chunk_extension");
  });

  test("what is no chunk is the body, as browsers have it", () => {
    expect(bodyOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot chunked")).toBe(
      "not chunked",
    );
  });

  test("gzip, zlib and raw deflate are undone, also under each other's name", () => {
    const plain = new TextEncoder().encode("the same text again, the same text again");
    for (const packed of [gzipSync(plain), deflateSync(plain), deflateRawSync(plain)]) {
      for (const name of ["gzip", "deflate", "x-gzip"]) {
        const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${name}\r\n`;
        expect(bodyOf(`${head}\r\n${latin(packed)}`)).toBe(latin(plain));
      }
    }
  });

  test("brotli is undone, byte by byte too", () => {
    const plain = new TextEncoder().encode("a page about the time of day, ".repeat(20));
    const head = "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n";
    const response = head + latin(brotliCompressSync(plain));
    expect(bodyOf(response)).toBe(latin(plain));
    const { first } = new Exchange().request(GET).respond(response, 1).end();
    expect(first.response.decodedBytes).toBe(plain.length);
  });

  test("layers of encodings are undone up to the limit", () => {
    const plain = new TextEncoder().encode("twice packed");
    const twice = gzipSync(gzipSync(plain));
    const head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\n";
    expect(bodyOf(head + latin(twice))).toBe("twice packed");
    const three = head.replace("gzip, gzip", "gzip, gzip, gzip");
    const { first } = new Exchange().request(GET).respond(three + latin(gzipSync(twice)));
    expect(eventsOf(first)).toContain("too_many_encoding_layers");
  });

  test("a bomb ends the decoding with an event", () => {
    // Zeros, packed twice: one byte stands for some hundred thousand.
    const bomb = gzipSync(gzipSync(new Uint8Array(40_000_000), { level: 9 }), { level: 9 });
    const head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\n";
    const exchange = new Exchange()
      .request(GET)
      .respond(head + latin(bomb))
      .end();
    expect(eventsOf(exchange.first)).toContain("compression_bomb");
    expect(exchange.first.response.decodedBytes).toBeLessThan(5_000_000);
  });

  test("a length that is no number ends the parsing", () => {
    const exchange = new Exchange().request(GET);
    exchange.respond("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhi");
    expect(exchange.feed.hasFailed).toBe(true);
    expect(eventsOf(exchange.first)).toContain("invalid_content_length_field_in_response");
  });

  test("bytes lost inside a body are counted, the next response is found", () => {
    const exchange = new Exchange().request(GET + GET);
    exchange.respond("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab");
    expect(exchange.feed.gap(1, 8)).toBe(true);
    exchange.respond(OK);
    expect(exchange.transactions.map((tx) => tx.response.bodyBytes)).toEqual([10, 2]);
    expect(exchange.first.files[0]?.hasGaps).toBe(true);
  });

  test("bytes lost between messages are an event, what comes next is read", () => {
    const exchange = new Exchange().request(GET + GET);
    expect(exchange.feed.gap(1, 100)).toBe(true);
    exchange.respond(OK + OK);
    expect(exchange.transactions.map((tx) => tx.statusNumber)).toEqual([200, 200]);
    expect(eventsOf(exchange.first)).toEqual(["invalid_gap"]);
  });

  test("a length may be any number of 64 bits, with junk around it", () => {
    const post = (length: string) =>
      new Exchange().request(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\nabc`);
    expect(eventsOf(post("18446744073709551615").first)).toEqual([]);
    expect(eventsOf(post("18446744073709551616").first)).toEqual([
      "invalid_content_length_field_in_request",
    ]);
    expect(eventsOf(post("-3").first)).toEqual(["content_length_extra_data_start"]);
    expect(eventsOf(post("3x").first)).toEqual(["content_length_extra_data_end"]);
  });

  test("a body in lzma is undone where that is switched on", () => {
    const packed = Buffer.from(
      "XQAAgAD//////////wAqGgiiAyVm8Ut4xaIF/y7m2dIgGq00+OId6EE2+twGabs85BA0Jwnrs2bj1G16uU7giAzUTmoM" +
        "dCPjOAyvam5Je+FbGFjPxgQ41T9//3qIAAA=",
      "base64",
    );
    const response = `HTTP/1.1 200 OK\r\nContent-Encoding: lzma\r\n\r\n${latin(packed)}`;
    const sizeWith = (settings: Record<string, string>) =>
      new Exchange(stockSettings(settings)).request(GET).respond(response).end().first.response
        .decodedBytes;
    expect(sizeWith({ "libhtp.default-config.lzma-enabled": "yes" })).toBe(62 * 40);
    expect(sizeWith({})).toBe(packed.length);
    const { first } = new Exchange(
      stockSettings({
        "libhtp.default-config.lzma-enabled": "yes",
        "libhtp.default-config.lzma-memlimit": "4096",
      }),
    )
      .request(GET)
      .respond(response)
      .end();
    expect(eventsOf(first)).toContain("lzma_memlimit_reached");
  });

  test("a change of protocol that is not allowed is an event", () => {
    const exchange = new Exchange().request(GET);
    exchange.feed.host.canChange = false;
    exchange.respond("HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n");
    expect(eventsOf(exchange.first)).toContain("failed_protocol_change");
  });

  test("files of a form have their names and contents", () => {
    const body =
      '--xx\r\nContent-Disposition: form-data; name="a"; filename="one.txt"\r\n\r\nfirst\r\n' +
      '--xx\r\nContent-Disposition: form-data; name="b"\r\n\r\nno file\r\n--xx--\r\n';
    const exchange = new Exchange().request(
      `POST /up HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=xx\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    const files = exchange.first.files.map(({ name, sizeBytes }) => [textOf(name), sizeBytes]);
    expect(files).toEqual([["one.txt", 5]]);
  });
});

test("at most so many transactions are kept open", () => {
  const exchange = new Exchange(stockSettings({ "libhtp.default-config.max-tx": "3" }));
  exchange.request(GET.repeat(5));
  expect(exchange.transactions).toHaveLength(3);
  expect(exchange.feed.hasFailed).toBe(true);
});

describe("costs", () => {
  const tinyChunks = (count: number) => "1\r\nx\r\n".repeat(count);

  test("of header fields that come a byte at a time", () => {
    expectLinear((size) => {
      new Exchange().request(`GET / HTTP/1.1\r\nA: ${"x".repeat(size)}\r\n\r\n`, 1);
    }, 4000);
  });

  test("of many tiny chunks", () => {
    expectLinear((size) => {
      const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
      new Exchange().request(GET).respond(head + tinyChunks(size));
    }, 20_000);
  });

  test("of pipelined requests", () => {
    const settings = stockSettings({ "libhtp.default-config.max-tx": "100000" });
    expectLinear((size) => {
      new Exchange(settings).request(GET.repeat(size)).respond(OK.repeat(size));
    }, 1000);
  });

  test("of folded lines and of dots in targets", () => {
    expectLinear((size) => {
      new Exchange().request(`GET / HTTP/1.1\r\nA: 1${"\r\n x".repeat(size)}\r\n\r\n`, 64);
      new Exchange().request(`GET /${"a/../".repeat(size)} HTTP/1.1\r\n\r\n`);
    }, 500);
  });
});

test("fields before the one too many stay what they were when their bytes are written over", () => {
  const options = { ...readHttpOptions(stockSettings()), headersMax: 2 };
  const parser = new Http1Parser(options);
  const bytes = bytesOf("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: b\r\nX: 1\r\nY: 2\r\n\r\n");
  parser.parse(0, bytes, 0, bytes.length, new TestHost());
  bytes.fill(0x2a);
  const [first] = parser.transactions.items;
  expect(textOf(first!.request.value("user-agent"))).toBe("b");
});
