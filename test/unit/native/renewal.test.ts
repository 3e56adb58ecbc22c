import assert from "node:assert/strict";
import type { NativeAccount } from "../../../src/accounts/account.ts";
import type { AuthResult } from "../../../src/native/login.ts";
import { loginText } from "../../../src/native/loginText.ts";
import { Renewal } from "../../../src/native/renewal.ts";
import { doubtfulWait, RotationLedger } from "../../../src/native/rotationLedger.ts";
import { challenged, type ExchangeFate, unavailable } from "../../support/chatgpt/exchangeFate.ts";
import { person } from "../../support/chatgpt/people.ts";
import { accessOf, LoginGround, type LoginWindow, StubbornSecrets, until } from "./loginFixture.ts";

const minute = 60_000;

describe("a renewal", () => {
	let ground: LoginGround;
	let window: LoginWindow;
	let account: NativeAccount;
	const ada = person({ email: "ada@example.com" });
	beforeEach(async () => {
		ground = await LoginGround.make({ accessLife: 3600 });
		window = await ground.openWindow();
		account = await ground.signIn(window, ada);
		await window.keeper.start();
	});
	afterEach(() => ground.close());

	const stateNow = () => window.keeper.stateOf(account.id);
	const refreshTokenNow = () => window.vault.loginOf(account.id)?.refreshToken;
	const renew = () => window.keeper.renewNow(account.id);
	const currentAtServer = () => ground.auth.logins.all[0]?.refreshToken;
	const sent = () => ground.auth.exchangesOf("refresh_token").map(({ form }) => form.get("refresh_token"));
	/** Lets a fate begin, acts, and lets it end. */
	async function whileHeld(when: "before" | "after", act: () => Promise<unknown>): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		ground.auth.next({ kind: "held", when, until: promise });
		const renewal = renew();
		await ground.auth.nextExchange();
		await act();
		resolve();
		await renewal;
	}

	it("asks once when two windows renew at once, and both have the new token", async () => {
		const other = await ground.openWindow();
		await other.keeper.start();
		const states = await Promise.all([renew(), other.keeper.renewNow(account.id)]);
		assert.deepEqual(states, [{ kind: "good" }, { kind: "good" }]);
		assert.equal(ground.exchanges, 1);
		assert.equal(accessOf(window, account), accessOf(other, account));
		assert.equal(refreshTokenNow(), currentAtServer());
	});

	it("takes over what another window has renewed, though it was told nothing", async () => {
		const other = await ground.openWindow();
		await other.keeper.start();
		ground.secrets.tells = false;
		await other.keeper.renewNow(account.id);
		assert.notEqual(accessOf(window, account), accessOf(other, account));
		assert.equal(await window.keeper.refused(account.id, accessOf(window, account)), true);
		assert.equal(ground.exchanges, 1);
		assert.equal(accessOf(window, account), accessOf(other, account));
	});

	it("never sends a page's copy that another page has used up", async () => {
		const page = new StubbornSecrets();
		for (const [key, value] of ground.secrets.entries) await page.store(key, value);
		const other = await ground.openWindow({ secrets: page });
		await other.keeper.start();
		await renew();
		assert.deepEqual(await other.keeper.renewNow(account.id), { kind: "signInAgain", why: "copyOutdated" });
		assert.equal(await other.keeper.refused(account.id, accessOf(other, account)), false);
		ground.clock.pass(2 * 60 * minute);
		await window.keeper.settled();
		await other.keeper.settled();
		assert.equal(new Set(sent()).size, sent().length, "no token was sent twice");
		assert.equal(ground.auth.logins.all[0]?.state, "good");
		// A sign-in in that page makes its copy the current one.
		await ground.signIn(other, ada);
		assert.deepEqual(await other.keeper.renewNow(account.id), { kind: "good" });
		assert.deepEqual(await renew(), { kind: "signInAgain", why: "copyOutdated" });
	});

	it("does not send a token again in haste when its answer was lost", async () => {
		ground.auth.next({ kind: "reset", when: "before" });
		const state = await renew();
		assert.ok(state.kind === "waiting" && state.why.kind === "brokenOff", JSON.stringify(state));
		assert.equal(state.until, ground.clock.now() + doubtfulWait);
		// Neither by a person's wish, nor by another window, nor because of a refusal.
		const other = await ground.openWindow();
		await other.keeper.start();
		assert.equal((await renew()).kind, "waiting");
		assert.equal((await other.keeper.renewNow(account.id)).kind, "waiting");
		assert.equal(await window.keeper.refused(account.id, accessOf(window, account)), false);
		assert.equal(ground.exchanges, 1);
		ground.clock.pass(doubtfulWait);
		await until(window.keeper, account.id, ({ kind }) => kind === "good");
		assert.equal(ground.exchanges, 2);
	});

	it("tries once more after the wait, and then has to believe that the login is lost", async () => {
		ground.auth.next({ kind: "reset", when: "after" });
		await renew();
		ground.clock.pass(doubtfulWait);
		const state = await until(window.keeper, account.id, ({ kind }) => kind === "signInAgain");
		assert.ok(state.kind === "signInAgain" && typeof state.why !== "string" && state.why.kind === "spent");
		ground.clock.pass(24 * 60 * minute);
		assert.equal(ground.exchanges, 2);
	});

	it("waits for a window that died between sending and storing", async () => {
		await window.ledger.askToSend(account.id, refreshTokenNow() ?? "");
		const state = await renew();
		assert.ok(state.kind === "waiting" && state.until === ground.clock.now() + doubtfulWait, JSON.stringify(state));
		assert.equal(ground.exchanges, 0);
		ground.clock.pass(doubtfulWait);
		await until(window.keeper, account.id, ({ kind }) => kind === "good");
		assert.equal(ground.exchanges, 1);
	});

	it("tries once more at once what was certainly not sent", async () => {
		const results: AuthResult[] = [{ kind: "notSent", host: "auth", code: "ECONNREFUSED" }];
		let asked = 0;
		const other = await ground.openWindow({
			refresh: async (token, signal) => {
				asked += 1;
				return results.shift() ?? ground.refresh(token, signal);
			},
		});
		await other.keeper.start();
		assert.equal((await other.keeper.renewNow(account.id)).kind, "good");
		assert.equal(asked, 2);
		// Twice is a server that is down.
		for (let count = 0; count < 2; count += 1) results.push({ kind: "notSent", host: "auth", code: "ECONNREFUSED" });
		const state = await other.keeper.renewNow(account.id);
		assert.ok(state.kind === "waiting" && state.until === ground.clock.now() + 5_000);
		assert.equal(asked, 4);
		// The token is as good as it was: a person need not wait.
		assert.equal((await other.keeper.renewNow(account.id)).kind, "good");
	});

	it("tells answers that leave the token good from those that may have used it up", async () => {
		const wait = async (fate: ExchangeFate) => {
			ground.auth.next(fate);
			const state = await renew();
			assert.ok(state.kind === "waiting", JSON.stringify(state));
			const milliseconds = state.until - ground.clock.now();
			ground.clock.pass(milliseconds);
			await until(window.keeper, account.id, ({ kind }) => kind === "good");
			return milliseconds;
		};
		for (const fate of [unavailable(503), unavailable(429), challenged]) assert.equal(await wait(fate), 5_000);
		for (const fate of [unavailable(502), unavailable(504), unavailable(500)]) {
			assert.equal(await wait(fate), doubtfulWait);
		}
	});

	it("keeps the refresh token where the answer has none, or an empty one", async () => {
		const before = refreshTokenNow();
		for (const refreshToken of ["", null, "a\nb"]) {
			const identity = { accountId: null, userId: null, email: null, planType: null };
			const tokens = { accessToken: `at-${refreshToken?.length}`, refreshToken, expiresAt: null, identity };
			const other = await ground.openWindow({ refresh: async () => ({ kind: "ok", tokens }) });
			await other.keeper.start();
			assert.deepEqual(await other.keeper.renewNow(account.id), { kind: "good" });
			assert.equal(accessOf(other, account), tokens.accessToken);
			assert.equal(other.vault.loginOf(account.id)?.refreshToken, before);
		}
		// It is still the current one, and what was known of the person stays.
		assert.deepEqual(await renew(), { kind: "good" });
		assert.deepEqual(window.book.accounts, [account]);
		for (const refresh_token of ["", undefined]) {
			ground.auth.next({ kind: "changed", members: { refresh_token } });
			await ground.signIn(window, ada);
			const kept = refreshTokenNow();
			await renew();
			assert.equal(refreshTokenNow(), kept);
		}
	});

	it("does not take tokens without an access token for a renewal", async () => {
		const before = window.vault.loginOf(account.id);
		ground.auth.next({ kind: "changed", members: { access_token: "" } });
		const state = await renew();
		assert.equal(state.kind, "waiting");
		assert.deepEqual(window.vault.loginOf(account.id), before);
	});

	it("believes an answer that comes twice once, and none that was spent by being delivered twice", async () => {
		ground.auth.next({ kind: "saidTwice" });
		assert.equal((await renew()).kind, "good");
		assert.equal(refreshTokenNow(), currentAtServer());
		ground.auth.next({ kind: "deliveredTwice" });
		assert.equal((await renew()).kind, "signInAgain");
	});

	it("looks at what came of it where another window held the lock for too long", async () => {
		const ledger = new RotationLedger(
			ground.folder.path,
			() => undefined,
			() => ground.clock.now(),
			() => Promise.reject(new Error("held by another process")),
		);
		const renewal = new Renewal({
			...{ vault: window.vault, ledger, refresh: ground.refresh, log: () => undefined },
			...{ boundTo: () => ground.bound, now: () => ground.clock.now() },
		});
		const stale = accessOf(window, account);
		const failed = await renewal.renew(account, stale);
		assert.ok(failed.kind === "failed" && failed.why.kind === "unavailable" && !failed.asked);
		const fresh = { ...(await ground.tokensOf(ada)), ...ground.bound, renewedAt: ground.clock.now() };
		await ground.secrets.store(`relayAccounts.login.${account.id}`, loginText(fresh));
		assert.equal((await renewal.renew(account, stale)).kind, "adopted");
		assert.equal(ground.exchanges, 0);
	});

	it("looks once more before it believes that a token is spent", async () => {
		// A suspended window wakes up, and stores what it had asked for, while this one hears that it came second.
		const late = { ...(await ground.tokensOf(ada)), ...ground.bound, renewedAt: ground.clock.now() };
		const second = await ground.openWindow({
			refresh: async () => {
				await ground.secrets.store(`relayAccounts.login.${account.id}`, loginText(late));
				return { kind: "spent", code: "refresh_token_reused", description: "" };
			},
		});
		await second.keeper.start();
		assert.deepEqual(await second.keeper.renewNow(account.id), { kind: "good" });
		assert.equal(accessOf(second, account), late.accessToken);
	});

	it("refuses the tokens of somebody else", async () => {
		const before = window.vault.loginOf(account.id);
		const stranger = await ground.tokensOf(person());
		const other = await ground.openWindow({ refresh: async () => ({ kind: "ok", tokens: stranger }) });
		await other.keeper.start();
		assert.deepEqual(await other.keeper.renewNow(account.id), { kind: "signInAgain", why: "otherPerson" });
		assert.deepEqual(other.vault.loginOf(account.id), before);
		assert.equal(window.book.accounts.length, 1);
		// The old token was given for them.
		assert.deepEqual(await renew(), { kind: "signInAgain", why: "copyOutdated" });
		assert.equal(ground.exchanges, 0);
	});

	it("does not bring back a login that was signed out meanwhile", async () => {
		await whileHeld("after", () => window.logins.signOut(account.id));
		assert.deepEqual(stateNow(), { kind: "signedOut" });
		assert.deepEqual([...ground.secrets.entries], []);
		assert.equal(window.book.accounts.length, 1);
	});

	it("leaves nothing of an account that was removed meanwhile", async () => {
		await whileHeld("after", () => window.logins.remove(account.id));
		assert.deepEqual(stateNow(), { kind: "signedOut" });
		assert.deepEqual([...ground.secrets.entries], []);
		assert.deepEqual([...window.book.accounts], []);
		assert.doesNotMatch(await ground.folder.text("logins.json"), new RegExp(account.id));
	});

	it("does not replace a sign-in of meanwhile, which need not wait for it", async () => {
		await whileHeld("before", () => ground.signIn(window, ada));
		const signIn = ground.auth.logins.all[1];
		assert.equal(refreshTokenNow(), signIn?.refreshToken);
		assert.deepEqual(await renew(), { kind: "good" });
		assert.equal(refreshTokenNow(), signIn?.refreshToken);
	});

	it("keeps new tokens in memory while the store does not take them, says so, and saves them later", async () => {
		ground.secrets.takes = false;
		assert.deepEqual(await renew(), { kind: "good" });
		const kept = accessOf(window, account);
		assert.equal(window.keeper.accessTokenFor(account.id), kept);
		assert.equal(refreshTokenNow(), currentAtServer());
		assert.match(ground.logged, /error The new ChatGPT login of ada@example\.com could not be saved yet/);
		// Another window must not send the old one, which is all that the store has.
		const other = await ground.openWindow();
		await other.keeper.start();
		assert.deepEqual(await other.keeper.renewNow(account.id), { kind: "signInAgain", why: "copyOutdated" });
		ground.secrets.takes = true;
		const changed = new Promise<void>((resolve) => other.vault.onDidChange(() => resolve()));
		ground.clock.pass(15_000);
		await changed;
		assert.equal(accessOf(other, account), kept);
		assert.deepEqual(other.keeper.stateOf(account.id), { kind: "good" });
		assert.equal(ground.exchanges, 1);
	});

	it("sends nothing while the store cannot be read or the ledger cannot be written", async () => {
		ground.secrets.gives = false;
		assert.equal((await renew()).kind, "waiting");
		ground.secrets.gives = true;
		await ground.folder.write({ version: 99, salt: "s", logins: [] }, "logins.json");
		assert.equal((await renew()).kind, "waiting");
		assert.equal(ground.exchanges, 0);
	});

	it("stores new tokens though the ledger cannot be written any more, and makes up for it later", async () => {
		const { vault, ledger } = window;
		const before = await ground.folder.text("logins.json");
		let breaks = true;
		const renewal = new Renewal({
			...{ vault, ledger, boundTo: () => ground.bound, now: () => ground.clock.now() },
			log: (level, message) => ground.folder.logged.push([level, message]),
			refresh: async (token, signal) => {
				if (breaks) await ground.folder.write({ version: 99, salt: "s", logins: [] }, "logins.json");
				return ground.refresh(token, signal);
			},
		});
		assert.equal((await renewal.renew(account, accessOf(window, account))).kind, "renewed");
		assert.equal(refreshTokenNow(), currentAtServer());
		assert.match(ground.logged, /error The ledger/);
		assert.equal(await renewal.settle(account.id), false);
		await ground.folder.write(before, "logins.json");
		breaks = false;
		assert.equal((await renewal.renew(account, accessOf(window, account))).kind, "renewed");
		assert.equal(refreshTokenNow(), currentAtServer());
		assert.equal(await renewal.settle(account.id), true);
	});

	it("says in the log what happened, by the account's label", async () => {
		await renew();
		ground.auth.revoke(ada);
		await renew();
		assert.match(ground.logged, /info The ChatGPT login of ada@example\.com was renewed/);
		assert.match(ground.logged, /warn ada@example\.com has to be signed in again: spent /);
	});

	it("asks the auth server for nothing it would not be asked by an honest client", async () => {
		await renew();
		assert.deepEqual(ground.auth.violations, []);
	});
});
