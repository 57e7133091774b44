/** Frames of SMTP: lines of commands and replies with their ends, and mails as they were sent. */
export const smtpFrames = ["command_line", "data", "response_line"] as const;

export const SmtpFrame = { commandLine: 0, data: 1, responseLine: 2 } as const;
