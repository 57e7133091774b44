/** However the bytes of an SMTP session are cut, the same mails come out. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  describeMail,
  greeting,
  plainSession,
  type Script,
  SmtpRun,
} from "../core/protocols/smtp/session.ts";

function mailsOf(script: Script, pieceBytes: number): unknown {
  const run = new SmtpRun();
  for (const [who, text] of script) run.sayRaw(who, `${text}\r\n`, pieceBytes);
  return run.mails.map(describeMail);
}

describe("SMTP", () => {
  it("does not depend on the cut of a session", () => {
    const whole = mailsOf(plainSession, 65_536);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), (pieceBytes) => {
        expect(mailsOf(plainSession, pieceBytes)).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  it("does not depend on the cut of any mail", () => {
    const words = [
      "--b",
      "--b--",
      "--",
      "-",
      "\r\n",
      "\r",
      "\n",
      "=",
      "=4",
      "=41",
      "=\r\n",
      "QUJD",
      ".",
    ];
    const more = [
      "\r\n.",
      "a: b",
      "Content-Type: text/plain",
      "http://x",
      "\r\n\r\n",
      " ",
      ":",
      "zz",
    ];
    const body = fc.array(fc.constantFrom(...words, ...more), { maxLength: 60 });
    const encoding = fc.constantFrom("7bit", "base64", "quoted-printable");
    fc.assert(
      fc.property(body, encoding, fc.integer({ min: 1, max: 9 }), (pieces, encoded, pieceBytes) => {
        const header = `Content-Transfer-Encoding: ${encoded}\r\nContent-Type: a/b; boundary=b; name=f`;
        const mail = `${header}\r\n\r\n${pieces.join("")}\r\n.`;
        const script: Script = [...greeting, ["C", "DATA"], ["S", "354 go"], ["C", mail]];
        expect(mailsOf(script, pieceBytes)).toEqual(mailsOf(script, 65_536));
      }),
      { numRuns: 300 },
    );
  });

  it("does not depend on what follows", () => {
    const run = new SmtpRun().say(plainSession);
    const before = JSON.stringify(run.mails.map(describeMail));
    run.sayRaw("C", "trailing without an end").sayRaw("S", "250");
    expect(JSON.stringify(run.mails.map(describeMail))).toBe(before);
    expect(run.feed.gap(0, 10)).toBe(false);
  });
});
