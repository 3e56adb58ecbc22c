import assert from "node:assert/strict";
import "./vscodeHook.ts";
import { type AuthUnderTest, sentBackTo, startAuth } from "../native/authFixture.ts";
import { stage } from "./fakeVscode.ts";
import type { StagedChatGpt } from "./stagedChatGpt.ts";

const { eventually, StagedChatGpt: Staged } = await import("./stagedChatGpt.ts");
const { signIn, signInWithDeviceCode } = await import("../../../src/vscode/signInCommands.ts");

describe("signing in by a command", () => {
	let auth: AuthUnderTest;
	let staged: StagedChatGpt;
	beforeEach(async () => {
		auth = await startAuth({ deviceInterval: 1 });
		staged = await Staged.open(auth.settings);
	});
	afterEach(async () => {
		await staged.close();
		await auth.server.close();
	});

	it("adds whoever has agreed in the browser", async () => {
		const signedIn = signIn(staged.parts);
		await eventually(() => stage.opened.length === 1);
		await fetch(await sentBackTo(stage.opened[0] ?? ""));
		await signedIn;
		assert.equal(staged.parts.book.accounts.length, 1);
		assert.match(stage.said.join(), /was added and answers from now on/);
	});

	it("opens no browser when it was cancelled before there was anything to open", async () => {
		stage.cancels = true;
		await signIn(staged.parts);
		assert.deepEqual([stage.opened, stage.said], [[], []]);
	});

	/** Signs in by a device code, and approves it when the page is opened. */
	async function byDeviceCode(press: Promise<string>) {
		stage.press = (message) => (message.startsWith("Your code is") ? press : undefined);
		const signedIn = signInWithDeviceCode(staged.parts);
		await eventually(() => auth.server.devices.codes.length === 1);
		return { signedIn, approve: () => auth.server.approve(auth.server.devices.codes[0]?.userCode ?? "") };
	}

	it("adds whoever has typed the code in", async () => {
		const { signedIn, approve } = await byDeviceCode(Promise.resolve("Copy Code and Open Page"));
		await eventually(() => stage.opened.length === 1);
		approve();
		await signedIn;
		assert.equal(staged.parts.book.accounts.length, 1);
	});

	it("opens no page for a code that is over", async () => {
		const { promise, resolve } = Promise.withResolvers<string>();
		const { signedIn, approve } = await byDeviceCode(promise);
		approve();
		await signedIn;
		resolve("Copy Code and Open Page");
		await new Promise(setImmediate);
		assert.deepEqual(stage.opened, []);
	});

	it("binds the login to the servers by which it was made, whatever the settings name in the end", async () => {
		const signedIn = signIn(staged.parts);
		await eventually(() => stage.opened.length === 1);
		const back = await sentBackTo(stage.opened[0] ?? "");
		const { chatGpt } = staged.settings.current;
		staged.settings.current = {
			chatGpt: {
				auth: { ...chatGpt.auth, authUrl: "https://elsewhere.example" },
				backend: { ...chatGpt.backend, baseUrl: "https://elsewhere.example/api" },
			},
		};
		await fetch(back);
		await signedIn;
		const [account] = staged.parts.book.accounts;
		const login = staged.chatGpt.vault.loginOf(account?.id ?? "");
		assert.deepEqual([login?.issuer, login?.backend], [auth.server.origin, "https://backend.example"]);
		assert.equal(staged.chatGpt.accessTokenOf(account?.id ?? ""), null);
	});

	it("renews a login with the server that gave it, though the settings change in that very moment", async () => {
		const signedIn = signIn(staged.parts);
		await eventually(() => stage.opened.length === 1);
		await fetch(await sentBackTo(stage.opened[0] ?? ""));
		await signedIn;
		const [account] = staged.parts.book.accounts;
		const id = account?.id ?? "";
		const other = await startAuth();
		const load = staged.chatGpt.onDemand.bind(staged.chatGpt);
		// The hosts have been looked at by then.
		staged.chatGpt.onDemand = async () => {
			const { chatGpt } = staged.settings.current;
			staged.settings.current = { chatGpt: { ...chatGpt, auth: other.settings } };
			return await load();
		};
		const token = staged.chatGpt.accessTokenOf(id) ?? "";
		assert.equal(await staged.chatGpt.renewRefused(id, token), false);
		assert.deepEqual([other.server.exchangesOf("refresh_token"), auth.server.exchangesOf("refresh_token")], [[], []]);
		assert.deepEqual(staged.chatGpt.loginOf(id).state, { kind: "signInAgain", why: "otherServer" });
		await other.server.close();
	});
});
