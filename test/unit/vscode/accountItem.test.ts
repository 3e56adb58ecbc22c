import assert from "node:assert/strict";
import "./vscodeHook.ts";
import { facts, live, modelRest, now, relay, rest } from "./fixtures.ts";

const { accountItem, canBeCleared } = await import("../../../src/vscode/accountItem.ts");
const { stateChangesIn } = await import("../../../src/vscode/accountState.ts");

const resting = (changes: Parameters<typeof rest>[0] = {}) => facts({ live: live({ rest: rest(changes) }) });
const ofModels = (...models: readonly string[]) => live({ modelRests: models.map((model) => modelRest(model)) });

describe("an account in the tree", () => {
	it("shows its format and host", () => {
		const item = accountItem(relay({ baseUrl: "http://localhost:8080/v1", format: "anthropic" }), facts());
		assert.equal(item.label, "Work");
		assert.equal(item.description, "Anthropic · localhost:8080");
		assert.equal(item.contextValue, "relay");
		assert.equal(item.checked, true);
		assert.equal(item.accessibilityLabel, "Work, Anthropic, localhost:8080, ready");
	});

	it("says that its key is missing here, where the menu finds it", () => {
		for (const known of [null, live({ hasKey: false })]) {
			const item = accountItem(relay(), facts({ hasKey: false, live: known }));
			assert.equal(item.description, "key missing here · OpenAI · api.example.com");
			assert.match(item.contextValue, /^relay.*\bkeyMissing\b/);
		}
	});

	it("is ready where the window that serves has the key, and notes that it is missing here", () => {
		const item = accountItem(relay(), facts({ hasKey: false, live: live() }));
		assert.equal(item.icon, "pass-filled");
		assert.equal(item.description, "OpenAI · api.example.com · key missing here");
		assert.equal(item.contextValue, "relay keyMissing");
		assert.equal(item.accessibilityLabel, "Work, OpenAI, api.example.com, ready, key missing here");
	});

	it("is not ready where the window that serves lacks the key", () => {
		const item = accountItem(relay(), facts({ live: live({ hasKey: false }) }));
		assert.match(item.description, /^key missing in the window that serves · /);
		assert.equal(item.contextValue, "relay keyMissing");
	});

	it("says that it is disabled even when its key is missing too", () => {
		const item = accountItem(relay({ enabled: false }), facts({ hasKey: false, live: null }));
		assert.equal(item.contextValue, "relay keyMissing disabled");
		assert.equal(item.checked, false);
		assert.match(item.accessibilityLabel, /disabled$/);
	});

	it("warns when its last request failed, until one goes well", () => {
		const lastError = { at: 5, status: 500, text: "" };
		const words = (lastUsed: number) =>
			accountItem(relay(), facts({ activity: { lastUsed, lastError } })).accessibilityLabel;
		assert.match(words(5), /last request failed$/);
		assert.match(words(6), /ready$/);
	});

	it("is not called ready while no proxy serves it", () => {
		const label = (proxy: Parameters<typeof facts>[0]) => accountItem(relay(), facts(proxy)).accessibilityLabel;
		assert.match(label({ proxy: { kind: "off" }, live: null }), /the proxy is not serving$/);
		assert.match(label({ proxy: { kind: "otherWindow", port: 1, localKey: "" } }), /ready$/);
	});

	it("tells how many requests are on their way, and whether that is all it may have", () => {
		const working = accountItem(relay(), facts({ live: live({ inFlight: 2 }) }));
		assert.equal(working.description, "2 in flight · OpenAI · api.example.com");
		const busy = accountItem(relay({ maxConcurrent: 2 }), facts({ live: live({ inFlight: 2 }) }));
		assert.equal(busy.description, "busy, 2 in flight · OpenAI · api.example.com");
		assert.notEqual(busy.icon, working.icon);
	});

	it("counts down while it cools, with the reason in words", () => {
		assert.match(accountItem(relay(), resting()).description, /^rate limited \(50 s\) · OpenAI/);
		assert.match(
			accountItem(relay(), resting({ reason: "failing", until: now + 61_000 })).description,
			/^failing \(2 min\) · /,
		);
		assert.match(accountItem(relay(), resting()).accessibilityLabel, /rate limited \(50 s\)$/);
		assert.equal(accountItem(relay(), resting()).contextValue, "relay cooling");
	});

	it("tells when a quota is back", () => {
		const item = accountItem(relay(), resting({ reason: "outOfQuota", until: now + 7_200_000 }));
		assert.match(item.description, /^out of quota until about 7200 · /);
	});

	it("says that its key was refused, and offers to enter it", () => {
		const item = accountItem(relay(), resting({ reason: "keyRefused", until: null }));
		assert.match(item.description, /^key refused · /);
		assert.equal(item.contextValue, "relay keyRefused");
	});

	it("is itself again at the moment its cooldown ends, before anybody says so", () => {
		const item = accountItem(relay(), { ...resting(), now: now + 42_000 });
		assert.equal(item.contextValue, "relay");
		assert.equal(item.icon, "pass-filled");
	});

	it("says that it is being tried again", () => {
		assert.match(accountItem(relay(), facts({ live: live({ probing: true }) })).description, /^being tried again · /);
	});

	it("names a model that rests where there is nothing else to say, and counts several", () => {
		const words = (known: Parameters<typeof live>[0]) => accountItem(relay(), facts({ live: live(known) })).description;
		assert.match(words(ofModels("gpt-5")), /^gpt-5: rate limited \(50 s\) · /);
		assert.match(words(ofModels("gpt-5", "o3")), /^2 models cooling · /);
		assert.match(words({ ...ofModels("gpt-5"), inFlight: 1 }), /^1 in flight · /);
		assert.equal(accountItem(relay(), facts({ live: ofModels("gpt-5") })).contextValue, "relay cooling");
	});

	it("looks different for each state, not by colour alone", () => {
		const rests = (["keyRefused", "outOfQuota", "rateLimited", "failing"] as const).map((reason) =>
			resting({ reason, until: reason === "keyRefused" ? null : now + 1 }),
		);
		const states = [
			...[facts(), facts({ hasKey: false, live: null }), facts({ proxy: { kind: "off" }, live: null }), ...rests],
			...[live({ probing: true }), live({ inFlight: 1 }), ofModels("m")].map((known) => facts({ live: known })),
			facts({ activity: { lastUsed: 1, lastError: { at: 1, status: null, text: "" } } }),
		];
		const icons = [
			...states.map((known) => accountItem(relay(), known).icon),
			accountItem(relay({ enabled: false }), facts()).icon,
			accountItem(relay({ maxConcurrent: 1 }), facts({ live: live({ inFlight: 1 }) })).icon,
		];
		assert.equal(new Set(icons).size, icons.length, icons.join(" "));
	});

	it("has something to clear while it or one of its models rests", () => {
		assert.equal(canBeCleared(facts()), false);
		assert.equal(canBeCleared(facts({ live: null })), false);
		assert.equal(canBeCleared(resting()), true);
		assert.equal(canBeCleared(resting({ reason: "keyRefused", until: null })), true);
		assert.equal(canBeCleared(facts({ live: ofModels("m") })), true);
		assert.equal(canBeCleared(resting({ until: now })), false);
	});
});

describe("the time after which an account looks different", () => {
	const changesIn = (known: Parameters<typeof facts>[0]) => stateChangesIn(relay(), facts(known));

	it("is none while nothing counts down", () => {
		assert.equal(changesIn({ live: null }), null);
		assert.equal(changesIn({}), null);
		assert.equal(changesIn({ live: live({ inFlight: 3, probing: true }) }), null);
		assert.equal(changesIn({ live: live({ rest: rest({ reason: "keyRefused", until: null }) }) }), null);
	});

	it("is ten seconds at most below a minute, and longer above", () => {
		assert.equal(changesIn({ live: live({ rest: rest({ until: now + 41_300 }) }) }), 1_300);
		assert.equal(changesIn({ live: live({ rest: rest({ until: now + 40_000 }) }) }), 10_000);
		assert.equal(changesIn({ live: live({ rest: rest({ until: now + 150_000 }) }) }), 30_000);
	});

	it("is the end itself where a moment is shown", () => {
		const out = rest({ reason: "outOfQuota", until: now + 3_600_000 });
		assert.equal(changesIn({ live: live({ rest: out }) }), 3_600_000);
	});

	it("is the end of the first model that is back, also while something else is shown", () => {
		const modelRests = [modelRest("a", { until: now + 9_000 }), modelRest("b", { until: now + 5_000 })];
		assert.equal(changesIn({ live: live({ inFlight: 1, modelRests }) }), 5_000);
	});
});
