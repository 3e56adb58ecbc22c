import assert from "node:assert/strict";
import "./vscodeHook.ts";
import type { ProxyState } from "../../../src/bridge/protocol.ts";
import type { AccountsSummary } from "../../../src/vscode/accountsSummary.ts";
import { takenPortAfter } from "../../../src/vscode/takenPort.ts";
import { facts, live, native, nativeFacts, now, plainLocal, relay, rest } from "./fixtures.ts";

const { statusView: viewOf, tooltipCommands } = await import("../../../src/vscode/statusView.ts");
const { accountsSummary } = await import("../../../src/vscode/accountsSummary.ts");

const none: AccountsSummary = { total: 0, usable: 0, resting: [] };
const statusView = (state: ProxyState, accounts: AccountsSummary = none) => viewOf(state, accounts, plainLocal);

const states: readonly ProxyState[] = [
	{ kind: "off" },
	{ kind: "starting" },
	{ kind: "restarting", after: 500 },
	{ kind: "listening", port: 14680 },
	{ kind: "otherWindow", port: 14680, localKey: "ra-secret" },
	{ kind: "portTaken", port: 14680 },
	{ kind: "failed", message: "[x](command:y) broke" },
];

describe("status bar", () => {
	it("shows one icon and at most two short words", () => {
		for (const state of states) assert.match(statusView(state).text, /^\$\([\w~-]+\)( [\w]+){1,2}$/, state.kind);
	});

	it("shows the port while it is served, here or by another window", () => {
		assert.equal(statusView({ kind: "listening", port: 14680 }).text, "$(radio-tower) 14680");
		const other = statusView({ kind: "otherWindow", port: 14680, localKey: "ra-secret" });
		assert.equal(other.severity, "normal");
		assert.match(other.accessibilityLabel, /served by another window/);
	});

	it("warns of a taken port and of a failure, and of nothing else", () => {
		assert.deepEqual(
			states.filter((state) => statusView(state).severity !== "normal").map(({ kind }) => kind),
			["portTaken", "failed"],
		);
	});

	it("gives the base URL where clients are answered", () => {
		const given = states.filter((state) => statusView(state).tooltip.includes("`http://127.0.0.1:14680`"));
		assert.deepEqual(
			given.map(({ kind }) => kind),
			["listening", "otherWindow"],
		);
	});

	it("links to trusted commands alone, and never shows the key", () => {
		for (const state of states) {
			const { tooltip, text, accessibilityLabel } = statusView(state);
			const linked = [...tooltip.matchAll(/\]\(command:([\w.]+)\)/g)].map(([, id]) => id ?? "");
			assert.ok(linked.length >= 5);
			for (const id of linked) assert.ok((tooltipCommands as readonly string[]).includes(id), id);
			assert.doesNotMatch(tooltip + text + accessibilityLabel, /ra-secret/);
		}
	});

	it("says in words what a click does", () => {
		assert.match(statusView({ kind: "off" }).accessibilityLabel, /turn the proxy on/);
		assert.match(statusView({ kind: "listening", port: 1 }).accessibilityLabel, /turn the proxy off/);
	});
});

describe("status bar, of the accounts", () => {
	const listening: ProxyState = { kind: "listening", port: 14680 };
	const resting = { label: "W*rk", rest: rest() };

	it("tells how many can answer, and names those that rest with the moment they are back", () => {
		const { tooltip, accessibilityLabel, severity } = statusView(listening, {
			total: 3,
			usable: 2,
			resting: [resting],
		});
		assert.match(tooltip, /can answer now\\: 2 of 3/);
		assert.match(tooltip, /^- W\\\*rk: rate limited until time 42$/m);
		assert.doesNotMatch(tooltip, /Disabled or without/);
		assert.match(accessibilityLabel, /2 of 3/);
		assert.equal(severity, "normal");
	});

	it("counts those that a person has kept from answering, as long as others can", () => {
		const shown = (usable: number) => statusView(listening, { total: 6, usable, resting: [resting] }).tooltip;
		assert.match(shown(3), /^- Disabled or without a key: 2$/m);
		assert.doesNotMatch(shown(0), /Disabled or without/);
	});

	it("says the same while the time runs, so that nothing flickers", () => {
		const known = facts({ live: live({ rest: rest() }) });
		const seen = [0, 10_000, 41_999].map((passed) =>
			statusView(
				listening,
				accountsSummary([relay()], () => ({ ...known, now: now + passed })),
			),
		);
		assert.deepEqual(seen, [seen[0], seen[0], seen[0]]);
	});

	it("warns in a short word when none can answer", () => {
		const { text, severity, tooltip } = statusView(listening, { total: 2, usable: 0, resting: [resting, resting] });
		assert.equal(text, "$(warning) None usable");
		assert.equal(severity, "warning");
		assert.match(tooltip, /No account can answer now/);
		assert.match(tooltip, /`http:\/\/127\.0\.0\.1:14680`/);
	});

	it("warns of nothing while there is no account, or while nothing is served", () => {
		assert.equal(statusView(listening).severity, "normal");
		for (const state of states.filter(({ kind }) => !["listening", "otherWindow"].includes(kind))) {
			assert.deepEqual(statusView(state, { total: 2, usable: 0, resting: [] }), statusView(state));
		}
	});

	it("names six that rest and counts the others", () => {
		const { tooltip } = statusView(listening, {
			total: 9,
			usable: 1,
			resting: Array.from({ length: 8 }, () => resting),
		});
		assert.equal(tooltip.match(/^- W/gm)?.length, 6);
		assert.match(tooltip, /and 2 more/);
	});
});

describe("the sum of the accounts", () => {
	const accounts = (count: number) => Array.from({ length: count }, (_, index) => relay({ id: `r${index}` }));
	const sum = (known: readonly (readonly [Parameters<typeof relay>[0], Parameters<typeof live>[0]])[]) => {
		const all = accounts(known.length).map((account, index) => ({ ...account, ...known[index]?.[0] }));
		return accountsSummary(all, ({ id }) => facts({ live: live(known[Number(id.slice(1))]?.[1] ?? {}) }));
	};

	it("counts as usable what answers now, or as soon as it has a hand free", () => {
		const { total, usable } = sum([
			...([
				[{}, {}],
				[{ maxConcurrent: 1 }, { inFlight: 1 }],
				[{}, { probing: true }],
			] as const),
			...([
				[{}, { rest: rest() }],
				[{ enabled: false }, {}],
				[{}, { hasKey: false }],
			] as const),
		]);
		assert.equal(total, 6);
		assert.equal(usable, 3);
	});

	it("names those that rest, and not those whose rest is over", () => {
		const { resting } = sum([
			[{ label: "A" }, { rest: rest() }],
			[{ label: "B" }, { rest: rest({ until: now }) }],
		]);
		assert.deepEqual(resting, [{ label: "A", rest: rest() }]);
	});

	it("leaves out what the window that serves has not told of yet: its keys need not be this window's", () => {
		const untold = facts({ live: null, hasKey: false, proxy: { kind: "otherWindow", port: 14680, localKey: "k" } });
		assert.deepEqual(
			accountsSummary(accounts(2), () => untold),
			{ total: 0, usable: 0, resting: [] },
		);
	});

	it("counts ChatGPT accounts by their logins", () => {
		const all = [native({ id: "n1" }), native({ id: "n2" })];
		const sum = accountsSummary(all, ({ id }) => nativeFacts(id === "n1" ? "good" : "signedOut"));
		assert.deepEqual(sum, { total: 2, usable: 1, resting: [] });
	});
});

describe("a port that another program holds", () => {
	const taken: ProxyState = { kind: "portTaken", port: 14680 };

	it("is one occurrence as long as only restarts and new tries lie in between", () => {
		let known = takenPortAfter(null, taken);
		assert.equal(known, 14680);
		known = takenPortAfter(known, { kind: "restarting", after: 100 });
		known = takenPortAfter(known, { kind: "starting" });
		assert.equal(known, 14680);
	});

	it("is over when the proxy listens, another window serves, or it is turned off", () => {
		for (const state of states.filter(({ kind }) => ["listening", "otherWindow", "off", "failed"].includes(kind))) {
			assert.equal(takenPortAfter(14680, state), null);
		}
	});

	it("is another one for another port", () => {
		assert.equal(takenPortAfter(14680, { kind: "portTaken", port: 14681 }), 14681);
	});
});
