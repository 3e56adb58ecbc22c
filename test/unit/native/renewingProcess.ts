import { createInterface } from "node:readline";
import { openAccountBook } from "../../../src/accounts/accountBook.ts";
import { refreshTokens } from "../../../src/native/authServer.ts";
import { LoginKeeper } from "../../../src/native/loginKeeper.ts";
import { LoginVault } from "../../../src/native/loginVault.ts";
import { RotationLedger } from "../../../src/native/rotationLedger.ts";
import { settingsOf } from "./authFixture.ts";
import { FileSecrets } from "./fileSecrets.ts";

/**
 * A window of its own on `folder`, with the secrets of another folder. Each line is the id of an account to be renewed;
 * how it stands then, and its access token, are printed as a line of JSON.
 */
const [folder = "", secrets = "", issuer = "", backend = ""] = process.argv.slice(2);

const log = (level: string, message: string) => void process.stderr.write(level === "error" ? `${message}\n` : "");
const book = await openAccountBook({ folder, log });
const vault = new LoginVault(new FileSecrets(secrets), log);
const keeper = new LoginKeeper({
	...{ book, vault, ledger: new RotationLedger(folder, log), log },
	refresh: (token, signal) => refreshTokens(settingsOf(issuer), fetch, token, signal),
	unite: async () => undefined,
	boundTo: () => ({ issuer, backend }),
});
await keeper.start();
process.stdout.write('{"kind":"ready"}\n');

for await (const id of createInterface({ input: process.stdin })) {
	const state = await keeper.renewNow(id);
	process.stdout.write(`${JSON.stringify({ kind: state.kind, token: keeper.accessTokenFor(id) })}\n`);
}
process.exit(0);
