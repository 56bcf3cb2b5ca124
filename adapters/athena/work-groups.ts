import type { WorkGroup } from "@aws-sdk/client-athena";
import type { Aws } from "./aws.ts";
import type { AthenaCredentials } from "./credentials.ts";

/** What work groups say of where results go; each is asked once. */
export class WorkGroups {
  private readonly aws: Aws;
  private readonly credentials: AthenaCredentials;
  private asked: Promise<WorkGroup | undefined> | undefined;
  constructor(aws: Aws, credentials: AthenaCredentials) {
    this.aws = aws;
    this.credentials = credentials;
  }
  /** Whether the profile's work group puts results where it wants, whatever is asked. */
  async enforcesOutputLocation(): Promise<boolean> {
    const { workGroup, skipWorkGroupCheck } = this.credentials;
    if (workGroup === null || skipWorkGroupCheck) return false;
    this.asked ??= this.ask(workGroup);
    const configuration = (await this.asked)?.Configuration;
    const location = configuration?.ResultConfiguration?.OutputLocation;
    return location !== undefined && (configuration?.EnforceWorkGroupConfiguration ?? false);
  }
  private async ask(name: string): Promise<WorkGroup | undefined> {
    const { GetWorkGroupCommand } = await import("./clients/athena.ts");
    const client = await this.aws.athena();
    const command = new GetWorkGroupCommand({ WorkGroup: name });
    return (await this.aws.guarded("GetWorkGroup", () => client.send(command))).WorkGroup;
  }
}
