/**
 * npm run test:athena-live : the project with every option on AWS itself. It needs a bucket, $TSDBT_ATHENA_LIVE_BUCKET, and
 * credentials where AWS' clients look for them, which may use Athena, Glue and that bucket; $AWS_REGION and
 * $TSDBT_ATHENA_LIVE_WORK_GROUP may be given too. Schemas and folders have names of their own and are removed in the end.
 */
import { spawnSync } from "node:child_process";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const missing: string[] = [];
if (!process.env.TSDBT_ATHENA_LIVE_BUCKET) missing.push("a bucket in $TSDBT_ATHENA_LIVE_BUCKET");
if (missing.length === 0) await fromNodeProviderChain()().catch(() => missing.push("AWS credentials"));
if (missing.length > 0) console.log(`SKIPPED, not run: the tests on AWS need ${missing.join(" and ")}`);
else {
  const vitest = ["vitest", "run", "--config", "vitest.athena-live.config.ts", ...process.argv.slice(2)];
  process.exitCode = spawnSync("npx", vitest, { stdio: "inherit" }).status ?? 1;
}
