export { type Described, describeNode, templateError } from "./errors.ts";
export { createExceptions, missingMaterialization, type WarnSink } from "./exceptions.ts";
export { FlagsObject } from "./flags.ts";
export { callValue, createAdapterMacro, createTryOrCompilerError } from "./functions.ts";
export { createMetadataEnvs, customEnv } from "./metadata-envs.ts";
export { MetricReference } from "./metric.ts";
export { Resolver } from "./resolver.ts";
export { createTarget } from "./target.ts";
export { createValidation } from "./validation.ts";
