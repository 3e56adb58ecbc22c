import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "vscode";
import { startUpstream, type Upstream } from "../../support/upstream.ts";
import { demoEntry, importAccounts, removeAccounts } from "../support/accounts.ts";
import { client, localPort, untilServing } from "../support/localPort.ts";
import { barText, type StatusBarWatch, watchStatusBar } from "../support/statusBar.ts";
import { savedAccounts, storageFolder } from "../support/storage.ts";
import { until } from "../support/until.ts";

/** What a file of the storage folder holds; an empty object while it is missing. */
function stored(name: string): Record<string, unknown> {
	try {
		return JSON.parse(readFileSync(join(storageFolder(), name), "utf8"));
	} catch {
		return {};
	}
}

const completion = {
	...{ id: "1", object: "chat.completion", created: 1, model: "demo" },
	choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
	usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
};

describe("an account whose relay wants to be left alone", () => {
	let relay: Upstream;
	let isLimited = false;
	let bar: StatusBarWatch;
	let id: string;
	before(async () => {
		await untilServing();
		relay = await startUpstream((_request, response) => {
			const headers = { "content-type": "application/json", ...(isLimited && { "retry-after": "300" }) };
			response.writeHead(isLimited ? 429 : 200, headers);
			response.end(JSON.stringify(isLimited ? { error: { message: "slow down" } } : completion));
		});
		await importAccounts([demoEntry("openai", relay.origin)]);
		id = savedAccounts()[0]?.id ?? "";
		bar = watchStatusBar();
	});
	after(async () => {
		bar.stop();
		await removeAccounts();
		await relay.close();
	});

	async function makeItCool(): Promise<void> {
		isLimited = true;
		const { chat } = await client("openai");
		assert.equal((await chat("say hi")).status, 429);
		await until(() => bar.text() === barText.noneUsable);
		isLimited = false;
	}

	it("cools, and the status bar warns that none is left", async () => {
		await makeItCool();
	});

	it("is not called while it cools", async () => {
		const { chat } = await client("openai");
		const before = relay.requests.length;
		const reply = await chat("say hi");
		assert.equal(reply.status, 429);
		assert.ok(Number(reply.headers["retry-after"]) > 0);
		assert.equal(relay.requests.length, before);
	});

	it("has its cooldown and its use written down for the next start", async () => {
		await until(() => JSON.stringify(stored("rests.json")).includes(`"accountId":"${id}"`));
		await until(() => JSON.stringify(stored("usage.json")).includes(`"${id}"`));
	});

	it("answers again at once when its cooldown is cleared", async () => {
		await commands.executeCommand("relayAccounts.clearCooldown", { kind: "account", id });
		await until(() => bar.text() === barText.listening(localPort()));
		const { chat } = await client("openai");
		assert.equal((await chat("say hi")).status, 200);
		await until(() => !JSON.stringify(stored("rests.json")).includes(id));
	});

	it("answers again at once when all cooldowns are cleared", async () => {
		await makeItCool();
		await commands.executeCommand("relayAccounts.clearAllCooldowns");
		await until(() => bar.text() === barText.listening(localPort()));
		const { chat } = await client("openai");
		assert.equal((await chat("say hi")).status, 200);
	});

	it("answers again at once when a test of it goes well", async () => {
		await makeItCool();
		await commands.executeCommand("relayAccounts.testRelay", { kind: "account", id });
		await until(() => bar.text() === barText.listening(localPort()));
	});

	it("leaves nothing of its use behind when it is removed", async () => {
		await removeAccounts();
		await until(() => !JSON.stringify(stored("usage.json")).includes(id));
	});
});
