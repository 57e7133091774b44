import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../../src/core/bytes/latin1.ts";
import { NESTING_MAX } from "../../../../src/core/protocols/mime/boundaries.ts";
import { findParameter } from "../../../../src/core/protocols/mime/header-parameters.ts";
import { ATTACHMENTS_MAX } from "../../../../src/core/protocols/mime/message.ts";
import { URLS_MAX } from "../../../../src/core/protocols/mime/url-finder.ts";
import type { Settings } from "../../../../src/core/protocols/settings.ts";
import {
  eventsOf,
  filesOf,
  greeting,
  multipart,
  SmtpRun,
  settingsOf,
  text,
} from "../smtp/session.ts";

function mailOf(lines: string, settings?: Settings) {
  const run = new SmtpRun(settings).say(greeting).say([
    ["C", "DATA"],
    ["S", "354 go"],
  ]);
  return run.sayRaw("C", `${lines}\r\n.\r\n`).mail;
}

function attachment(body: string, encoding: string): string {
  return `Content-Disposition: attachment; filename=f\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`;
}

describe("a mail with parts", () => {
  const mail = mailOf(multipart);

  it("gives the fields of its own header, folded lines joined", () => {
    const message = mail.mime!.message;
    expect(text(message.value("from"))).toBe('"Lovelace, Ada" <ada@example.org>');
    expect(text(message.value("to"))).toBe("bob@example.org,carl@example.org");
    expect(text(message.value("subject"))).toBe("notes");
    expect(message.values("received").length).toBe(2);
    expect(message.value("content-disposition")).toBeNull();
  });

  it("gives its attachments decoded, nested ones too, without the line end before the boundary", () => {
    expect(filesOf(mail)).toEqual([
      ["plain.txt", "first line\r\nsecond line\r\n"],
      ["data.bin", "hello world"],
      ["long-name.txt", "caf\xc3\xa9 goes on\r\nand ends"],
      ["within.txt", "deep"],
    ]);
    expect(eventsOf(mail)).toEqual([]);
  });

  it("gives the links in its text", () => {
    expect(mail.mime!.message.urls.map(text)).toEqual(["one.example/a", "two.example/b"]);
  });
});

describe("links", () => {
  it("are looked for with the schemes of the configuration, and kept with them when asked", () => {
    const settings = settingsOf({
      "mime.extract-urls-schemes": "https,ftp",
      "mime.log-url-scheme": "yes",
    });
    const mail = mailOf("\r\nhttp://a https://b ftp://c'", settings);
    expect(mail.mime!.message.urls.map(text)).toEqual(["https://b", "ftp://c"]);
  });

  it("are found in base64 text and across its lines", () => {
    const body = `${btoa("see http://exa")}\r\n${btoa("mple/x now")}`;
    const mail = mailOf(`Content-Transfer-Encoding: base64\r\n\r\n${body}`);
    expect(mail.mime!.message.urls.map(text)).toEqual(["example/x"]);
  });

  it("have a limit", () => {
    const mail = mailOf(`\r\n${"http://a ".repeat(3000)}`);
    expect(mail.mime!.message.urls.length).toBe(URLS_MAX);
  });
});

describe("encodings", () => {
  it("that are wrong are noted", () => {
    expect(eventsOf(mailOf(attachment("a===", "base64")))).toEqual(["mime_invalid_base64"]);
    expect(eventsOf(mailOf(attachment("=GG", "quoted-printable")))).toEqual(["mime_invalid_qp"]);
    expect(eventsOf(mailOf(attachment("=4", "quoted-printable")))).toEqual(["mime_invalid_qp"]);
  });

  it("with long lines are noted", () => {
    expect(eventsOf(mailOf(attachment("a".repeat(77), "base64")))).toEqual(["mime_long_enc_line"]);
    expect(eventsOf(mailOf(attachment("a".repeat(999), "7bit")))).toEqual(["mime_long_line"]);
  });

  it("are left alone when the configuration says so", () => {
    const settings = settingsOf({ "mime.decode-base64": "no" });
    expect(filesOf(mailOf(attachment("aGVsbG8=", "base64"), settings))).toEqual([["f", ""]]);
  });
});

describe("limits of a mail", () => {
  it("note long names, values and boundaries", () => {
    const header = [
      `${"n".repeat(80)}: x`,
      `Content-Type: a/b; boundary=${"b".repeat(300)}`,
      `Content-Disposition: x; filename=${"f".repeat(300)}`,
      `X: ${"v".repeat(2100)}`,
    ];
    const mail = mailOf(`${header.join("\r\n")}\r\n\r\nx`);
    expect([...eventsOf(mail)].sort()).toEqual([
      "mime_long_boundary",
      "mime_long_filename",
      "mime_long_header_name",
      "mime_long_header_value",
      "mime_long_line",
    ]);
    expect(mail.files[0]!.name.length).toBe(255);
  });

  it("hold for parts within parts and for attachments", () => {
    const nested = Array.from(
      { length: 200 },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
    ).join("");
    expect(eventsOf(mailOf(nested))).toEqual(["mime_parse_failed"]);
    expect(NESTING_MAX).toBeLessThan(200);
    const part = "--b\r\nContent-Disposition: x; filename=f\r\n\r\ny\r\n";
    const many = mailOf(`Content-Type: a/b; boundary=b\r\n\r\n${part.repeat(2 * ATTACHMENTS_MAX)}`);
    expect(many.files.length).toBe(ATTACHMENTS_MAX);
  });

  it("end parts that were not closed with the boundary around them", () => {
    const mail = mailOf(
      [
        "Content-Type: a/b; boundary=out",
        "",
        "--out",
        "Content-Type: a/b; boundary=in",
        "",
        "--in",
        "",
        "text",
        "--out",
        "Content-Disposition: x; filename=f",
        "",
        "found",
      ].join("\r\n"),
    );
    expect(filesOf(mail)).toEqual([["f", "found"]]);
  });
});

describe("parameters of fields", () => {
  it.each([
    ["attachment; filename=a.b", "a.b"],
    ['attachment; FileName = "a;b" ; x=y', "a;b"],
    ['attachment; filename="a\\"b"', 'a\\"b'],
    ['attachment; x="filename=no"; filename=yes', "yes"],
    ["attachment; filename*0=a; filename*1=b; filename*3=d", "ab"],
    ["attachment; filename=first; filename=last", "last"],
    ["filename=x", null],
    ["attachment; filename", null],
  ])("%s", (value, expected) => {
    expect(text(findParameter(latin1ToBytes(value), "filename"))).toBe(expected);
  });
});
