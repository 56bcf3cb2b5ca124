import type { AthenaClient } from "@aws-sdk/client-athena";
import type { GlueClient } from "@aws-sdk/client-glue";
import type { LakeFormationClient } from "@aws-sdk/client-lakeformation";
import type { S3Client } from "@aws-sdk/client-s3";
import type { AthenaCredentials } from "./credentials.ts";
import { describeCall } from "./errors.ts";

/** Any of the SDK's clients; its commands are checked where they are made. */
interface Client {
  // biome-ignore lint/suspicious/noExplicitAny: each client has its own commands
  send(command: any): Promise<any>;
  destroy(): void;
}

interface Settings {
  region: string;
  maxAttempts: number;
  customUserAgent: string;
  // biome-ignore lint/suspicious/noExplicitAny: the providers' types are the SDK's own
  credentials?: any;
  endpoint?: string;
}

/** The clients of AWS services: each is loaded when it is first needed, and kept. */
export class Aws {
  private readonly credentials: AthenaCredentials;
  private readonly clients = new Map<string, Promise<Client>>();
  private account: Promise<string> | undefined;
  private base: Promise<Settings> | undefined;
  constructor(credentials: AthenaCredentials) {
    this.credentials = credentials;
  }

  athena(): Promise<AthenaClient> {
    return this.client("athena", async (settings) => {
      const { AthenaClient } = await import("./clients/athena.ts");
      const { endpointUrl } = this.credentials;
      return new AthenaClient(endpointUrl === null ? settings : { ...settings, endpoint: endpointUrl });
    });
  }
  glue(): Promise<GlueClient> {
    return this.client("glue", async (settings) => new (await import("./clients/glue.ts")).GlueClient(settings));
  }
  s3(): Promise<S3Client> {
    return this.client("s3", async (settings) => new (await import("./clients/s3.ts")).S3Client(settings));
  }
  lakeFormation(): Promise<LakeFormationClient> {
    return this.client(
      "lakeformation",
      async (settings) => new (await import("./clients/lake-formation.ts")).LakeFormationClient(settings),
    );
  }
  /** The number of the account that the credentials belong to, asked once. */
  accountId(): Promise<string> {
    this.account ??= this.askAccount();
    return this.account;
  }
  private async askAccount(): Promise<string> {
    const { GetCallerIdentityCommand, STSClient } = await import("./clients/identity.ts");
    const sts = await this.client("sts", async (settings) => new STSClient(settings));
    const { Account } = await this.guarded("GetCallerIdentity", () => sts.send(new GetCallerIdentityCommand({})));
    return Account!;
  }

  /** Makes what a call throws a TsdbtError in boto3's words. */
  async guarded<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw describeCall(error, operation, this.credentials);
    }
  }

  private client<C extends Client>(name: string, make: (settings: Settings) => Promise<C>): Promise<C> {
    const known = this.clients.get(name) as Promise<C> | undefined;
    if (known) return known;
    this.base ??= this.settings();
    const client = this.base.then(make);
    this.clients.set(name, client);
    return client;
  }
  private async settings(): Promise<Settings> {
    // The SDK would warn of Node versions that its later releases will want.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
    const { region, clientRetries } = this.credentials;
    const version = process.env.TSDBT_VERSION ?? "dev";
    const credentials = await this.provider();
    return {
      region,
      maxAttempts: clientRetries + 1,
      customUserAgent: `tsdbt/${version}`,
      ...(credentials !== undefined && { credentials }),
    };
  }
  /** Who asks: the profile's keys, its role, its named profile, or whatever the machine says. */
  private async provider(): Promise<unknown> {
    const { accessKeyId, secretAccessKey, sessionToken, awsProfile, assumeRole, region } = this.credentials;
    const fixed =
      accessKeyId !== null && secretAccessKey !== null
        ? { accessKeyId, secretAccessKey, ...(sessionToken !== null && { sessionToken }) }
        : undefined;
    if (fixed && !assumeRole) return fixed;
    if (!assumeRole && awsProfile === null) return undefined;
    const { fromNodeProviderChain, fromTemporaryCredentials } = await import("./clients/identity.ts");
    const own = fixed ?? fromNodeProviderChain(awsProfile === null ? {} : { profile: awsProfile });
    if (!assumeRole) return own;
    const { arn, externalId, sessionName, seconds } = assumeRole;
    return fromTemporaryCredentials({
      masterCredentials: own,
      clientConfig: { region },
      params: {
        RoleArn: arn,
        RoleSessionName: sessionName,
        DurationSeconds: seconds,
        ...(externalId !== null && { ExternalId: externalId }),
      },
    });
  }

  async close(): Promise<void> {
    for (const client of this.clients.values()) (await client.catch(() => undefined))?.destroy();
    this.clients.clear();
  }
}
