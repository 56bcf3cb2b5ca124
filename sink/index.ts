export { type Config, type ConfigInput, configSchema, loadConfig, parseConfig } from "./config/index.ts";
export { SinkError } from "./errors.ts";
export { checkConfig, type Finding } from "./run/check.ts";
export { type Replayed, replay } from "./run/replay.ts";
export { type Sink, type SinkOptions, type Statistics, startSink } from "./run/sink.ts";
