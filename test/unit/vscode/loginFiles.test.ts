import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import "./vscodeHook.ts";
import { temporaryFolder } from "../accounts/temporaryFolder.ts";
import { settingsOf } from "../native/authFixture.ts";
import { accessToken } from "../native/writtenTokens.ts";
import { stage } from "./fakeVscode.ts";
import type { StagedChatGpt } from "./stagedChatGpt.ts";

const { StagedChatGpt: Staged } = await import("./stagedChatGpt.ts");
const { exportLogins, importLogins } = await import("../../../src/vscode/loginFileCommands.ts");

describe("logins as a file", () => {
	let staged: StagedChatGpt;
	let folder: Awaited<ReturnType<typeof temporaryFolder>>;
	beforeEach(async () => {
		staged = await Staged.open(settingsOf("https://auth.example"));
		folder = await temporaryFolder();
	});
	afterEach(async () => {
		await staged.close();
		await folder.remove();
	});

	const bound = { issuer: "https://auth.example", backend: "https://backend.example" };
	const add = (name: string, to = bound) =>
		staged.chatGpt.logins.adopt(
			{
				...{ accessToken: `at-${name}`, refreshToken: `rt_${name}`, expiresAt: Date.now() + 86_400_000 },
				identity: { accountId: name, userId: name, email: `${name}@example.com`, planType: null },
			},
			to,
		);

	it("hold no login that is for other servers than the settings name", async () => {
		await add("ours");
		await add("theirs", { ...bound, backend: "https://elsewhere.example" });
		stage.press = () => "Export with Tokens";
		stage.file = { scheme: "file", fsPath: join(folder.path, "logins.json") };
		await exportLogins(staged.parts);
		const text = await readFile(stage.file.fsPath, "utf8");
		assert.match(text, /rt_ours/);
		assert.doesNotMatch(text, /theirs/);
		assert.match(stage.said[0] ?? "", /tokens of 1 ChatGPT logins/);
	});

	it("bring an account's priority and checkbox to where they are imported", async () => {
		await add("ours");
		const [{ id } = assert.fail()] = staged.parts.book.accounts;
		await staged.parts.book.change((accounts) => accounts.map((one) => ({ ...one, priority: 7, enabled: false })));
		stage.press = () => "Export with Tokens";
		stage.file = { scheme: "file", fsPath: join(folder.path, "logins.json") };
		await exportLogins(staged.parts);
		stage.fileText = await readFile(stage.file.fsPath, "utf8");
		await staged.chatGpt.logins.remove(id);
		stage.press = () => "Import";
		await importLogins(staged.parts);
		assert.deepEqual(
			staged.parts.book.accounts.map(({ label, priority, enabled }) => [label, priority, enabled]),
			[["ours@example.com", 7, false]],
		);
	});

	it("are not made of nothing", async () => {
		await add("theirs", { ...bound, issuer: "https://elsewhere.example" });
		await exportLogins(staged.parts);
		assert.match(stage.said.join(), /^Nothing was exported/);
	});

	it("are not read when nobody has so many", async () => {
		stage.file = { scheme: "file", fsPath: "big.json" };
		stage.fileText = JSON.stringify({ access_token: accessToken({ expiresAt: Date.now() + 86_400_000 }) });
		stage.fileSize = 100 * 1024 * 1024;
		await importLogins(staged.parts);
		assert.match(stage.said.join(), /^Nothing was imported: the file is too large/);
		assert.deepEqual([...staged.parts.book.accounts], []);
	});

	it("ask about API keys until somebody says no", async () => {
		stage.file = { scheme: "file", fsPath: "keys.json" };
		stage.fileText = JSON.stringify(Array.from({ length: 50 }, (_, index) => ({ OPENAI_API_KEY: `sk-key-${index}` })));
		await importLogins(staged.parts);
		assert.equal(stage.said.filter((message) => message.includes("OpenAI API key")).length, 1);
	});
});
