import assert from "node:assert/strict";
import type { NativeAccount } from "../../../src/accounts/account.ts";
import type { TokenSet } from "../../../src/native/login.ts";
import { planLogins } from "../../../src/native/loginPlan.ts";
import { Logins } from "../../../src/native/logins.ts";
import { RotationLedger } from "../../../src/native/rotationLedger.ts";
import { type Person, person } from "../../support/chatgpt/people.ts";
import { told } from "../accounts/bookFixture.ts";
import { relayAccount } from "../accounts/relayFixture.ts";
import { identityOf, LoginGround, type LoginWindow } from "./loginFixture.ts";

const day = 86_400_000;

function tokens(somebody: Person | null, given: Partial<TokenSet> = {}): TokenSet {
	const identity =
		somebody === null ? { accountId: null, userId: null, email: null, planType: null } : identityOf(somebody);
	return { accessToken: "at-1", refreshToken: "rt_1", expiresAt: Date.now() + 10 * day, identity, ...given };
}

describe("Logins", () => {
	let ground: LoginGround;
	let window: LoginWindow;
	const ada = person({ email: "ada@example.com", accountId: "team", userId: "user-ada", plan: "team" });
	const bob = person({ email: "bob@example.com", accountId: "team", userId: "user-bob" });
	beforeEach(async () => {
		ground = await LoginGround.make();
		window = await ground.openWindow();
	});
	afterEach(() => ground.close());

	async function adopted(set: TokenSet, wish = {}): Promise<NativeAccount> {
		const result = await window.logins.adopt(set, ground.bound, wish);
		return result.kind === "otherPerson" ? assert.fail(JSON.stringify(result)) : result.account;
	}
	const addEntry = (account: Partial<NativeAccount>) =>
		window.book.change((accounts) => [
			...accounts,
			{
				...{ id: "old", type: "native", label: "Old one", email: null, accountId: null, userId: null, planType: null },
				...{
					format: null,
					baseUrl: null,
					allowedModels: null,
					priority: 3,
					enabled: false,
					addedAt: "2026-01-01T00:00:00.000Z",
				},
				...account,
			},
		]);

	it("adds an account with its secret, called by its email", async () => {
		const { identity, ...secret } = tokens(ada);
		const result = await window.logins.adopt({ ...secret, identity }, ground.bound);
		assert.equal(result.kind, "added");
		const [account] = window.book.accounts;
		assert.ok(account?.type === "native");
		assert.deepEqual(
			[account.label, account.email, account.accountId, account.userId, account.planType, account.enabled],
			["ada@example.com", "ada@example.com", "team", "user-ada", "team", true],
		);
		assert.deepEqual(window.vault.loginOf(account.id), {
			...secret,
			...ground.bound,
			renewedAt: ground.clock.now(),
		});
		assert.doesNotMatch(await ground.folder.text(), /at-1|rt_1/);
		assert.doesNotMatch(await ground.folder.text("logins.json"), /at-1|rt_1/);
	});

	it("gives each account a label of its own, by wish or by email, as a label may be", async () => {
		await window.book.change(() => [relayAccount({ id: "r", label: "ADA@example.com" })]);
		assert.equal((await adopted(tokens(ada))).label, "ada@example.com (2)");
		assert.equal((await adopted(tokens(bob, { refreshToken: "rt_2" }), { label: " Work\u202e " })).label, "Work");
		assert.equal((await adopted(tokens(null, { refreshToken: "rt_3" }), { label: "\u200b" })).label, "ChatGPT");
	});

	it("renews the account of the same person, and leaves what people have set", async () => {
		const { id } = await adopted(tokens(ada));
		await window.book.change((accounts) =>
			accounts.map((account) => ({ ...account, label: "Mine", priority: 7, enabled: false })),
		);
		const again = { ...ada, plan: "pro", email: "ada@new.example" };
		const result = await window.logins.adopt(
			tokens(again, { accessToken: "at-2", refreshToken: "rt_2" }),
			ground.bound,
		);
		assert.equal(result.kind, "renewed");
		const [account, ...others] = window.book.accounts;
		assert.deepEqual(others, []);
		assert.deepEqual([account?.id, account?.label, account?.priority, account?.enabled], [id, "Mine", 7, false]);
		assert.ok(account?.type === "native");
		assert.deepEqual([account.planType, account.email], ["pro", "ada@new.example"]);
		assert.equal(window.vault.loginOf(id)?.refreshToken, "rt_2");
	});

	it("tells members of a team apart, and workspaces of one person", async () => {
		const ids = [
			await adopted(tokens(ada)),
			await adopted(tokens(bob, { refreshToken: "rt_2" })),
			await adopted(tokens({ ...ada, accountId: "own" }, { refreshToken: "rt_3" })),
		].map(({ id }) => id);
		assert.equal(new Set(ids).size, 3);
	});

	it("knows a login that names nobody by its refresh token alone", async () => {
		const { id } = await adopted(tokens(null));
		assert.equal((await adopted(tokens(null, { accessToken: "at-2" }))).id, id);
		assert.notEqual((await adopted(tokens(null, { refreshToken: "rt_other" }))).id, id);
	});

	it("knows a login by its refresh token until it is known whose it is", async () => {
		const { id } = await adopted(tokens(null, { accessToken: "" }));
		const [result] = await window.logins.adoptMany([{ tokens: tokens(ada) }], ground.bound);
		assert.equal(result?.kind, "renewed");
		const [account, ...others] = window.book.accounts;
		assert.deepEqual([account?.id, others.length], [id, 0]);
		assert.ok(account?.type === "native");
		assert.deepEqual([account.accountId, account.userId], ["team", "user-ada"]);
		assert.equal(window.vault.loginOf(id)?.accessToken, "at-1");
		const [other] = await window.logins.adoptMany([{ tokens: tokens(bob) }], ground.bound);
		assert.equal(other?.kind, "added");
	});

	it("takes over an entry of an earlier version by its email", async () => {
		await addEntry({ email: "Ada@Example.com" });
		const account = await adopted(tokens(ada));
		assert.deepEqual(
			[account.id, account.label, account.priority, account.enabled, account.userId],
			["old", "Old one", 3, false, "user-ada"],
		);
		assert.equal((await adopted(tokens(bob, { refreshToken: "rt_2" }))).label, "bob@example.com");
	});

	it("prefers the account with the ids to one with the email", async () => {
		const { id } = await adopted(tokens(ada));
		await addEntry({ email: ada.email });
		assert.equal((await adopted(tokens(ada, { refreshToken: "rt_2" }))).id, id);
	});

	it("changes nothing when somebody else signs in to an account", async () => {
		const expected = await adopted(tokens(ada));
		const before = [...ground.secrets.entries];
		const other = tokens(bob, { refreshToken: "rt_2" });
		const result = await window.logins.adopt(other, ground.bound, { accountId: expected.id });
		assert.deepEqual(result, { kind: "otherPerson", expected, identity: identityOf(bob) });
		assert.deepEqual([...ground.secrets.entries], before);
		assert.deepEqual(window.book.accounts, [expected]);
		await addEntry({ email: "carol@example.com" });
		const old = await window.logins.adopt(other, ground.bound, { accountId: "old" });
		assert.equal(old.kind, "otherPerson");
		// Who signs in has an account of their own already.
		await addEntry({ id: "blank", label: "Blank" });
		const blank = await window.logins.adopt(tokens(ada), ground.bound, { accountId: "blank" });
		assert.equal(blank.kind, "otherPerson");
	});

	it("signs in to an entry of which nothing is known, and adds one where the account has gone", async () => {
		await addEntry({});
		assert.equal((await adopted(tokens(ada), { accountId: "old" })).id, "old");
		assert.equal((await adopted(tokens(bob, { refreshToken: "rt_2" }), { accountId: "gone" })).label, bob.email);
	});

	it("does not replace a refresh token by none", async () => {
		const { id } = await adopted(tokens(ada));
		await adopted(tokens(ada, { accessToken: "at-2", refreshToken: null }));
		assert.deepEqual([window.vault.loginOf(id)?.accessToken, window.vault.loginOf(id)?.refreshToken], ["at-2", "rt_1"]);
		const moved = { issuer: "https://elsewhere.example", backend: ground.bound.backend };
		await window.logins.adopt(tokens(ada, { accessToken: "at-3", refreshToken: null }), moved);
		assert.equal(window.vault.loginOf(id)?.refreshToken, null);
	});

	it("does not make a used-up copy current by adding an access token to it", async () => {
		const { id } = await adopted(tokens(ada));
		await window.ledger.rotated(id, "rt_1", "rt_2");
		await adopted(tokens(ada, { accessToken: "at-2", refreshToken: null }));
		assert.deepEqual(await window.ledger.askToSend(id, "rt_1"), { kind: "outdated" });
	});

	it("saves nothing of a person that could not be shown", async () => {
		const identity = {
			accountId: "a\u0000",
			userId: "u".repeat(321),
			email: "\u202eada@example.com",
			planType: "plus",
		};
		const { accountId, userId, email, planType, label } = await adopted(tokens(null, { identity }));
		assert.deepEqual([accountId, userId, email, planType, label], [null, null, null, "plus", "ChatGPT"]);
	});

	it("refuses tokens that no header can carry", async () => {
		const broken = tokens(ada, { accessToken: "a\nb", refreshToken: "" });
		await assert.rejects(window.logins.adopt(broken, ground.bound), /cannot be used/);
		assert.deepEqual([...window.book.accounts], []);
		assert.deepEqual(await window.logins.adoptMany([{ tokens: broken }], ground.bound), [{ kind: "refused" }]);
	});

	it("leaves all as it was when the accounts cannot be saved", async () => {
		const { id } = await adopted(tokens(ada));
		const before = [...ground.secrets.entries];
		const ledger = await ground.folder.text("logins.json");
		await ground.folder.write({ version: 99, accounts: [] });
		await assert.rejects(window.logins.adopt(tokens(ada, { accessToken: "a2", refreshToken: "rt_2" }), ground.bound));
		await assert.rejects(window.logins.adopt(tokens(bob, { refreshToken: "rt_3" }), ground.bound));
		assert.deepEqual([...ground.secrets.entries], before);
		assert.equal(window.vault.loginOf(id)?.refreshToken, "rt_1");
		assert.equal(await ground.folder.text("logins.json"), ledger);
	});

	it("leaves all as it was when the secret cannot be stored", async () => {
		const { id } = await adopted(tokens(ada));
		const ledger = await ground.folder.text("logins.json");
		ground.secrets.takes = false;
		await assert.rejects(window.logins.adopt(tokens(ada, { refreshToken: "rt_2" }), ground.bound), /locked/);
		await assert.rejects(window.logins.adopt(tokens(bob, { refreshToken: "rt_3" }), ground.bound), /locked/);
		assert.equal(window.vault.loginOf(id)?.refreshToken, "rt_1");
		assert.equal(window.book.accounts.length, 1);
		assert.equal(await ground.folder.text("logins.json"), ledger);
	});

	it("adds one account when two windows sign the same person in at once", async () => {
		const other = await ground.openWindow();
		const results = await Promise.all([
			window.logins.adopt(tokens(ada), ground.bound),
			other.logins.adopt(tokens(ada, { accessToken: "at-2", refreshToken: "rt_2" }), ground.bound),
		]);
		assert.deepEqual(results.map(({ kind }) => kind).sort(), ["added", "renewed"]);
		const saved = await window.book.change((accounts) => accounts);
		assert.equal(saved.length, 1);
		assert.equal(ground.secrets.entries.size, 1);
	});

	it("takes in many at once, in one change of the book, with a result for each", async () => {
		const known = await adopted(tokens(ada));
		let changes = 0;
		window.book.onDidChange(() => {
			changes += 1;
		});
		const later = Date.now() + 20 * day;
		const carol = person();
		const results = await window.logins.adoptMany(
			[
				{ tokens: tokens(ada, { accessToken: "at-2", refreshToken: "rt_2", expiresAt: later }) },
				{ tokens: tokens(bob, { refreshToken: "rt_3" }), label: "Bob" },
				{ tokens: tokens(bob, { accessToken: "at-4", refreshToken: "rt_4", expiresAt: later }) },
				{ tokens: tokens(carol, { accessToken: "", refreshToken: null }) },
				{ tokens: tokens(null, { accessToken: "", refreshToken: "rt_5" }), label: "Bob" },
			],
			ground.bound,
		);
		assert.deepEqual(
			results.map((result) => [result.kind, "account" in result ? result.account.label : null]),
			[
				["renewed", known.label],
				["added", "Bob"],
				["repeated", "Bob"],
				["refused", null],
				["added", "Bob (2)"],
			],
		);
		assert.equal(changes, 1);
		const bobs = window.book.accounts.find(({ label }) => label === "Bob");
		assert.equal(window.vault.loginOf(bobs?.id ?? "")?.refreshToken, "rt_4", "the newer one of two");
		assert.equal(window.vault.loginOf(known.id)?.renewedAt, null);
	});

	it("takes over what was set of an account where it is added, and leaves what is set here", async () => {
		const known = await adopted(tokens(ada));
		const later = tokens(ada, { accessToken: "at-2", refreshToken: "rt_2", expiresAt: Date.now() + 20 * day });
		const settings = { priority: 5, enabled: false };
		await window.logins.adoptMany(
			[
				{ tokens: later, settings },
				{ tokens: tokens(bob, { refreshToken: "rt_3" }), settings },
			],
			ground.bound,
		);
		assert.deepEqual(
			window.book.accounts.map(({ priority, enabled }) => ({ priority, enabled })),
			[{ priority: known.priority, enabled: known.enabled }, settings],
		);
	});

	it("does not replace a login by an older one out of a file", async () => {
		const { id } = await adopted(tokens(ada, { refreshToken: "rt_new" }));
		const older = tokens(ada, { accessToken: "at-0", refreshToken: "rt_old", expiresAt: Date.now() + day });
		const same = tokens(ada, { accessToken: "", refreshToken: "rt_new" });
		const results = await window.logins.adoptMany([{ tokens: older }, { tokens: same }], ground.bound);
		assert.deepEqual(
			results.map(({ kind }) => kind),
			["unchanged", "unchanged"],
		);
		assert.equal(window.vault.loginOf(id)?.refreshToken, "rt_new");
		// Signed out, there is nothing newer.
		await window.logins.signOut(id);
		assert.deepEqual(
			(await window.logins.adoptMany([{ tokens: older }], ground.bound)).map(({ kind }) => kind),
			["renewed"],
		);
	});

	it("does not replace by a file's login what was renewed while the import was under way", async () => {
		const ended = tokens(ada, { refreshToken: "rt_old", expiresAt: Date.now() - 1 });
		const first = await adopted(tokens(bob, { refreshToken: "rt_b", expiresAt: Date.now() - 1 }));
		const { id } = await adopted(ended);
		const held = Promise.withResolvers<void>();
		const inside = Promise.withResolvers<void>();
		const holding = window.ledger.lock("storing", first.id, async () => {
			inside.resolve();
			await held.promise;
		});
		await inside.promise;
		const waiting = Promise.withResolvers<void>();
		const { book, vault, ledger: shared } = window;
		const ledger = new RotationLedger(
			ground.folder.path,
			() => undefined,
			Date.now,
			(purpose, accountId, action) => {
				if (accountId === first.id) waiting.resolve();
				return shared.lock(purpose, accountId, action);
			},
		);
		const importing = new Logins({ book, vault, ledger }).adoptMany(
			[
				{ tokens: tokens(bob, { accessToken: "at-b2", refreshToken: "rt_b2" }) },
				{ tokens: tokens(ada, { accessToken: "at-2", refreshToken: "rt_file", expiresAt: Date.now() + day }) },
			],
			ground.bound,
		);
		// By then it has made its plan.
		await waiting.promise;
		const renewed = { ...(window.vault.loginOf(id) ?? assert.fail()), refreshToken: "rt_renewed" };
		await window.vault.keep(id, { ...renewed, accessToken: "at-renewed", expiresAt: Date.now() + 10 * day });
		held.resolve();
		await holding;
		assert.deepEqual(
			(await importing).map(({ kind }) => kind),
			["renewed", "unchanged"],
		);
		assert.equal(window.vault.loginOf(id)?.refreshToken, "rt_renewed");
	});

	it("gives each of a thousand logins without names a label of its own", () => {
		const wishes = Array.from({ length: 1_000 }, (_, index) => ({
			...{ tokens: tokens(null, { accessToken: "", refreshToken: `rt_${index}` }), newId: `new-${index}` },
			isFresh: false,
		}));
		const { accounts } = planLogins({ accounts: [], loginOf: () => null, bound: ground.bound, now: 0 }, wishes);
		assert.equal(new Set(accounts.map(({ label }) => label)).size, 1_000);
		assert.equal(accounts.at(-1)?.label, "ChatGPT (1000)");
	});

	it("signs out: the secret goes, the account stays, and no page may send its copy", async () => {
		const { id } = await adopted(tokens(ada));
		await window.logins.signOut(id);
		assert.deepEqual([...ground.secrets.entries], []);
		assert.equal(window.book.accounts.length, 1);
		assert.deepEqual(await window.ledger.askToSend(id, "rt_1"), { kind: "outdated" });
	});

	it("removes an account and its secret, and one that is gone without a word", async () => {
		const { id } = await adopted(tokens(ada));
		await window.logins.remove(id);
		await window.logins.remove(id);
		assert.deepEqual([...ground.secrets.entries], []);
		assert.deepEqual([...window.book.accounts], []);
		assert.doesNotMatch(await ground.folder.text("logins.json"), new RegExp(id));
	});

	it("leaves no secret behind that nobody can delete: where it cannot be removed, the account stays", async () => {
		const { id } = await adopted(tokens(ada));
		ground.secrets.forgets = false;
		await assert.rejects(window.logins.remove(id), /locked/);
		assert.deepEqual(
			window.book.accounts.map((account) => account.id),
			[id],
		);
		ground.secrets.forgets = true;
		await window.logins.remove(id);
		assert.deepEqual([[...ground.secrets.entries], [...window.book.accounts]], [[], []]);
	});

	/** Does this when the window is about to change the book. */
	function meanwhile(act: () => Promise<unknown>): void {
		const change = window.book.change.bind(window.book);
		window.book.change = async (edit) => {
			window.book.change = change;
			await act();
			return await change(edit);
		};
	}

	it("leaves no secret of an account to which another window signs in while it is removed", async () => {
		const other = await ground.openWindow();
		const { id } = await adopted(tokens(ada));
		meanwhile(() => other.logins.adopt(tokens(ada, { accessToken: "at-2", refreshToken: "rt_2" }), ground.bound));
		await window.logins.remove(id);
		assert.deepEqual([[...ground.secrets.entries], [...window.book.accounts]], [[], []]);
	});

	it("gives no login to an account that another window removes just then", async () => {
		const other = await ground.openWindow();
		const { id } = await adopted(tokens(ada));
		const bare = await adopted(tokens(null, { accessToken: "", refreshToken: "rt_bare" }));
		meanwhile(() => other.logins.remove(id));
		await assert.rejects(window.logins.unite(bare.id, id), /gone/);
		assert.deepEqual(
			window.book.accounts.map((account) => account.id),
			[bare.id],
		);
		assert.equal(ground.secrets.entries.size, 1);
		assert.equal((await window.ledger.askToSend(bare.id, "rt_bare")).kind, "granted");
	});

	it("renames, and sets the priority, of a ChatGPT account alone", async () => {
		const { id } = await adopted(tokens(ada));
		await window.book.change((accounts) => [...accounts, relayAccount({ id: "r", label: "Relay" })]);
		assert.deepEqual(await window.logins.rename(id, " Work "), { ok: true, value: "Work" });
		assert.deepEqual(await window.logins.rename(id, "WORK"), { ok: true, value: "WORK" });
		const codeOf = (read: Awaited<ReturnType<typeof window.logins.rename>>) =>
			read.ok ? "ok" : read.problems[0]?.code;
		assert.equal(codeOf(await window.logins.rename(id, "relay")), "labelTaken");
		assert.equal(codeOf(await window.logins.rename("r", "Mine")), "accountGone");
		assert.deepEqual(await window.logins.setPriority(id, 5), { ok: true, value: 5 });
		assert.equal((await window.logins.setPriority(id, 0.5)).ok, false);
		assert.equal((await window.logins.setPriority("r", 5)).ok, false);
		assert.deepEqual(
			window.book.accounts.map(({ label, priority }) => [label, priority]),
			[
				["WORK", 5],
				["Relay", 0],
			],
		);
	});

	it("is heard of in other windows", async () => {
		const other = await ground.openWindow();
		const arrived = told(other.book, (accounts) => accounts.length === 1);
		const { id } = await adopted(tokens(ada));
		await arrived;
		await other.vault.load([id]);
		assert.equal(other.vault.loginOf(id)?.refreshToken, "rt_1");
	});
});
