import assert from "node:assert/strict";
import "./vscodeHook.ts";
import { settingsOf } from "../native/authFixture.ts";
import { stage } from "./fakeVscode.ts";
import { live, quota, rest } from "./fixtures.ts";
import type { StagedChatGpt } from "./stagedChatGpt.ts";

const { StagedChatGpt: Staged } = await import("./stagedChatGpt.ts");
const { refreshQuota } = await import("../../../src/vscode/quotaCommand.ts");

describe("Refresh Quota", () => {
	let staged: StagedChatGpt;
	let id: string;
	beforeEach(async () => {
		staged = await Staged.open(settingsOf("https://auth.example"));
		const identity = { accountId: "a", userId: "u", email: "ada@example.com", planType: null };
		const result = await staged.chatGpt.logins.adopt(
			{ accessToken: "at", refreshToken: "rt_1", expiresAt: Date.now() + 86_400_000, identity },
			staged.chatGpt.bound,
		);
		assert.equal(result.kind, "added");
		id = staged.parts.book.accounts[0]?.id ?? "";
		const login = staged.chatGpt.vault.loginOf(id) ?? assert.fail();
		await staged.chatGpt.vault.set(id, { ...login, renewedAt: Date.now() - 3_600_000 });
	});
	afterEach(() => staged.close());

	/** What is cleared when the window that serves has this account at rest, and the plan has so much used. Percent. */
	async function cleared(kind: "otherWindow" | "listening", usedPercent: number): Promise<readonly (string | null)[]> {
		const heard: (string | null)[] = [];
		const primary = { usedPercent, minutes: 300, resetsAt: Date.now() + 3_600_000 };
		const told = { ...quota(usedPercent, 10, { primary, secondary: null }), at: Date.now() };
		const parts = {
			...staged.parts,
			proxy: {
				...staged.parts.proxy,
				state: { kind },
				live: new Map([[id, live({ id, rest: rest({ reason: "outOfQuota", until: null }) })]]),
				clearCooldown: (accountId: string | null) => heard.push(accountId),
				askQuota: async () => ({ kind: "ok", quota: told }),
			},
		} as unknown as typeof staged.parts;
		await refreshQuota(parts, { kind: "account", id });
		return heard;
	}

	it("ends the rest in the window that serves when something is left again", async () => {
		assert.deepEqual(await cleared("otherWindow", 40), [id]);
		assert.match(stage.said.join(), /60 % left/);
	});

	it("holds a ban, or a gateway that refuses, against no login", async () => {
		const { vault } = staged.chatGpt;
		const login = vault.loginOf(id) ?? assert.fail();
		await vault.set(id, { ...login, refreshToken: null });
		const refuses = (status: number) =>
			({
				...staged.parts,
				proxy: {
					...staged.parts.proxy,
					askQuota: async () => ({ kind: "keyRefused", url: "https://backend.example", status, message: "" }),
				},
			}) as unknown as typeof staged.parts;
		await refreshQuota(refuses(403), { kind: "account", id });
		assert.deepEqual(staged.chatGpt.loginOf(id).state, { kind: "good" });
		assert.match(stage.said.join(), /gave no figures \(status 403\)/);
		await refreshQuota(refuses(401), { kind: "account", id });
		assert.equal(staged.chatGpt.loginOf(id).state.kind, "signInAgain");
	});

	it("leaves the rest where nothing is left", async () => {
		assert.deepEqual(await cleared("otherWindow", 100), []);
	});

	it("leaves rests to its own proxy, which heard it first", async () => {
		assert.deepEqual(await cleared("listening", 40), []);
	});
});
