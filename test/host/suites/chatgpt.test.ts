import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands, env, Uri } from "vscode";
import { callbackOf } from "../../support/chatgpt/browser.ts";
import { codexCliFile } from "../../support/chatgpt/chatGpt.ts";
import { unavailable } from "../../support/chatgpt/exchangeFate.ts";
import { person } from "../../support/chatgpt/people.ts";
import {
	leaveChatGpt,
	logins,
	node,
	signIn,
	signInAgain,
	type TestChatGpt,
	useChatGpt,
	withBoxes,
	withBrowser,
} from "../support/chatGpt.ts";
import { client, turnProxyOff, turnProxyOn, untilServing, wordsOf } from "../support/localPort.ts";
import { hearMessages, withPerson } from "../support/person.ts";
import { filesBelow, logFiles, storageFolder } from "../support/storage.ts";
import { until } from "../support/until.ts";

const model = "gpt-5.6";

describe("a ChatGPT account", () => {
	let chatGpt: TestChatGpt;
	let messages: ReturnType<typeof hearMessages>;
	let folder: string;

	before(async () => {
		await untilServing();
		chatGpt = await useChatGpt();
		folder = await mkdtemp(join(tmpdir(), "relay-accounts-chatgpt-"));
	});
	beforeEach(() => {
		messages = hearMessages();
	});
	afterEach(() => messages.stop());
	after(async () => {
		await leaveChatGpt(chatGpt);
		await rm(folder, { recursive: true, force: true });
	});

	const heard = (words: RegExp) => until(() => messages.heard.some((message) => words.test(message)));
	const onlyId = () => logins()[0]?.id ?? "";
	const authorizations = () => chatGpt.auth.requests.filter(({ url }) => url.startsWith("/oauth/authorize"));

	/** The words of an answer from whoever the proxy chose. */
	async function answered(prompt: string): Promise<string> {
		const { chat } = await client("codex");
		const reply = await chat(prompt, model);
		assert.equal(reply.status, 200, reply.text);
		return wordsOf("codex", reply.text);
	}

	/** Everything that could be signed in with, however it was given. */
	function secrets(): readonly string[] {
		const given = chatGpt.auth.exchanges.flatMap(({ form }) =>
			["code", "code_verifier", "refresh_token"].flatMap((name) => form.get(name) ?? []),
		);
		const shown = chatGpt.backend.calls.flatMap(
			({ request }) => request.headers.authorization?.replace("Bearer ", "") ?? [],
		);
		return [...new Set([...given, ...shown, ...chatGpt.auth.logins.all.map(({ refreshToken }) => refreshToken)])];
	}

	it("is there when the browser has been sent back, named after its email", async () => {
		await signIn();
		await until(() => logins().length === 1);
		assert.equal(logins()[0]?.label, chatGpt.auth.visitor.email);
		await heard(/was added and answers from now on/);
	});

	it("was asked for by a link that came to the browser as it was made", () => {
		const [{ url } = { url: "" }] = authorizations();
		assert.match(url, /scope=openid%20profile%20email%20offline_access/);
		assert.doesNotMatch(url, /\+/);
		const query = new URLSearchParams(url.split("?")[1]);
		assert.equal(query.get("redirect_uri"), `http://localhost:${chatGpt.callbackPort}/auth/callback`);
		assert.equal(query.get("originator"), "relay_accounts");
	});

	it("answers at once, without the proxy being told by anybody", async () => {
		assert.match(await answered("Say hello."), /Say hello/);
		assert.equal(chatGpt.backend.callsAt("/codex/responses").at(-1)?.person?.email, chatGpt.auth.visitor.email);
	});

	it("is asked for its figures no sooner than a minute after it was signed in", async () => {
		await commands.executeCommand("relayAccounts.refreshQuota", node(onlyId()));
		await heard(/only a moment ago.+Try again in \d+ seconds/);
		assert.equal(chatGpt.backend.callsAt("/wham/usage").length, 0);
	});

	it("has its tokens in no file and no log", async () => {
		await until(() => filesBelow(storageFolder()).some((file) => file.endsWith("quotas.json")));
		const files = [...filesBelow(storageFolder()), ...logFiles()];
		assert.ok(files.some((file) => file.endsWith("accounts.json")));
		const known = secrets();
		assert.ok(known.length >= 4, String(known.length));
		for (const file of files) {
			const text = await readFile(file, "utf8");
			for (const secret of known) assert.ok(!text.includes(secret), `a secret is in ${file}`);
		}
		assert.deepEqual(chatGpt.violations, []);
	});

	it("is signed in still when the proxy was off", async () => {
		await turnProxyOff();
		await turnProxyOn();
		assert.match(await answered("Say it again."), /again/);
	});

	it("is signed out by a yes alone: then it answers nothing, and stays in the list", async () => {
		await withPerson({}, () => commands.executeCommand("relayAccounts.signOut", node(onlyId())));
		assert.match(await answered("Still here."), /Still/);
		await withPerson({ confirm: true }, () => commands.executeCommand("relayAccounts.signOut", node(onlyId())));
		const { chat } = await client("codex");
		await until(async () => (await chat("Say hello.", model)).status >= 500);
		assert.equal(logins().length, 1);
	});

	it("is signed in again from its row", async () => {
		await signInAgain(onlyId());
		await heard(/is signed in again/);
		assert.equal(logins().length, 1);
		assert.match(await answered("Back."), /Back/);
	});

	it("stays as it is when somebody else signs in to it, who is added where that is wanted", async () => {
		const { visitor } = chatGpt.auth;
		const other = person();
		chatGpt.auth.visitor = other;
		const questions: string[] = [];
		const ask = (confirm: boolean) =>
			withPerson({ confirm, heard: (question) => questions.push(question) }, () => signInAgain(onlyId()));
		await ask(false);
		assert.equal(logins().length, 1);
		await ask(true);
		chatGpt.auth.visitor = visitor;
		assert.match(questions[0] ?? "", new RegExp(`You signed in as ${other.email}, which is not`));
		assert.deepEqual(
			logins().map(({ label }) => label),
			[visitor.email, other.email],
		);
		await removed(logins()[1]?.id ?? "");
	});

	it("can be signed in by the address on which the browser ended, where its port is taken", async () => {
		const stranger = await occupied(chatGpt.callbackPort);
		try {
			await withBoxes(async (boxes) => {
				const nowhere = async () => undefined;
				const again = () => commands.executeCommand("relayAccounts.signInAgain", node(onlyId()));
				const done = withBrowser(again, nowhere);
				const box = await until(() => boxes[0]);
				assert.match(box.prompt ?? "", new RegExp(`uses port ${chatGpt.callbackPort}`));
				const link = await copiedLink();
				box.value = "http://localhost/auth/callback?code=x&state=y";
				await commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
				await until(() => /not the address/.test(String(box.validationMessage)));
				box.value = await callbackOf(link);
				await commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
				await done;
			});
			await heard(/is signed in again/);
		} finally {
			stranger.close();
		}
	});

	it("can be signed in by a code that is typed elsewhere", async () => {
		const [saved] = logins();
		await removed(saved?.id ?? "");
		const questions: string[] = [];
		await withPerson({ heard: (question) => questions.push(question) }, async () => {
			const done = commands.executeCommand("relayAccounts.signInWithDeviceCode");
			const question = await until(() => questions[0]);
			const [code] = /[A-Z]{4}-[A-Z]{5}/.exec(question) ?? [""];
			assert.ok(chatGpt.auth.approve(code), question);
			await done;
		});
		await until(() => logins().length === 1);
	});

	it("says what went wrong at the sign-in, and what to do", async () => {
		chatGpt.auth.consent = "denied";
		await signIn();
		chatGpt.auth.consent = "given";
		await heard(/ChatGPT did not sign you in.+The person said no/);
		assert.equal(logins().length, 1);
	});

	it("takes over the login of Codex CLI after a warning, without using it up, and tells its figures", async () => {
		const home = join(folder, "codex");
		await mkdir(home);
		const given = await chatGpt.auth.signIn(person({ plan: "pro" }));
		await writeFile(join(home, "auth.json"), codexCliFile(given));
		const before = chatGpt.auth.exchanges.length;
		await withCodexHome(home, async () => {
			const details: string[] = [];
			const run = (confirm: boolean) =>
				withPerson({ confirm, heard: (_question, detail) => details.push(detail) }, () =>
					commands.executeCommand("relayAccounts.importCodexLogin"),
				);
			await run(false);
			assert.equal(logins().length, 1);
			await run(true);
			assert.match(details[0] ?? "", /the other one may be signed out/);
		});
		const imported = logins().find(({ label }) => label === given.login.person.email);
		assert.ok(imported);
		assert.equal(chatGpt.auth.exchanges.length, before);
		chatGpt.backend.quotaOf(given.login.person).main.primary.usedPercent = 38;
		await commands.executeCommand("relayAccounts.refreshQuota", node(imported.id));
		await heard(/5 h 62 % left · week 100 % left/);
	});

	it("is written to a file that only its user can read, after a yes, and read from there", async () => {
		const file = join(folder, "logins.json");
		await withPerson({ file: Uri.file(file) }, () => commands.executeCommand("relayAccounts.exportLogins"));
		await assert.rejects(stat(file));
		await withPerson({ confirm: true, file: Uri.file(file) }, () =>
			commands.executeCommand("relayAccounts.exportLogins"),
		);
		if (process.platform !== "win32") assert.equal((await stat(file)).mode & 0o777, 0o600);
		const labels = logins().map(({ label }) => label);
		for (const { id } of logins()) await removed(id);
		await withPerson({ confirm: true, file: Uri.file(file) }, () =>
			commands.executeCommand("relayAccounts.importLogins"),
		);
		await until(() => logins().length === labels.length);
		assert.deepEqual(
			logins().map(({ label }) => label),
			labels,
		);
		await heard(/ChatGPT logins: 2 added, 0 updated/);
	});

	it("is renewed at once by Clear Cooldown, while it waits for the sign-in server to be well again", async () => {
		const given = await chatGpt.auth.signIn(person());
		const file = join(folder, "token-alone.json");
		await writeFile(file, JSON.stringify([{ refresh_token: given.refreshToken }]));
		const before = chatGpt.auth.exchanges.length;
		chatGpt.auth.next(unavailable(503, "3600"));
		await withPerson({ confirm: true, file: Uri.file(file) }, () =>
			commands.executeCommand("relayAccounts.importLogins"),
		);
		await until(() => chatGpt.auth.exchanges.length === before + 1);
		const waiting = logins().at(-1);
		assert.ok(waiting);
		assert.equal(waiting.email, null);
		// The answer may not be here yet.
		await until(async () => {
			await commands.executeCommand("relayAccounts.clearCooldown", node(waiting.id));
			return logins().some(({ id, email }) => id === waiting.id && email === given.login.person.email);
		});
		assert.equal(chatGpt.auth.exchanges.length, before + 2);
		await removed(waiting.id);
	});

	it("answers first where its priority is higher", async () => {
		const [first, second] = logins();
		for (const { id } of [second, first].filter((login) => login !== undefined)) {
			await withPerson({ type: "5" }, () => commands.executeCommand("relayAccounts.setPriority", node(id)));
			const label = logins().find((login) => login.id === id)?.label;
			await answered(`Say ${label}.`);
			assert.equal(chatGpt.backend.callsAt("/codex/responses").at(-1)?.person?.email, label);
			await withPerson({ type: "0" }, () => commands.executeCommand("relayAccounts.setPriority", node(id)));
		}
	});

	async function removed(id: string): Promise<void> {
		await withPerson({ confirm: true }, () => commands.executeCommand("relayAccounts.removeAccount", node(id)));
		await until(() => !logins().some((login) => login.id === id));
	}
});

/** The link of the sign-in that is under way, as people get it. */
async function copiedLink(): Promise<string> {
	await env.clipboard.writeText("");
	await commands.executeCommand("relayAccounts.copySignInLink");
	return await until(async () => (await env.clipboard.readText()) || null);
}

/** Another program that has a port, whatever the address. */
async function occupied(port: number): Promise<Server> {
	const server = createServer((socket) => socket.destroy());
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, "127.0.0.1", resolve);
	});
	return server;
}

async function withCodexHome<T>(home: string, action: () => Promise<T>): Promise<T> {
	const before = process.env["CODEX_HOME"];
	process.env["CODEX_HOME"] = home;
	try {
		return await action();
	} finally {
		if (before === undefined) delete process.env["CODEX_HOME"];
		else process.env["CODEX_HOME"] = before;
	}
}
