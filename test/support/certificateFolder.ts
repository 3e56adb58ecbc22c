import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { privateAuthority } from "./privateAuthority.ts";

/** The environment variable that tells the suites in the extension host where the folder is. */
export const certificateFolderVariable = "RELAY_ACCOUNTS_TEST_CERTIFICATES";

/**
 * Makes an authority, and a relay's certificate by it.
 * @returns the environment in which Node takes the authority for one of the system's; empty where no environment does that.
 */
export async function certificateEnvironment(folder: string): Promise<Readonly<Record<string, string>>> {
	if (process.platform !== "linux") return {};
	const authority = privateAuthority();
	const relay = authority.issue(["relay.example", "localhost", "127.0.0.1", "192.0.2.1"]);
	await mkdir(folder, { recursive: true });
	const write = async (name: string, text: string): Promise<string> => {
		const file = join(folder, name);
		await writeFile(file, text, { mode: 0o600 });
		return file;
	};
	await write("relay.key", relay.key);
	await write("relay.pem", relay.cert);
	return { SSL_CERT_FILE: await write("authority.pem", authority.certificate), [certificateFolderVariable]: folder };
}
