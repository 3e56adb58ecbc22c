import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { readCodexLogin } from "../../../src/native/codexCliLogin.ts";
import { temporaryFolder } from "../accounts/temporaryFolder.ts";
import { accessToken, jwt, readingAt } from "./writtenTokens.ts";

const access = accessToken({ email: null });
const refresh = "rt_abcdefghijklmnop";
const apiKey = "sk-proj-abcdefghijklmnop";
const file = {
	auth_mode: "chatgpt",
	OPENAI_API_KEY: null,
	tokens: {
		id_token: jwt({ email: "ada@example.com" }),
		access_token: access,
		refresh_token: refresh,
		account_id: "acc-1",
	},
	last_refresh: "2026-01-10T08:00:00.000000Z",
};

describe("the login of Codex CLI", () => {
	let folder: Awaited<ReturnType<typeof temporaryFolder>>;
	let home: string;
	let path: string;

	beforeEach(async () => {
		folder = await temporaryFolder();
		home = folder.path;
		path = join(home, ".codex", "auth.json");
		await mkdir(join(home, ".codex"));
	});
	afterEach(() => folder.remove());

	const read = (env: Record<string, string> = {}) => readCodexLogin({ env, home }, readingAt);
	const write = (value: unknown) => writeFile(path, typeof value === "string" ? value : JSON.stringify(value, null, 2));

	it("is found in the home folder, with the tokens as they are", async () => {
		await write(file);
		const login = await read();
		assert.deepEqual(login, {
			kind: "found",
			path,
			apiKey: null,
			tokens: {
				accessToken: access,
				refreshToken: refresh,
				expiresAt: readingAt + 864_000_000,
				identity: { accountId: "acc-1", userId: "user-1", email: "ada@example.com", planType: "plus" },
			},
		});
	});

	it("is looked for where CODEX_HOME says, and nowhere else", async () => {
		await write(file);
		const elsewhere = join(home, "elsewhere");
		assert.deepEqual(await read({ CODEX_HOME: elsewhere }), {
			kind: "notFound",
			path: join(elsewhere, "auth.json"),
			keyring: false,
		});
		await mkdir(elsewhere);
		await writeFile(join(elsewhere, "auth.json"), JSON.stringify({ ...file, OPENAI_API_KEY: apiKey }));
		const login = await read({ CODEX_HOME: elsewhere });
		assert.equal(login.kind, "found");
		assert.equal(login.path, join(elsewhere, "auth.json"));
		assert.equal((await read({ CODEX_HOME: "" })).path, path);
	});

	it("is not looked for in a folder that depends on where a program was started", async () => {
		await write(file);
		const here = relative(process.cwd(), join(home, ".codex"));
		assert.deepEqual(await read({ CODEX_HOME: here }), {
			kind: "notFound",
			path: join(here, "auth.json"),
			keyring: false,
		});
	});

	it("is left as it is", async () => {
		await write(file);
		const before = await stat(path);
		const text = await readFile(path, "utf8");
		await read();
		const after = await stat(path);
		assert.deepEqual([after.mtimeMs, after.mode, after.ino], [before.mtimeMs, before.mode, before.ino]);
		assert.equal(await readFile(path, "utf8"), text);
		assert.deepEqual(await readdir(join(home, ".codex")), ["auth.json"]);
	});

	it("may be an API key, alone or beside the tokens", async () => {
		await write({ auth_mode: "apikey", OPENAI_API_KEY: apiKey });
		assert.deepEqual(await read(), { kind: "found", path, tokens: null, apiKey });
		await write({ ...file, OPENAI_API_KEY: apiKey });
		const login = await read();
		assert.ok(login.kind === "found" && login.tokens?.accessToken === access && login.apiKey === apiKey);
	});

	it("may have a byte order mark", async () => {
		await write(`\ufeff${JSON.stringify(file)}`);
		assert.equal((await read()).kind, "found");
	});

	it("may be over, as long as it can be renewed", async () => {
		const over = accessToken({ expiresAt: readingAt - 1000 });
		await write({ tokens: { access_token: over, refresh_token: refresh } });
		assert.equal((await read()).kind, "found");
		await write({ tokens: { access_token: over } });
		assert.deepEqual(await read(), { kind: "noLogin", path, code: "expired" });
	});

	it("is none where it would have to be taken from Codex to be used", async () => {
		await write({ tokens: { access_token: "opaque", refresh_token: refresh } });
		assert.deepEqual(await read(), { kind: "noLogin", path, code: "unreadable" });
	});

	it("is none where the file holds nothing", async () => {
		for (const value of [{}, null, { OPENAI_API_KEY: null, tokens: null }]) {
			await write(value);
			assert.deepEqual(await read(), { kind: "noLogin", path, code: "noToken" });
		}
	});

	const settings: readonly (readonly [text: string, keyring: boolean])[] = [
		['model = "m"\ncli_auth_credentials_store = "keyring"\n', true],
		["  cli_auth_credentials_store='auto'", true],
		['cli_auth_credentials_store = "file"', false],
		['# cli_auth_credentials_store = "keyring"', false],
		['[profiles.work]\ncli_auth_credentials_store = "keyring"', false],
		["", false],
	];
	for (const [text, keyring] of settings) {
		it(`is ${keyring ? "" : "not "}said to be in the keyring by ${JSON.stringify(text)}`, async () => {
			await writeFile(join(home, ".codex", "config.toml"), text);
			assert.deepEqual(await read(), { kind: "notFound", path, keyring });
		});
	}

	it("is unreadable where the file is broken, without a word of it", async () => {
		await write(`{"tokens": {"access_token": "${access}"`);
		assert.deepEqual(await read(), { kind: "unreadable", path, reason: "notJson" });
	});

	it("is unreadable where it is no file, and no pipe is waited for", async () => {
		await mkdir(path);
		assert.deepEqual(await read(), { kind: "unreadable", path, reason: "notFile" });
		if (process.platform === "win32") return;
		const pipes = join(home, "pipes");
		await mkdir(pipes);
		execFileSync("mkfifo", [join(pipes, "auth.json")]);
		const login = await read({ CODEX_HOME: pipes });
		assert.ok(login.kind === "unreadable" && login.reason === "notFile");
	});

	it("is unreadable where it is far too large", async () => {
		await write(JSON.stringify({ ...file, more: "x".repeat(1024 * 1024) }));
		assert.deepEqual(await read(), { kind: "unreadable", path, reason: "tooLarge" });
	});

	it("is not found below a home folder that is a file", async () => {
		await write(file);
		assert.equal((await read({ CODEX_HOME: path })).kind, "notFound");
	});
});
