import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCertificates } from "../support/certificates.ts";
import { freePort } from "./cache.ts";

/** Who may connect, by each mechanism. */
export const ALICE = { username: "alice", password: "alice's secret" };
const SCRAM = ["SCRAM-SHA-256", "SCRAM-SHA-512"];
const JAVA = "org.apache.kafka.common.security";

/** A listener with TLS and SASL, beside the plain one. */
export interface SecureListener {
  bootstrap: string;
  /** Files in PEM: the authority that signed the broker's certificate, and one that did not. */
  ca: string;
  otherCa: string;
  listener: string;
  properties: { [name: string]: string };
  /** For formatting the broker's data folder. */
  formatArgs: string[];
}

/** What a broker needs to take SASL over TLS at a port of its own. */
export async function secureListener(folder: string): Promise<SecureListener> {
  const port = await freePort();
  const [own, other] = [makeCertificates("localhost"), makeCertificates("localhost")];
  const keystore = join(folder, "broker.pem");
  const parts = ["server.key", "server.pem"].map((file) => readFileSync(join(own.folder, file), "utf8"));
  writeFileSync(keystore, parts.join(""));
  const [ca, otherCa] = [join(folder, "ca.pem"), join(folder, "other-ca.pem")];
  copyFileSync(join(own.folder, "ca.pem"), ca);
  copyFileSync(join(other.folder, "ca.pem"), otherCa);
  own.discard();
  other.discard();
  const { username, password } = ALICE;
  const at = "listener.name.sasl_ssl";
  return {
    bootstrap: `localhost:${port}`,
    ca,
    otherCa,
    listener: `SASL_SSL://localhost:${port}`,
    properties: {
      [`${at}.ssl.keystore.type`]: "PEM",
      [`${at}.ssl.keystore.location`]: keystore,
      [`${at}.sasl.enabled.mechanisms`]: ["PLAIN", ...SCRAM, "OAUTHBEARER"].join(","),
      [`${at}.plain.sasl.jaas.config`]: `${JAVA}.plain.PlainLoginModule required user_${username}="${password}";`,
      ...Object.fromEntries(
        SCRAM.map((name) => [
          `${at}.${name.toLowerCase()}.sasl.jaas.config`,
          `${JAVA}.scram.ScramLoginModule required;`,
        ]),
      ),
      // Takes tokens that nobody signed.
      [`${at}.oauthbearer.sasl.jaas.config`]: `${JAVA}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
    },
    formatArgs: SCRAM.flatMap((name) => ["--add-scram", `${name}=[name=${username},password=${password}]`]),
  };
}

/** A token that the listener takes for an hour, or one that has expired. */
export function bearerToken(subject: string, expired = false): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ sub: subject, iat: now - 7200, exp: expired ? now - 3600 : now + 3600 })}.`;
}
