import assert from "node:assert/strict";
import { type Format, formats } from "../../../src/accounts/account.ts";
import { mainBucket, type Quota } from "../../../src/bridge/quota.ts";
import { presumedBucket } from "../../../src/bridge/quotaRules.ts";
import type { Taker } from "../../../src/pool/groups.ts";
import { servedNative, servedRelay } from "../../support/relayAccount.ts";
import { keyRefused, labelOf, outOfQuota, PoolUnderTest, rateLimited } from "./poolUnderTest.ts";

const everybody: readonly Taker[] = [...formats, "native"];

describe("ChatGPT accounts in the pool", () => {
	const asked = (format: Format, model = "gpt-5.6") => ({ format, takers: everybody, model });
	const chatGpt = (given: Parameters<typeof servedNative>[0] = {}, token?: string | null) =>
		servedNative({ label: "chatgpt", ...given }, token);

	describe("in the groups", () => {
		it("stand beside codex relays for a client that speaks codex, in the order of their priorities", () => {
			const test = new PoolUnderTest([
				servedRelay({ label: "relay", format: "codex", priority: 1 }),
				chatGpt({ priority: 2 }),
				servedNative({ label: "second", priority: 0 }),
			]);
			const order = [test.lease(asked("codex")), test.lease(asked("codex"), ["chatgpt"])].map(labelOf);
			assert.deepEqual(
				[...order, labelOf(test.lease(asked("codex"), ["chatgpt", "relay"]))],
				["chatgpt", "relay", "second"],
			);
		});

		for (const format of ["openai", "anthropic", "gemini"] as const) {
			it(`answer a client that speaks ${format} after the relays of its own format and before those of another`, () => {
				const other = format === "openai" ? "gemini" : "openai";
				const test = new PoolUnderTest(
					[servedRelay({ label: "other", format: other }), chatGpt(), servedRelay({ label: "own", format })],
					{ crossFormat: true },
				);
				const tried: string[] = [];
				for (let count = 0; count < 3; count += 1) tried.push(labelOf(test.lease(asked(format), tried)));
				assert.deepEqual(tried, ["own", "chatgpt", "other"]);
			});
		}

		it("answer as soon as the relay before them is deleted, and a codex relay takes nothing from an openai relay", () => {
			const own = servedRelay({ label: "own", format: "openai" });
			const test = new PoolUnderTest([servedRelay({ label: "codex", format: "codex", priority: -1 }), own, chatGpt()]);
			assert.equal(labelOf(test.lease(asked("openai"))), "own");
			test.configure(test.relays.filter((served) => served !== own));
			assert.equal(labelOf(test.lease(asked("openai"))), "chatgpt");
		});

		for (const format of formats) {
			const own = () => servedRelay({ label: "own", format });

			it(`answer a client that speaks ${format} before its own relays where a person has given them the higher priority`, () => {
				const test = new PoolUnderTest([own(), chatGpt({ priority: 1 })]);
				assert.equal(labelOf(test.lease(asked(format))), "chatgpt");
				assert.equal(labelOf(test.lease(asked(format), ["chatgpt"])), "own");
			});

			it(`take turns with the relays of a client that speaks ${format} where both have the same priority above 0`, () => {
				const relay = servedRelay({ label: "own", format, priority: 1 });
				const test = new PoolUnderTest([relay, chatGpt({ priority: 1 })]);
				const labels = [1, 2, 3, 4].map(() => test.answer(asked(format)));
				assert.deepEqual(labels.toSorted(), ["chatgpt", "chatgpt", "own", "own"]);
			});
		}

		it("are not asked for what a backend has not", () => {
			const test = new PoolUnderTest([chatGpt()]);
			test.refusal("noneServes", { format: "openai", takers: ["openai", "gemini"], model: "text-embedding-3" });
		});
	});

	describe("and their models", () => {
		it("are believed to have every model until their backend has listed its own", () => {
			const test = new PoolUnderTest([chatGpt()]);
			assert.equal(labelOf(test.lease(asked("codex", "new-model"))), "chatgpt");
			test.pool.noteModels("chatgpt", ["gpt-5.6"]);
			const { passedOver } = test.refusal("noneServes", asked("codex", "new-model"));
			assert.deepEqual(
				passedOver.map(({ why }) => why),
				["modelNotAllowed"],
			);
			assert.equal(labelOf(test.lease(asked("codex", "gpt-5.6"))), "chatgpt");
		});

		it("read effort and tier off a model's name, but never off a name that the backend lists", () => {
			const test = new PoolUnderTest([chatGpt()]);
			test.pool.noteModels("chatgpt", ["gpt-5.6", "gpt-odd-high"]);
			assert.deepEqual(test.lease(asked("codex", "gpt-5.6-high-fast")).model, {
				model: "gpt-5.6",
				effort: "high",
				tier: "priority",
			});
			assert.deepEqual(test.lease(asked("codex", "gpt-odd-high")).model, {
				model: "gpt-odd-high",
				effort: null,
				tier: null,
			});
		});

		it("rest for a model whichever effort its name asks for", () => {
			const test = new PoolUnderTest([chatGpt()]);
			test.fail({ kind: "modelUnknown", status: 400, detail: "" }, asked("codex", "gpt-5.6-high"));
			test.refusal("cooling", asked("codex", "gpt-5.6-low"));
			assert.equal(labelOf(test.lease(asked("codex", "gpt-5.7"))), "chatgpt");
		});
	});

	describe("and their tokens", () => {
		it("are well again with a new token where the old one was refused", () => {
			const test = new PoolUnderTest([chatGpt()]);
			test.fail(keyRefused(401), asked("codex"));
			test.refusal("noneServes", asked("codex"));
			test.configure([chatGpt({}, "renewed")]);
			assert.equal(labelOf(test.lease(asked("codex"))), "chatgpt");
		});

		it("are well again with a new token where a stream said that the old one is no good", () => {
			const test = new PoolUnderTest([chatGpt()]);
			test.fail({ kind: "keyRefused", status: null, detail: "token_revoked" }, asked("codex"));
			test.configure([chatGpt({}, "renewed")]);
			assert.equal(labelOf(test.lease(asked("codex"))), "chatgpt");
		});

		for (const status of [401, null]) {
			it(`are not refused by what is said of an older one (status ${status})`, () => {
				const test = new PoolUnderTest([chatGpt()]);
				const lease = test.lease(asked("codex"));
				test.configure([chatGpt({}, "renewed")]);
				lease.end({ kind: "failed", failure: { kind: "keyRefused", status, detail: "" } });
				assert.equal(test.live("chatgpt").rest, null);
				assert.equal(labelOf(test.lease(asked("codex"))), "chatgpt");
			});
		}

		it("change nothing about a ban that an older one has met", () => {
			const test = new PoolUnderTest([chatGpt()]);
			const lease = test.lease(asked("codex"));
			test.configure([chatGpt({}, "renewed")]);
			lease.end({ kind: "failed", failure: keyRefused(403) });
			assert.equal(test.live("chatgpt").rest?.reason, "keyRefused");
		});

		for (const [what, failure] of [
			["a plan that is used up", outOfQuota(600)],
			["a rate limit", rateLimited(600)],
			["a ban", keyRefused(403)],
		] as const) {
			it(`do not end ${what} by changing, as they do by themselves`, () => {
				const test = new PoolUnderTest([chatGpt()]);
				test.fail(failure, asked("codex"));
				test.configure([chatGpt({}, "renewed")]);
				assert.notEqual(test.live("chatgpt").rest, null);
				assert.equal(test.choose(asked("codex")).kind === "lease", false);
			});
		}

		it("are missing until somebody has signed in", () => {
			const test = new PoolUnderTest([chatGpt({}, null)]);
			const { passedOver } = test.refusal("noneServes", asked("codex"));
			assert.deepEqual(
				passedOver.map(({ why }) => why),
				["keyMissing"],
			);
		});
	});

	describe("and their plans", () => {
		const quota = (test: PoolUnderTest, bucket: string, usedPercent: number, seconds: number): Quota => ({
			at: test.clock.time,
			plan: "plus",
			buckets: [
				{
					id: bucket,
					name: null,
					primary: { usedPercent, minutes: 300, resetsAt: test.clock.time + seconds * 1000 },
					secondary: null,
					reached: null,
				},
			],
			credits: null,
		});
		const told = (given: Quota, model: string | null) => ({ quota: given, model, bucketOf: presumedBucket });

		it("fall over to a relay while a plan is used up, and back at its reset", () => {
			const test = new PoolUnderTest([chatGpt({ priority: 1 }), servedRelay({ label: "relay", format: "codex" })]);
			test.pool.noteQuota("chatgpt", told(quota(test, mainBucket, 100, 90), "gpt-5.6"));
			assert.equal(labelOf(test.lease({ ...asked("codex"), conversation: "talk" })), "relay");
			test.pass(91);
			assert.equal(labelOf(test.lease({ ...asked("codex"), conversation: "talk" })), "chatgpt");
		});

		it("keep the other models when one model's own bucket is used up", () => {
			const test = new PoolUnderTest([chatGpt()]);
			test.pool.noteQuota("chatgpt", told(quota(test, "codex_bengalfox", 100, 90), "gpt-5.6-codex-spark"));
			test.refusal("cooling", asked("codex", "gpt-5.6-codex-spark"));
			assert.equal(labelOf(test.lease(asked("codex"))), "chatgpt");
		});

		it("keep a model with a bucket of its own when the bucket of the others is used up, but for a missing payment", () => {
			const test = new PoolUnderTest([chatGpt()]);
			test.pool.noteQuota("chatgpt", told(quota(test, mainBucket, 100, 90), "gpt-5.6"));
			test.refusal("cooling", asked("codex"));
			assert.equal(labelOf(test.lease(asked("codex", "gpt-5.6-codex-spark"))), "chatgpt");
			const unpaid = new PoolUnderTest([chatGpt()]);
			unpaid.fail({ kind: "outOfQuota", status: 402, detail: "", seconds: null, modelOnly: false }, asked("codex"));
			unpaid.refusal("cooling", asked("codex", "gpt-5.6-codex-spark"));
		});

		it("show what is left", () => {
			const test = new PoolUnderTest([chatGpt()]);
			test.pool.noteQuota("chatgpt", told(quota(test, mainBucket, 62, 90), "gpt-5.6"));
			assert.equal(test.live("chatgpt").quota?.buckets[0]?.primary?.usedPercent, 62);
			assert.equal(test.live("chatgpt").rest, null);
		});

		it("are well again when the plan itself is asked after and has something left", () => {
			const test = new PoolUnderTest([chatGpt()]);
			test.fail(outOfQuota(90_000), asked("codex"));
			test.pool.noteQuota("chatgpt", told(quota(test, mainBucket, 10, 90), null));
			assert.equal(labelOf(test.lease(asked("codex"))), "chatgpt");
		});
	});
});
