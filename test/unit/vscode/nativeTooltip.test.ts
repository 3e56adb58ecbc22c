import assert from "node:assert/strict";
import "./vscodeHook.ts";
import { noCounts } from "../../../src/accounts/usageTable.ts";
import type { Quota } from "../../../src/bridge/quota.ts";
import { live, native, nativeFacts, now, quota, rest } from "./fixtures.ts";

const { accountTooltip } = await import("../../../src/vscode/accountTooltip.ts");

const nothing = { total: noCounts, models: [] };

/** Without the escapes that keep foreign text from being markup. */
function tooltipOf(known: Parameters<typeof nativeFacts>, changes: Parameters<typeof native>[0] = {}): string {
	const tooltip = accountTooltip(native({ planType: "plus", ...changes }), nativeFacts(...known), {
		today: nothing,
		month: nothing,
	});
	return tooltip.replaceAll(/\\(?=[!-/:-@[-`{-~])/g, "");
}

describe("a ChatGPT account's tooltip", () => {
	it("gives the plan, the email, the models and the priority, and nothing of relays", () => {
		const models = ["gpt-5.6", "gpt-5.6-mini"];
		const tooltip = tooltipOf(["good", { live: live({ models }) }], { priority: 2 });
		for (const line of ["Plan: Plus", "Email: home@example.com", "Models: 2", "Priority: 2"]) {
			assert.match(tooltip, new RegExp(`^- ${line}$`, "m"));
		}
		assert.match(tooltip, /^- 30 days: no requests$/m);
		assert.doesNotMatch(tooltip, /Format|URL called|Authentication/);
		assert.match(tooltipOf(["good"]), /^- Models: not known yet$/m);
	});

	it("shows each span with a bar, its words and its reset, and how old the figures are", () => {
		const tooltip = tooltipOf(["good", { quota: quota(38, 100) }]);
		assert.match(tooltip, /^- ██████░░░░ 5 h 62 % left, full again time 3600$/m);
		assert.match(tooltip, /^- ░░░░░░░░░░ week 0 % left, full again time 86400$/m);
		assert.match(tooltip, /^- Figures of: time -60$/m);
	});

	it("names the buckets that single models have", () => {
		const main = quota(38, 12);
		const spark = quota(90, 0, { id: "codex_bengalfox", name: "Spark", secondary: null });
		const both: Quota = { ...main, buckets: [...main.buckets, ...spark.buckets] };
		assert.match(tooltipOf(["good", { quota: both }]), /^- █░░░░░░░░░ Spark: 5 h 10 % left, /m);
	});

	it("tells of credits: none, how many, or without end", () => {
		const withCredits = (credits: Quota["credits"]) => tooltipOf(["good", { quota: { ...quota(0, 0), credits } }]);
		assert.match(withCredits({ has: false, unlimited: false, balance: "0" }), /^- Credits: none$/m);
		assert.match(withCredits({ has: true, unlimited: false, balance: "12.50" }), /^- Credits: 12\.50$/m);
		assert.match(withCredits({ has: true, unlimited: true, balance: null }), /^- Credits: unlimited$/m);
		assert.doesNotMatch(withCredits(null), /Credits/);
	});

	it("says that nothing is known of the plan yet", () => {
		assert.match(tooltipOf(["good"]), /What is left of the plan is not known yet/);
	});

	it("says that ChatGPT calls it used up where its figures do not", () => {
		assert.match(tooltipOf(["good", { quota: quota(60, 12, { reached: true }) }]), /used up, says ChatGPT/);
	});

	it("says how its login stands and why, never with a token", () => {
		assert.match(tooltipOf(["good"]), /^- Login: good, renewed by itself$/m);
		const spent = {
			kind: "signInAgain",
			why: { kind: "spent", code: "refresh_token_reused", description: "" },
		} as const;
		assert.match(
			tooltipOf([spent]),
			/^- Login: sign in again\. The login was signed out or used elsewhere.+refresh_token_reused/m,
		);
		const reasons = ["refusedWhileFresh", "copyOutdated", "noRefreshToken", "otherServer", "otherPerson"] as const;
		const words = reasons.map((why) => tooltipOf([{ kind: "signInAgain", why }]));
		assert.equal(new Set(words).size, reasons.length);
		assert.match(tooltipOf(["waiting"]), /^- Login: could not be renewed, tried again time 60\. /m);
		const login = { state: { kind: "good" }, lasts: true, renewedAt: now - 5_000 } as const;
		assert.match(tooltipOf(["good", { login }]), /^- Renewed: time -5$/m);
	});

	it("says what brings a refused login back", () => {
		const refused = live({ rest: rest({ reason: "keyRefused", until: null, status: 401 }) });
		const tooltip = tooltipOf(["good", { live: refused }]);
		assert.match(tooltip, /^\*\*Home\*\* — login refused/);
		assert.match(tooltip, /Not called again until the login is renewed/);
	});

	it("leaves no markup of what the backend or the auth server says", () => {
		const hostile = "<b>[x](command:y)`*";
		const why = { kind: "denied", code: hostile, description: hostile } as const;
		const told: Quota = {
			...quota(38, 12, { id: hostile, name: hostile }),
			plan: hostile,
			credits: { has: true, unlimited: false, balance: hostile },
		};
		const tooltip = accountTooltip(
			native({ label: hostile, email: hostile, planType: hostile }),
			nativeFacts({ kind: "signInAgain", why }, { quota: told }),
			{ today: nothing, month: nothing },
		);
		assert.doesNotMatch(tooltip, /\]\(/);
		assert.doesNotMatch(tooltip, /(?<!\\)[<[`]/);
	});
});
