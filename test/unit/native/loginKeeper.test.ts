import assert from "node:assert/strict";
import type { NativeAccount } from "../../../src/accounts/account.ts";
import { unavailable } from "../../support/chatgpt/exchangeFate.ts";
import { person } from "../../support/chatgpt/people.ts";
import { relayAccount } from "../accounts/relayFixture.ts";
import { accessOf, LoginGround, type LoginWindow, until } from "./loginFixture.ts";

const minute = 60_000;
const day = 86_400_000;

describe("LoginKeeper", () => {
	let ground: LoginGround;
	let window: LoginWindow;
	let account: NativeAccount;
	const ada = person({ email: "ada@example.com" });
	beforeEach(async () => {
		ground = await LoginGround.make({ accessLife: 3600 });
		window = await ground.openWindow();
		account = await ground.signIn(window, ada);
	});
	afterEach(() => ground.close());

	const stateNow = () => window.keeper.stateOf(account.id);
	const isGood = ({ kind }: { readonly kind: string }) => kind === "good";
	/** Resolves with the next renewal's end. */
	async function renewed(act: () => void): Promise<void> {
		act();
		assert.equal(stateNow().kind, "renewing");
		await until(window.keeper, account.id, ({ kind }) => kind !== "renewing");
	}

	it("leaves a good login alone, and renews it five minutes before its end", async () => {
		await window.keeper.start();
		const token = accessOf(window, account);
		assert.equal(window.keeper.accessTokenFor(account.id), token);
		ground.clock.pass(54 * minute);
		assert.deepEqual([stateNow(), ground.exchanges], [{ kind: "good" }, 0]);
		await renewed(() => ground.clock.pass(minute));
		assert.equal(ground.exchanges, 1);
		assert.notEqual(window.keeper.accessTokenFor(account.id), token);
		// And again, with the new token's own end.
		await renewed(() => ground.clock.pass(55 * minute));
		assert.equal(ground.exchanges, 2);
	});

	it("renews once where the end lies beyond what one timer of Node can wait", async () => {
		await ground.signIn(window, ada, 40 * 86_400);
		await window.keeper.start();
		ground.clock.pass(40 * day - 6 * minute);
		assert.equal(ground.exchanges, 0);
		await renewed(() => ground.clock.pass(2 * minute));
		assert.equal(ground.exchanges, 1);
	});

	it("renews at the start what has ended, and what is about to by and by", async () => {
		await ground.signIn(window, ada, -10);
		const others = [await ground.signIn(window, person(), 90), await ground.signIn(window, person(), 90)];
		// Signed in long ago, so that little of its life is left.
		for (const { id } of others) {
			const login = window.vault.loginOf(id);
			assert.ok(login !== null);
			await window.vault.set(id, { ...login, renewedAt: ground.clock.now() - day });
		}
		assert.equal(window.keeper.accessTokenFor(account.id), null);
		await window.keeper.start();
		ground.clock.pass(0);
		assert.deepEqual(
			[account, ...others].map(({ id }) => window.keeper.stateOf(id).kind),
			["renewing", "good", "good"],
		);
		await until(window.keeper, account.id, isGood);
		assert.notEqual(window.keeper.accessTokenFor(account.id), null);
		assert.equal(ground.exchanges, 1);
		for (const { id } of others) {
			ground.clock.pass(2_000);
			assert.equal(window.keeper.stateOf(id).kind, "renewing");
			await until(window.keeper, id, isGood);
		}
		assert.equal(ground.exchanges, 3);
	});

	it("renews no more than two at once", async () => {
		const [two, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		let inside = 0;
		let most = 0;
		const busy = await ground.openWindow({
			refresh: async (token, signal) => {
				inside += 1;
				most = Math.max(most, inside);
				if (inside === 2) two.resolve();
				await gate.promise;
				const result = await ground.refresh(token, signal);
				inside -= 1;
				return result;
			},
		});
		const all = [account, await ground.signIn(busy), await ground.signIn(busy), await ground.signIn(busy)];
		await busy.keeper.start();
		const states = all.map(({ id }) => busy.keeper.renewNow(id));
		await two.promise;
		// Another window does from beginning to end what a third one here would have to begin.
		const elsewhere = await ground.signIn(window);
		await window.keeper.start();
		assert.equal((await window.keeper.renewNow(elsewhere.id)).kind, "good");
		gate.resolve();
		assert.ok((await Promise.all(states)).every(isGood));
		assert.deepEqual([most, ground.exchanges], [2, 5]);
	});

	/** A window that renews two other accounts, whose answers are held, and none beside them. */
	async function busyWindow() {
		const gate = Promise.withResolvers<void>();
		const asked: string[] = [];
		const busy = await ground.openWindow({
			refresh: async (token, signal) => {
				asked.push(token);
				if (asked.length <= 2) await gate.promise;
				return ground.refresh(token, signal);
			},
		});
		const others = [await ground.signIn(busy), await ground.signIn(busy)];
		await busy.keeper.start();
		for (const { id } of others) void busy.keeper.renewNow(id);
		return { busy, asked, release: gate.resolve };
	}

	it("asks for nothing when another window has renewed what waited for its turn here", async () => {
		const { busy, release } = await busyWindow();
		const token = accessOf(window, account);
		const waiting = busy.keeper.refused(account.id, token);
		await window.keeper.start();
		await window.keeper.renewNow(account.id);
		const renewedThere = accessOf(window, account);
		assert.notEqual(renewedThere, token);
		while (accessOf(busy, account) !== renewedThere) await new Promise(setImmediate);
		release();
		assert.equal(await waiting, true);
		assert.equal(accessOf(busy, account), renewedThere);
		await busy.keeper.settled();
		assert.equal(ground.exchanges, 3);
	});

	it("sends no token that still waits for its turn when it is disposed of", async () => {
		const { busy, asked, release } = await busyWindow();
		while (asked.length < 2) await new Promise(setImmediate);
		void busy.keeper.renewNow(account.id);
		busy.keeper.dispose();
		release();
		await busy.keeper.settled();
		assert.deepEqual([asked.length, ground.exchanges], [2, 2]);
	});

	it("shares one renewal among all that had the token refused", async () => {
		await window.keeper.start();
		const token = accessOf(window, account);
		const answers = await Promise.all([1, 2, 3, 4].map(() => window.keeper.refused(account.id, token)));
		assert.deepEqual(answers, [true, true, true, true]);
		assert.equal(ground.exchanges, 1);
		// One that comes late had the old token too.
		assert.equal(await window.keeper.refused(account.id, token), true);
		assert.equal(ground.exchanges, 1);
	});

	it("asks a person to sign in again where the way delivered a renewal twice, and sends it no third time", async () => {
		await window.keeper.start();
		ground.auth.next({ kind: "deliveredTwice" });
		assert.equal(await window.keeper.refused(account.id, accessOf(window, account)), false);
		const state = stateNow();
		assert.ok(state.kind === "signInAgain" && typeof state.why !== "string" && state.why.kind === "spent");
		const { exchanges } = ground;
		ground.clock.pass(2 * 60 * minute);
		assert.equal(await window.keeper.refused(account.id, accessOf(window, account)), false);
		assert.equal(ground.exchanges, exchanges);
	});

	it("does not renew for ever what is refused though it is new", async () => {
		await window.keeper.start();
		assert.equal(await window.keeper.refused(account.id, accessOf(window, account)), true);
		ground.clock.pass(59_000);
		assert.equal(await window.keeper.refused(account.id, accessOf(window, account)), false);
		assert.deepEqual(stateNow(), { kind: "signInAgain", why: "refusedWhileFresh" });
		ground.clock.pass(10 * day);
		assert.equal(await window.keeper.refused(account.id, accessOf(window, account)), false);
		assert.equal(ground.exchanges, 1);
		// Another login is a new start.
		await ground.signIn(window, ada);
		assert.equal(stateNow().kind, "good");
	});

	it("renews again what has been good for a while and is refused then", async () => {
		await window.keeper.start();
		assert.equal(await window.keeper.refused(account.id, accessOf(window, account)), true);
		ground.clock.pass(61_000);
		assert.equal(await window.keeper.refused(account.id, accessOf(window, account)), true);
		assert.equal(ground.exchanges, 2);
	});

	it("backs off while the auth server is down, longer each time, and says until when", async () => {
		await window.keeper.start();
		ground.auth.next(unavailable(), unavailable(), unavailable(503, "120"));
		for (const wait of [5_000, 15_000, 120_000]) {
			const state = await window.keeper.renewNow(account.id);
			assert.ok(state.kind === "waiting" && state.why.kind === "unavailable", JSON.stringify(state));
			assert.equal(state.until - ground.clock.now(), wait);
		}
		assert.notEqual(window.keeper.accessTokenFor(account.id), null, "the old token is good all the while");
		// A refusal meanwhile asks for nothing.
		assert.equal(await window.keeper.refused(account.id, accessOf(window, account)), false);
		assert.equal(ground.exchanges, 3);
		await renewed(() => ground.clock.pass(120_000));
		assert.deepEqual([stateNow(), ground.exchanges], [{ kind: "good" }, 4]);
	});

	it("gives no token once it has ended, and says so when it does", async () => {
		await window.keeper.start();
		let tokens: (string | null)[] = [];
		window.keeper.onDidChange((id) => tokens.push(window.keeper.accessTokenFor(id)));
		ground.auth.next(unavailable(503, "3600"));
		await renewed(() => ground.clock.pass(55 * minute));
		tokens = [];
		ground.clock.pass(5 * minute);
		assert.deepEqual(tokens, [null]);
		assert.equal(stateNow().kind, "waiting");
	});

	it("renews within a minute of waking up when the end has passed in a sleep of the machine", async () => {
		await window.keeper.start();
		ground.clock.jump(30 * day);
		assert.equal(window.keeper.accessTokenFor(account.id), null);
		await renewed(() => ground.clock.pass(minute));
		assert.equal(ground.exchanges, 1);
		assert.notEqual(window.keeper.accessTokenFor(account.id), null);
	});

	it("renews in time though the clock was set back", async () => {
		await window.keeper.start();
		ground.clock.jump(-365 * day);
		await renewed(() => ground.clock.pass(55 * minute));
		assert.equal(ground.exchanges, 1);
	});

	it("does not renew for ever where this clock is wrong by more than a token's life", async () => {
		const wrong = await ground.openWindow({
			refresh: async (token, signal) => {
				const result = await ground.refresh(token, signal);
				return result.kind === "ok" ? { ...result, tokens: { ...result.tokens, expiresAt: 1 } } : result;
			},
		});
		await wrong.keeper.start();
		assert.equal((await wrong.keeper.renewNow(account.id)).kind, "good");
		assert.notEqual(wrong.keeper.accessTokenFor(account.id), null);
		ground.clock.pass(day);
		assert.equal(ground.exchanges, 1);
	});

	it("says sign in again when the login is revoked, and asks no more", async () => {
		await window.keeper.start();
		ground.auth.revoke(ada);
		assert.equal(await window.keeper.refused(account.id, accessOf(window, account)), false);
		const state = stateNow();
		assert.ok(state.kind === "signInAgain" && typeof state.why !== "string" && state.why.kind === "spent");
		ground.clock.pass(day);
		assert.equal(await window.keeper.refused(account.id, accessOf(window, account)), false);
		assert.equal(ground.exchanges, 1);
		await ground.signIn(window, ada);
		assert.equal(stateNow().kind, "good");
	});

	it("tells a closed account from a login that has ended", async () => {
		await window.keeper.start();
		ground.auth.deactivate(ada);
		await window.keeper.renewNow(account.id);
		const state = stateNow();
		assert.ok(state.kind === "signInAgain" && typeof state.why !== "string" && state.why.kind === "deactivated");
	});

	it("saves what new tokens say of plan and email", async () => {
		await window.keeper.start();
		const [before] = window.book.accounts;
		ada.plan = "pro";
		await window.keeper.renewNow(account.id);
		await window.book.change((accounts) => accounts);
		assert.deepEqual(window.book.accounts, [{ ...before, planType: "pro" }]);
		ada.plan = "plus";
	});

	/** Somebody's refresh token, taken in without a word about whose it is. */
	async function bareLogin() {
		const { refreshToken } = await ground.tokensOf(ada);
		const identity = { accountId: null, userId: null, email: null, planType: null };
		const bare = { accessToken: "", refreshToken, expiresAt: null, identity };
		const [result] = await window.logins.adoptMany([{ tokens: bare, label: "Bare" }], ground.bound);
		return result?.kind === "added" ? result.account.id : assert.fail(result?.kind);
	}

	it("keeps one account for a person whose name a login tells only when it is renewed", async () => {
		const id = await bareLogin();
		await window.keeper.start();
		ground.clock.pass(0);
		while (window.book.accounts.length > 1) await new Promise(setImmediate);
		assert.deepEqual(
			window.book.accounts.map(({ label }) => label),
			[account.label],
		);
		// What was just given takes the place of what was there.
		const { refreshToken } = window.vault.loginOf(account.id) ?? assert.fail();
		assert.equal(refreshToken, ground.auth.logins.all[1]?.refreshToken);
		await until(window.keeper, account.id, isGood);
		while ((await ground.folder.text("logins.json")).includes(id)) await new Promise(setImmediate);
		assert.equal(ground.secrets.entries.size, 1);
		assert.equal((await window.keeper.renewNow(account.id)).kind, "good");
		assert.ok(ground.auth.logins.all.every(({ state }) => state === "good"));
		assert.match(ground.logged, /Bare is the same ChatGPT account as ada@example\.com/);
	});

	it("leaves a login where it is when its person's account cannot take it", async () => {
		const id = await bareLogin();
		await window.keeper.start();
		ground.auth.next({ kind: "held", when: "after", until: ground.auth.nextExchange() });
		// Full for the other account alone.
		const store = ground.secrets.store.bind(ground.secrets);
		ground.secrets.store = (key, value) =>
			key.endsWith(account.id) ? Promise.reject(new Error("locked")) : store(key, value);
		ground.clock.pass(0);
		while (!ground.logged.includes("could not be saved: locked")) await new Promise(setImmediate);
		assert.equal(window.book.accounts.length, 2);
		assert.equal((await window.keeper.renewNow(id)).kind, "good");
		assert.equal(ground.exchanges, 2);
	});

	it("renews no disabled account by itself, but does once it is enabled", async () => {
		const enable = (enabled: boolean) =>
			window.book.change((accounts) => accounts.map((known) => ({ ...known, enabled })));
		await enable(false);
		await window.keeper.start();
		ground.clock.pass(2 * 60 * minute);
		assert.deepEqual([ground.exchanges, window.keeper.accessTokenFor(account.id)], [0, null]);
		await enable(true);
		await renewed(() => ground.clock.pass(0));
		assert.notEqual(window.keeper.accessTokenFor(account.id), null);
	});

	it("uses a login at no other servers than those it is for", async () => {
		let { bound } = ground;
		const moved = await ground.openWindow({ boundTo: () => bound });
		await moved.keeper.start();
		const token = accessOf(window, account);
		for (const other of [{ issuer: "https://other.example" }, { backend: "https://other.example" }]) {
			bound = { ...ground.bound, ...other };
			moved.keeper.settingsChanged();
			assert.deepEqual(moved.keeper.stateOf(account.id), { kind: "signInAgain", why: "otherServer" });
			assert.equal(moved.keeper.accessTokenFor(account.id), null);
			assert.equal(await moved.keeper.refused(account.id, token), false);
			await moved.keeper.renewNow(account.id);
		}
		ground.clock.pass(2 * 60 * minute);
		assert.equal(ground.exchanges, 0);
		bound = ground.bound;
		moved.keeper.settingsChanged();
		await until(moved.keeper, account.id, isGood);
	});

	it("lives as long as its access token where there is nothing to renew it with", async () => {
		await window.logins.signOut(account.id);
		const given = await ground.tokensOf(ada);
		await window.logins.adopt({ ...given, refreshToken: null }, ground.bound);
		await window.keeper.start();
		await window.keeper.renewNow(account.id);
		assert.deepEqual([stateNow(), window.keeper.accessTokenFor(account.id)], [{ kind: "good" }, given.accessToken]);
		ground.clock.pass(60 * minute);
		assert.deepEqual(stateNow(), { kind: "signInAgain", why: "noRefreshToken" });
		assert.equal(ground.exchanges, 0);
	});

	it("condemns a login without a refresh token whose access token is refused", async () => {
		await window.logins.signOut(account.id);
		const given = await ground.tokensOf(ada);
		await window.logins.adopt({ ...given, refreshToken: null }, ground.bound);
		await window.keeper.start();
		assert.equal(await window.keeper.refused(account.id, given.accessToken), false);
		assert.deepEqual(stateNow(), { kind: "signInAgain", why: "noRefreshToken" });
	});

	it("knows accounts that are signed in, signed out and removed while it runs, and no relay", async () => {
		await window.keeper.start();
		const heard: string[] = [];
		window.keeper.onDidChange((id) => heard.push(`${id} ${window.keeper.stateOf(id).kind}`));
		await window.logins.signOut(account.id);
		assert.deepEqual([stateNow(), window.keeper.accessTokenFor(account.id)], [{ kind: "signedOut" }, null]);
		const other = await ground.signIn(window);
		assert.equal(window.keeper.stateOf(other.id).kind, "good");
		await window.logins.remove(other.id);
		await window.book.change((accounts) => [...accounts, relayAccount({ id: "relay", label: "Relay" })]);
		assert.equal(await window.keeper.refused("relay", "key"), false);
		assert.equal(await window.keeper.refused(account.id, "token"), false);
		assert.deepEqual([...new Set(heard)], [`${account.id} signedOut`, `${other.id} good`, `${other.id} signedOut`]);
		ground.clock.pass(day);
		assert.equal(ground.exchanges, 0);
	});

	it("tells one change once, and nothing when nothing changed", async () => {
		await window.keeper.start();
		const heard: string[] = [];
		window.keeper.onDidChange((id) => heard.push(window.keeper.stateOf(id).kind));
		window.keeper.settingsChanged();
		await window.book.change((accounts) => accounts.map((known) => ({ ...known, priority: 9 })));
		assert.deepEqual(heard, []);
		await window.keeper.renewNow(account.id);
		assert.deepEqual(heard, ["renewing", "renewing", "good"], "the new token is told as soon as it is there");
	});

	it("starts nothing once it is disposed of, but stores what it has asked for", async () => {
		await window.keeper.start();
		const { promise, resolve } = Promise.withResolvers<void>();
		ground.auth.next({ kind: "held", when: "after", until: promise });
		void window.keeper.renewNow(account.id);
		await ground.auth.nextExchange();
		window.keeper.dispose();
		resolve();
		await window.keeper.settled();
		const [login] = ground.auth.logins.all;
		assert.equal(window.vault.loginOf(account.id)?.refreshToken, login?.refreshToken);
		await window.keeper.renewNow(account.id);
		assert.equal(ground.exchanges, 1);
		assert.equal(ground.clock.pending, 0);
	});
});
