import assert from "node:assert/strict";
import "./vscodeHook.ts";
import { noCounts } from "../../../src/accounts/usageTable.ts";
import type { PassedOver } from "../../../src/bridge/accountLive.ts";
import type { AccountUsage } from "../../../src/vscode/tooltipUsage.ts";
import { facts, live, modelRest, now, relay, rest } from "./fixtures.ts";

const { accountTooltip } = await import("../../../src/vscode/accountTooltip.ts");

const nothing = { total: noCounts, models: [] };
const unused: AccountUsage = { today: nothing, month: nothing };

/** Without the escapes that keep foreign text from being markup. */
function plain(tooltip: string): string {
	return tooltip.replaceAll(/\\(?=[!-/:-@[-`{-~])/g, "");
}

function tooltipOf(
	changes: Parameters<typeof relay>[0] = {},
	known: Parameters<typeof facts>[0] = {},
	usage: AccountUsage = unused,
): string {
	return accountTooltip(relay(changes), facts(known), usage);
}

describe("an account's tooltip", () => {
	it("gives the URL called, models, priority and authentication", () => {
		const tooltip = tooltipOf({
			...{ format: "gemini", baseUrl: "https://api.example.com/v1beta", allowedModels: ["gem-*"], priority: 3 },
		});
		assert.match(tooltip, /`https:\/\/api\.example\.com\/v1beta\/models\/\{model\}:generateContent`/);
		assert.match(tooltip, /Models: `gem-\*`/);
		assert.match(tooltip, /Priority: 3/);
		assert.match(tooltip, /Authentication: `x-goog-api-key`/);
		assert.match(tooltip, /not yet in this window/);
		assert.match(tooltip, /port 14680/);
	});

	it("names extra headers without their values", () => {
		const tooltip = tooltipOf({ headers: { "x-team": "blue" } });
		assert.match(tooltip, /Extra headers: `x-team`/);
		assert.doesNotMatch(tooltip, /blue/);
	});

	it("cuts a long list of models", () => {
		const allowedModels = Array.from({ length: 20 }, (_, index) => `model-${index}`);
		assert.match(tooltipOf({ allowedModels }), /`model-11` and 8 more/);
	});

	it("gives the last use and the last error in words", () => {
		const activity = { lastUsed: now + 7_000, lastError: { at: now + 7_000, status: 500, text: "overloaded" } };
		const tooltip = tooltipOf({}, { activity });
		assert.match(tooltip, /Last used: day 7/);
		assert.match(tooltip, /Last error: day 7: status 500\\, overloaded/);
	});

	it("tells of a limit and of a proxy where they are set, and never of the proxy's password", () => {
		assert.doesNotMatch(tooltipOf(), /Requests at once|Outbound proxy/);
		const tooltip = tooltipOf({ maxConcurrent: 4, outboundProxy: "http://me:secret@proxy.example:8080" });
		assert.match(tooltip, /Requests at once: 4/);
		assert.match(tooltip, /Outbound proxy: `http:\/\/proxy\.example:8080`/);
		assert.doesNotMatch(tooltip, /secret/);
		assert.match(tooltipOf({ outboundProxy: "direct" }), /Outbound proxy: none/);
	});

	it("says why it cools, until when, and in the relay's own words", () => {
		const cooling = rest({ reason: "failing", status: 503, detail: "try *later*" });
		const tooltip = plain(tooltipOf({}, { live: live({ rest: cooling }) }));
		assert.match(tooltip, /Cooling: failing until time 42, status 503, “try \*later\*”/);
	});

	it("says what brings a refused key back", () => {
		const refused = rest({ reason: "keyRefused", until: null, status: 401 });
		const tooltip = plain(tooltipOf({}, { live: live({ rest: refused }) }));
		assert.match(tooltip, /Cooling: key refused, status 401/);
		assert.match(tooltip, /Not called again until its key is entered/);
	});

	it("names the models that rest, and counts those that are too many", () => {
		const modelRests = Array.from({ length: 8 }, (_, index) => modelRest(`m${index}`));
		const tooltip = plain(tooltipOf({}, { live: live({ modelRests }) }));
		assert.match(tooltip, /`m5`: rate limited until time 42, status 429/);
		assert.doesNotMatch(tooltip, /`m6`/);
		assert.match(tooltip, /and 2 more/);
	});

	it("says that its key is missing here though another window serves it", () => {
		assert.match(tooltipOf({}, { hasKey: false }), /This window has no key/);
		assert.doesNotMatch(tooltipOf(), /This window has no key/);
	});

	it("sums up today and 30 days, and names the models most used", () => {
		const counts = (requests: number, input: number) => ({ ...noCounts, requests, input, output: 5 });
		const models = ["a", "b", "c", "d"].map((model, index) => ({ model, counts: counts(1, 40 - index) }));
		const total = { requests: 4, failures: 1, unknown: 2, input: 15_400, output: 20, cached: 7, reasoning: 3 };
		const tooltip = plain(tooltipOf({}, {}, { today: nothing, month: { total, models } }));
		assert.match(tooltip, /Today: no requests/);
		assert.match(
			tooltip,
			/30 days: requests 4, failed 1, tokens in 15\.4 thousand \(cached 7\), out 20 \(reasoning 3\), requests without token counts 2/,
		);
		assert.match(tooltip, /`c` \(30 days\): requests 1, tokens in 38, out 5/);
		assert.doesNotMatch(tooltip, /`d`/);
	});

	it("says nothing of tokens that nobody told", () => {
		const total = { ...noCounts, requests: 2, unknown: 2 };
		const tooltip = tooltipOf({}, {}, { today: { total, models: [] }, month: { total, models: [] } });
		assert.match(tooltip, /Today: requests 2, requests without token counts 2$/m);
	});

	it("explains the last choice: who was chosen, and why each of the others was passed over", () => {
		const reasons: readonly PassedOver["why"][] = [
			...(["disabled", "keyMissing", "modelNotAllowed", "resting", "modelResting", "probing", "busy"] as const),
			...(["otherFormat", "otherNamed", "tried"] as const),
		];
		const passedOver = reasons.map((why, index) => ({
			...{ id: `${index}`, label: `L${index}`, why, until: why === "resting" ? now + 30_000 : null },
		}));
		const lastChoice = { at: now, format: "openai", model: "gpt-5", chosen: "Back*up", passedOver } as const;
		const tooltip = plain(tooltipOf({}, { live: live({ lastChoice }) }));
		assert.match(tooltip, /Last choice: time 0: Back\*up for `gpt-5`/);
		assert.match(tooltip, /Passed over: L0 \(disabled\), L1 \(key missing\)/);
		assert.match(tooltip, /L3 \(cooling until time 30\)/);
		assert.match(tooltip, /^- Passed over \(other format\): L7$/m);
		assert.match(tooltip, /^- Passed over \(another account was named\): L8$/m);
		const words = [...tooltip.matchAll(/L\d \(([^)]*)\)/g)].map(([, why]) => why);
		assert.equal(new Set(words).size, reasons.length - 2);
	});

	it("names ten that were passed over for the same reason, and counts the others", () => {
		const why = "otherFormat";
		const passedOver = Array.from(
			{ length: 12 },
			(_, index) => ({ id: `${index}`, label: `L${index}`, why, until: null }) as const,
		);
		const lastChoice = { at: now, format: "openai", model: "gpt-5", chosen: "Work", passedOver } as const;
		const tooltip = plain(tooltipOf({}, { live: live({ lastChoice }) }));
		assert.match(tooltip, /: L0, .*, L9 and 2 more$/m);
		assert.doesNotMatch(tooltip, /Passed over:/);
	});

	it("says that nobody could be chosen", () => {
		const lastChoice = { at: now, format: "openai", model: "gpt-5", chosen: null, passedOver: [] } as const;
		assert.match(plain(tooltipOf({}, { live: live({ lastChoice }) })), /Last choice: time 0: nobody for `gpt-5`/);
	});

	it("keeps what it knows apart: how it stands, the last choice, its use, its settings", () => {
		const lastChoice = { at: now, format: "openai", model: "gpt-5", chosen: null, passedOver: [] } as const;
		const sections = tooltipOf({}, { live: live({ rest: rest(), lastChoice }) }).split("\n\n---\n\n");
		const places = [/^- Cooling: /m, /^- Last choice: /, /^- 30 days: /, /^- Format: /];
		assert.equal(sections.length, places.length);
		for (const [index, place] of places.entries()) assert.match(sections[index] ?? "", place);
	});

	it("leaves no markup of what an account or a relay says", () => {
		const hostile = "<b>[x](command:y)`*";
		const passedOver = [{ id: "2", label: hostile, why: "busy", until: null }] as const;
		const counts = { ...noCounts, requests: 1 };
		const models = [hostile, "b"].map((model) => ({ model, counts }));
		const tooltip = tooltipOf(
			{ label: hostile, allowedModels: [hostile], headers: { [hostile]: "1" }, outboundProxy: hostile },
			{
				activity: { lastUsed: 1, lastError: { at: 1, status: null, text: hostile } },
				live: live({
					rest: rest({ detail: hostile }),
					modelRests: [modelRest(hostile, { detail: hostile })],
					lastChoice: { at: now, format: "openai", model: hostile, chosen: hostile, passedOver },
				}),
			},
			{ today: { total: counts, models }, month: { total: counts, models } },
		);
		assert.doesNotMatch(tooltip, /\]\(/);
		assert.doesNotMatch(tooltip.replaceAll(/(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)/g, ""), /(?<!\\)[<[]/);
	});
});
