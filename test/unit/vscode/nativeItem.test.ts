import assert from "node:assert/strict";
import "./vscodeHook.ts";
import { live, modelRest, native, nativeFacts, now, quota, relay, rest } from "./fixtures.ts";

const { accountItem } = await import("../../../src/vscode/accountItem.ts");
const { stateChangesIn } = await import("../../../src/vscode/accountState.ts");

const plus = native({ planType: "plus" });
const nativeLive = (changes: Parameters<typeof live>[0]) => live({ id: "n1", ...changes });

describe("a ChatGPT account in the tree", () => {
	it("shows what is left of its plan, the plan and the email, and has a box as relays do", () => {
		const item = accountItem(plus, nativeFacts("good", { quota: quota(38, 12) }));
		assert.equal(item.label, "Home");
		assert.equal(item.description, "5 h 62 % left · week 88 % left · Plus · home@example.com");
		assert.equal(item.contextValue, "native");
		assert.equal(item.checked, true);
		assert.equal(item.accessibilityLabel, "Home, Plus, home@example.com, 5 h 62 % left · week 88 % left, ready");
		assert.equal(accountItem(native({ enabled: false }), nativeFacts("good")).checked, false);
	});

	it("does not repeat an email that is its label, and goes by the plan that was told last", () => {
		const account = native({ label: "home@example.com", planType: "plus" });
		const told = { ...quota(38, 12), plan: "pro" };
		assert.equal(accountItem(account, nativeFacts("good")).description, "Plus");
		assert.match(accountItem(account, nativeFacts("good", { quota: told })).description, / · Pro$/);
	});

	it("says first that it has to be signed in again, where the menu finds it", () => {
		const item = accountItem(plus, nativeFacts("signInAgain", { quota: quota(38, 12) }));
		assert.equal(item.description, "sign in again · Plus · home@example.com");
		assert.equal(item.contextValue, "native signInAgain");
	});

	it("asks to sign in again also while its last token is still good", () => {
		const item = accountItem(plus, nativeFacts("signInAgain", { hasKey: true, live: nativeLive({ hasKey: true }) }));
		assert.equal(item.description, "sign in again · Plus · home@example.com");
	});

	it("says that it is signed out, and that only here where another window has a login", () => {
		const item = accountItem(plus, nativeFacts("signedOut"));
		assert.equal(item.description, "signed out · Plus · home@example.com");
		assert.equal(item.contextValue, "native signedOut");
		const served = accountItem(plus, nativeFacts("signedOut", { live: nativeLive({ hasKey: true }) }));
		assert.equal(served.description, "Plus · home@example.com · signed out here");
		assert.equal(served.icon, "pass-filled");
		assert.equal(served.contextValue, "native signedOut");
	});

	it("tells of a renewal only while there is no token that is good", () => {
		assert.match(accountItem(plus, nativeFacts("renewing")).description, /^renewing · /);
		assert.match(accountItem(plus, nativeFacts("waiting")).description, /^not renewed, tried again about 60 · /);
		const good = { hasKey: true, live: nativeLive({ hasKey: true }) };
		for (const state of ["renewing", "waiting"] as const) {
			assert.equal(accountItem(plus, nativeFacts(state, good)).icon, "pass-filled");
		}
	});

	it("is being renewed, and not in want of a key, when its token has just ended", () => {
		const ended = nativeFacts("good", { hasKey: false, live: nativeLive({ hasKey: false }) });
		assert.match(accountItem(plus, ended).description, /^renewing · /);
		const server = nativeFacts("good", { live: nativeLive({ hasKey: false }) });
		assert.match(accountItem(plus, server).description, /^not signed in in the window that serves · /);
	});

	it("is being renewed, or waits for that, also while its ended token is still handed to the proxy", () => {
		const handed = { hasKey: true, live: nativeLive({ hasKey: true }) };
		const words = (state: "good" | "renewing" | "waiting") => {
			const known = nativeFacts(state, handed);
			const login = known.login === null ? null : { ...known.login, lasts: false };
			return accountItem(plus, { ...known, login }).description;
		};
		assert.match(words("good"), /^renewing · /);
		assert.match(words("renewing"), /^renewing · /);
		assert.match(words("waiting"), /^not renewed, tried again /);
	});

	it("offers to end the wait for its renewal", () => {
		assert.equal(accountItem(plus, nativeFacts("waiting")).contextValue, "native cooling");
		assert.equal(accountItem(plus, nativeFacts("renewing")).contextValue, "native");
	});

	it("answers by another window's login while its own is renewed or waits", () => {
		for (const state of ["renewing", "waiting"] as const) {
			const served = nativeFacts(state, { live: nativeLive({ hasKey: true }) });
			assert.equal(accountItem(plus, served).icon, "pass-filled");
		}
	});

	it("says that it is disabled before anything of its login", () => {
		const item = accountItem(native({ enabled: false }), nativeFacts("signInAgain"));
		assert.match(item.accessibilityLabel, /disabled$/);
		assert.equal(item.contextValue, "native signInAgain disabled");
	});

	it("says until when its plan is used up, as the pool knows it or as its figures say", () => {
		const cooling = nativeLive({ rest: rest({ reason: "outOfQuota", until: now + 7_200_000 }) });
		const item = accountItem(plus, nativeFacts("good", { live: cooling, quota: quota(100, 12) }));
		assert.equal(item.description, "used up until about 7200 · Plus · home@example.com");
		assert.equal(item.contextValue, "native cooling");
		const told = accountItem(plus, nativeFacts("good", { quota: quota(100, 12) }));
		assert.equal(told.description, "used up until about 3600 · Plus · home@example.com");
		assert.equal(told.contextValue, "native");
		assert.equal(told.icon, item.icon);
		assert.equal(told.accessibilityLabel, "Home, Plus, home@example.com, used up until about 3600");
	});

	it("counts down what it cools for otherwise, beside what is left", () => {
		const cooling = nativeLive({ rest: rest() });
		const { description } = accountItem(plus, nativeFacts("good", { live: cooling, quota: quota(38, 12) }));
		assert.equal(description, "rate limited (50 s) · 5 h 62 % left · week 88 % left · Plus · home@example.com");
	});

	it("says that its login was refused, not a key, and can be cleared", () => {
		const cooling = nativeLive({ rest: rest({ reason: "keyRefused", until: null }) });
		const item = accountItem(plus, nativeFacts("good", { live: cooling }));
		assert.match(item.description, /^login refused · /);
		assert.equal(item.contextValue, "native cooling");
		const over = accountItem(plus, nativeFacts("signInAgain", { live: cooling }));
		assert.equal(over.contextValue, "native signInAgain");
	});

	it("hints quietly from 80 and from 95 % on, in words and by its icon", () => {
		const item = (used: number) => accountItem(plus, nativeFacts("good", { quota: quota(used, 12) }));
		assert.doesNotMatch(item(79).description, /running|almost/);
		assert.match(item(80).description, /^running low: 5 h 20 % left · week 88 % left · /);
		assert.match(item(95).description, /^almost used up: 5 h 5 % left · week 88 % left · /);
		assert.equal(new Set([79, 80, 95].map((used) => item(used).icon)).size, 3);
	});

	it("has everything left again once its reset has passed, before anybody says so", () => {
		const later = nativeFacts("good", { quota: quota(99, 12), now: now + 3_600_000 });
		assert.match(accountItem(plus, later).description, /^5 h 100 % left · week 88 % left · /);
		assert.equal(stateChangesIn(plus, nativeFacts("good", { quota: quota(99, 12) })), 3_600_000);
	});

	it("is looked at again an hour after it was said to be used up until nobody knows when", () => {
		const window = { usedPercent: 40, minutes: null, resetsAt: null };
		const told = { at: now - 60_000, plan: null, buckets: [], credits: null };
		const bucket = { id: "codex", name: null, primary: window, secondary: null, reached: true };
		const facts = nativeFacts("good", { quota: { ...told, buckets: [bucket] } });
		assert.match(accountItem(plus, facts).description, /^used up/);
		assert.equal(stateChangesIn(plus, facts), 3_540_000);
		assert.match(accountItem(plus, { ...facts, now: now + 3_540_000 }).description, /^short span 60 % left/);
		// A window that has a length and no reset ends all the same.
		const short = { ...bucket, primary: { ...window, minutes: 10 }, reached: null };
		assert.equal(stateChangesIn(plus, nativeFacts("good", { quota: { ...told, buckets: [short] } })), 540_000);
	});

	it("never says that nothing is left where something is", () => {
		assert.match(accountItem(plus, nativeFacts("good", { quota: quota(99.7, 12) })).description, /5 h 1 % left/);
	});

	it("names the model that rests, with what else is said of an account that answers", () => {
		const known = nativeLive({ modelRests: [modelRest("gpt-5.6")] });
		assert.match(accountItem(plus, nativeFacts("good", { live: known })).description, /^gpt-5\.6: rate limited/);
	});

	it("looks different for each state, not by colour alone", () => {
		const served = (changes: Parameters<typeof live>[0]) => nativeFacts("good", { live: nativeLive(changes) });
		const states = [
			...(["good", "signedOut", "signInAgain", "renewing", "waiting"] as const).map((state) => nativeFacts(state)),
			...[80, 95, 100].map((used) => nativeFacts("good", { quota: quota(used, 0) })),
			...[served({ rest: rest() }), served({ rest: rest({ reason: "failing" }) }), served({ probing: true })],
			...[served({ inFlight: 1 }), served({ modelRests: [modelRest("m")] })],
		];
		const icons = [
			...states.map((known) => accountItem(plus, known).icon),
			accountItem(native({ enabled: false }), nativeFacts("good")).icon,
		];
		assert.equal(new Set(icons).size, icons.length, icons.join(" "));
	});

	it("gives relays nothing of it", () => {
		assert.doesNotMatch(accountItem(relay(), nativeFacts("good", { login: null })).contextValue, /sign/);
	});
});
