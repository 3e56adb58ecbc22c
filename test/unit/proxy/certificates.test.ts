import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { privateAuthority } from "../../support/privateAuthority.ts";

const run = promisify(execFile);
const module = fileURLToPath(new URL("../../../src/proxy/certificates.ts", import.meta.url));

describe("the trusted certificates", () => {
	let folder: string;
	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "relay-certificates-"));
	});
	after(() => rm(folder, { recursive: true }));

	/** In a process of its own, as the system and the environment are read once. @returns whether it trusts the authority. */
	async function trusts(variable: string, system: boolean): Promise<{ readonly own: boolean; readonly all: number }> {
		const { certificate } = privateAuthority();
		const file = join(folder, "authority.pem");
		await writeFile(file, certificate);
		const script = `
			const { Certificates, trustedCertificates } = await import(${JSON.stringify(module)});
			const { readFileSync } = await import("node:fs");
			const flat = (pem) => pem.replace(/\\s/g, "");
			const own = flat(readFileSync(${JSON.stringify(file)}, "utf8"));
			const trusted = trustedCertificates(${system});
			const certificates = new Certificates();
			const shared = certificates.context(${system}) === certificates.context(${system});
			const anew = certificates.context(${system}) !== certificates.context(${!system});
			const all = trusted.length === new Set(trusted).size && shared && anew ? trusted.length : 0;
			console.log(JSON.stringify({ own: trusted.some((one) => flat(one) === own), all }));`;
		const { SSL_CERT_FILE: _, SSL_CERT_DIR: __, NODE_EXTRA_CA_CERTS: ___, ...environment } = process.env;
		const env = { ...environment, SSL_CERT_DIR: folder, [variable]: file };
		const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], { env });
		return JSON.parse(stdout);
	}

	it("hold those of NODE_EXTRA_CA_CERTS, each once", async () => {
		const { own, all } = await trusts("NODE_EXTRA_CA_CERTS", false);
		assert.equal(own, true);
		assert.ok(all > 50);
	});
	it("hold the system's, each once", async function () {
		// Elsewhere no variable stands in for the system's store.
		if (process.platform !== "linux") this.skip();
		const { own, all } = await trusts("SSL_CERT_FILE", true);
		assert.equal(own, true);
		assert.ok(all > 50);
	});
	it("do not hold the system's where they are not wanted", async function () {
		if (process.platform !== "linux") this.skip();
		assert.equal((await trusts("SSL_CERT_FILE", false)).own, false);
	});
});
