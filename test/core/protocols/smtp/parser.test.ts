import { describe, expect, it } from "vitest";
import { SmtpState } from "../../../../src/core/protocols/smtp/transaction.ts";
import { envelope, eventsOf, filesOf, greeting, SmtpRun, settingsOf, text } from "./session.ts";

const { started, data, complete } = SmtpState;

describe("SMTP commands and replies", () => {
  it("fill the envelope, parameters left out", () => {
    const { mail } = new SmtpRun().say(greeting).say(envelope);
    expect(text(mail.session.helo)).toBe("client.example.org");
    expect(text(mail.mailFrom)).toBe("<ada@example.org>");
    expect(mail.recipients.map(text)).toEqual(["<bob@example.org>"]);
    expect(mail.progress).toEqual([started, started]);
    expect(mail.events).toEqual([]);
  });

  it("complete a mail with its last line and the reply to it", () => {
    const run = new SmtpRun()
      .say(greeting)
      .say(envelope)
      .say([["C", "DATA"]]);
    expect(run.mail.progress).toEqual([data, started]);
    run.say([["S", "354 go"]]);
    expect(run.mail.progress).toEqual([data, data]);
    run.say([["C", "Subject: x\r\n\r\ny\r\n."]]);
    expect(run.mail.progress).toEqual([complete, data]);
    run.say([["S", "250-almost"]]);
    expect(run.mail.progress).toEqual([complete, data]);
    run.say([["S", "250 done"]]);
    expect(run.mail.progress).toEqual([complete, complete]);
    expect(run.mails.length).toBe(1);
  });

  it("begin another mail after one that is complete, but not for RSET and QUIT", () => {
    const run = new SmtpRun().say(greeting).say([["C", "RSET"]]);
    run
      .say([["S", "250 ok"]])
      .say([["C", "QUIT"]])
      .say([["S", "221 bye"]]);
    expect(run.mails.length).toBe(1);
    run.say([["C", "NOOP"]]);
    expect(run.mails.length).toBe(2);
  });

  it("undo the mail with a greeting in the middle, once the server agrees", () => {
    const run = new SmtpRun()
      .say(greeting)
      .say(envelope)
      .say([["C", "EHLO again"]]);
    run.say([
      ["S", "501 no"],
      ["C", "HELO again"],
    ]);
    expect(run.mail.progress).toEqual([started, started]);
    run.say([["S", "250 ok"]]);
    expect(run.mail.progress).toEqual([complete, complete]);
    expect(text(run.mail.session.helo)).toBe("client.example.org");
    expect(eventsOf(run.mail)).toEqual(["duplicate_fields"]);
  });

  it("note a client that speaks before the server", () => {
    const { mail } = new SmtpRun().say([["C", "HELO x"]]);
    expect(eventsOf(mail)).toEqual(["no_server_welcome_message"]);
  });

  it("note a greeting that is none", () => {
    const run = new SmtpRun().say([
      ["C", "QUIT"],
      ["S", "221 bye"],
      ["S", "554 no"],
    ]);
    expect(eventsOf(run.mail)).toContain("invalid_reply");
    expect(run.feed.hasFailed).toBe(false);
  });

  it.each(["25", "999 no such code", "abc hello"])("give up at the reply %s", (reply) => {
    const run = new SmtpRun()
      .say(greeting)
      .say(envelope)
      .say([["S", reply]]);
    expect(run.feed.hasFailed).toBe(true);
    expect(eventsOf(run.mail)).toEqual(["invalid_reply"]);
  });

  it("read a line that is too long to its limit and pass over the rest", () => {
    const run = new SmtpRun().say([["S", "220 hello"]]);
    run.sayRaw("C", `HELO ${"x".repeat(10_000)}\r\nMAIL FROM:<a@b>\r\n`, 1000);
    expect(run.mail.session.helo?.length).toBe(4091);
    expect(text(run.mail.mailFrom)).toBe("<a@b>");
    expect(eventsOf(run.mail)).toEqual(["truncated_line"]);
  });

  it("stop at a flow with too many mails", () => {
    const run = new SmtpRun(settingsOf({ "max-tx": "3" })).say(greeting);
    for (let i = 0; i < 10; i++)
      run.say([
        ["C", "RSET"],
        ["S", "250 ok"],
        ["C", "NOOP"],
        ["S", "250 ok"],
      ]);
    expect(run.feed.hasFailed).toBe(true);
    expect(run.mails.length).toBe(4);
  });
});

describe("STARTTLS", () => {
  it("hands the flow over after the reply, with nothing of what follows", () => {
    const run = new SmtpRun().say(greeting).say([["C", "STARTTLS"]]);
    run.sayRaw("S", "220 go\r\nnot SMTP");
    expect(run.feed.host.asked).toContain("change ? tls");
    expect(run.mail.progress).toEqual([complete, complete]);
  });

  it("is noted when refused, and when commands follow at once", () => {
    const run = new SmtpRun().say(greeting).say([
      ["C", "STARTTLS\r\nNOOP"],
      ["S", "454 no"],
    ]);
    expect(eventsOf(run.mail)).toEqual(["invalid_pipelined_sequence", "tls_rejected"]);
  });
});

describe("DATA", () => {
  it("is refused: what follows are commands, and it may be tried again", () => {
    const run = new SmtpRun().say(greeting).say(envelope);
    run.say([
      ["C", "DATA"],
      ["S", "451 later"],
      ["C", "DATA"],
      ["S", "354 go"],
    ]);
    run.say([["C", "Subject: second try\r\n\r\n."]]);
    expect(eventsOf(run.mail)).toEqual(["data_command_rejected", "unparsable_content"]);
    expect(text(run.mail.mime?.message.value("subject"))).toBe("second try");
  });

  it("comes at once when the server offers pipelining", () => {
    const run = new SmtpRun().say([
      ["S", "220 hi"],
      ["C", "EHLO x"],
      ["S", "250-a"],
    ]);
    run.say([
      ["S", "250-PIPELINING"],
      ["S", "250 ok"],
    ]);
    run.say([["C", "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA"]]);
    run.say([["C", "Subject: s\r\n\r\nbody\r\n.\r\nQUIT"]]);
    run.say([["S", "250 ok\r\n250 ok\r\n354 go\r\n250 done\r\n221 bye"]]);
    expect(run.mails.length).toBe(1);
    expect(run.mail.progress).toEqual([complete, complete]);
    expect(text(run.mail.mime?.message.value("subject"))).toBe("s");
    expect(eventsOf(run.mail)).toEqual(["invalid_pipelined_sequence"]);
  });

  it("ends at a dot before LF, not at one before a lone CR, and keeps doubled dots", () => {
    const attachment = "Content-Disposition: x; filename=f\r\n\r\n..a\r\n.\rb\n.\n";
    const run = new SmtpRun().say(greeting).say([
      ["C", "DATA"],
      ["S", "354 go"],
    ]);
    run.sayRaw("C", attachment);
    expect(filesOf(run.mail)).toEqual([["f", "..a\r\n.\rb"]]);
    expect(run.mail.toServerProgress).toBe(complete);
  });

  it("becomes one file with raw extraction", () => {
    const settings = settingsOf({ "mime.decode-mime": "no", "raw-extraction": "yes" });
    const run = new SmtpRun(settings).say(greeting).say([
      ["C", "DATA"],
      ["S", "354 go"],
    ]);
    run.sayRaw("C", "Subject: x\r\n\r\nbody\r\n.\r\n", 3);
    expect(filesOf(run.mail)).toEqual([["rawmsg", "Subject: x\r\n\r\nbody\r\n"]]);
    expect(run.mail.mime).toBeNull();
  });
});

describe("BDAT", () => {
  it("takes exactly the bytes announced, whatever they are", () => {
    const run = new SmtpRun().say(greeting).say(envelope);
    run.sayRaw("C", "BDAT 9\r\nQUIT\r\n.\r\nBDAT 4 last\r\nDATAMAIL FROM:<next@x>\r\n", 5);
    expect(run.mails.map(({ mailFrom }) => text(mailFrom))).toEqual([
      "<ada@example.org>",
      "<next@x>",
    ]);
    run.say([["S", "250 ok"]]);
    expect(run.mails[0]!.progress).toEqual([complete, data]);
    run.say([["S", "250 ok"]]);
    expect(run.mails[0]!.progress).toEqual([complete, complete]);
  });

  it.each(["BDAT", "BDAT x", "BDAT 5 X", "BDAT 5 LASTLY", "BDAT 99999999999", "BDAT5"])(
    "with a wrong argument is noted and stays a command: %s",
    (line) => {
      const run = new SmtpRun().say(greeting).say([
        ["C", line],
        ["C", "MAIL FROM:<a@b>"],
      ]);
      expect(eventsOf(run.mail)).toEqual(["invalid_bdat"]);
      expect(text(run.mail.mailFrom)).toBe("<a@b>");
    },
  );

  it("refused before its bytes came leaves the client at its commands", () => {
    const run = new SmtpRun().say(greeting).say([
      ["C", "BDAT 100"],
      ["S", "503 no"],
    ]);
    run.say([["C", "MAIL FROM:<a@b>"]]);
    expect(text(run.mail.mailFrom)).toBe("<a@b>");
  });
});
