import { pino } from "pino";

/** Structured lines on standard output: time, level, message, and figures as fields. */
export type Log = pino.Logger;

export function openLog(level: string): Log {
  return pino({
    level,
    base: null,
    messageKey: "message",
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: ["password", "*.password", "*.secret_access_key", "*.session_token", "*.token"], censor: "***" },
  });
}
