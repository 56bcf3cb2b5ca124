import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificates {
  /** Where ca.pem, server.pem, server.key, client.pem and client.key are. */
  folder: string;
  discard(): void;
}

/** An authority of its own, and certificates by it for a server of that name and for a client. */
export function makeCertificates(name: string): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "tsdbt-tls-"));
  const openssl = (command: string) => execFileSync("openssl", command.split(" "), { cwd: folder, stdio: "pipe" });
  const key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  openssl(`req -x509 ${key} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority`);
  writeFileSync(join(folder, "names"), `subjectAltName=DNS:${name}`);
  for (const who of ["server", "client"]) {
    openssl(`req ${key} -keyout ${who}.key -out ${who}.csr -subj /CN=${who}`);
    openssl(`x509 -req -in ${who}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out ${who}.pem -days 2 -extfile names`);
  }
  return { folder, discard: () => rmSync(folder, { recursive: true, force: true }) };
}
