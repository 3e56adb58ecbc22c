import assert from "node:assert/strict";
import type { AccountLive, ModelRest, PassedOver, Rest } from "../../../src/bridge/accountLive.ts";
import type { Problem } from "../../../src/formats/problem.ts";
import { type Known, nobodyProblem, type Refused } from "../../../src/proxy/nobody.ts";

const now = Date.parse("2026-03-01T12:00:00Z");

function over(label: string, why: PassedOver["why"], seconds: number | null = null): PassedOver {
	return { id: label.toLowerCase(), label, why, until: seconds === null ? null : now + seconds * 1000 };
}

function rest(reason: Rest["reason"], detail = ""): Rest {
	return { reason, until: null, status: null, detail };
}

function live(label: string, rest: Rest | null, modelRests: readonly ModelRest[] = []): AccountLive {
	const id = label.toLowerCase();
	return {
		id,
		hasKey: true,
		inFlight: 0,
		rest,
		modelRests,
		probing: false,
		lastChoice: null,
		models: null,
		quota: null,
	};
}

function problemOf(choice: Refused, known: Partial<Known> = {}, named: string | null = null, model = "m"): Problem {
	return nobodyProblem(
		choice,
		{ format: "gemini", model, named },
		{ models: [], live: [], now, isNative: () => false, ...known },
	);
}

const lacksIt: ModelRest = { ...rest("modelUnknown"), model: "m" };

describe("when nobody answers", () => {
	it("says how to add an account where there is none", () => {
		const problem = problemOf({ kind: "noAccount" });
		assert.deepEqual([problem.kind, problem.retryAfter], ["unavailable", undefined]);
		assert.match(problem.message, /Add Relay Account/);
	});

	it("says that no account speaks the format", () => {
		for (const passedOver of [[], [over("A", "otherFormat")]]) {
			const problem = problemOf({ kind: "noneServes", passedOver });
			assert.equal(problem.kind, "modelNotFound");
			assert.match(problem.message, /^No account speaks the Gemini format\./);
		}
	});

	it("names the accounts that would answer but for what a person has to do", () => {
		const passedOver = [
			over("A", "disabled"),
			over("B", "keyMissing"),
			over("C", "modelNotAllowed"),
			over("D", "resting"),
			over("E", "otherFormat"),
		];
		const problem = problemOf(
			{ kind: "noneServes", passedOver },
			{ live: [live("D", rest("keyRefused", "Incorrect API key."))] },
		);
		assert.equal(problem.kind, "unavailable");
		assert.equal(
			problem.message,
			"No account can answer for the model “m” now: “A” is disabled, “B” has no key in this VS Code window, " +
				"“D” has a key that the relay refuses (Incorrect API key).",
		);
	});

	it("lists near names of a model that nobody has", () => {
		const problem = nobodyProblem(
			{ kind: "noneServes", passedOver: [over("A", "modelNotAllowed"), over("B", "modelNotAllowed")] },
			{ format: "openai", model: "gpt5-mini", named: null },
			{ models: ["gpt-5", "gpt-5-mini", "unrelated"], live: [], now, isNative: () => false },
		);
		assert.equal(problem.kind, "modelNotFound");
		assert.equal(
			problem.message,
			"No account has the model “gpt5-mini”; it is not among the allowed models of “A”, “B”. " +
				"Near names: gpt-5-mini, gpt-5.",
		);
	});

	it("says who rests, why, and for how long, with the time to come back", () => {
		const limited: ModelRest = { ...rest("rateLimited"), model: "m" };
		const choice: Refused = {
			kind: "cooling",
			until: now + 41_200,
			passedOver: [
				over("A", "resting", 41.2),
				over("B", "resting", 3 * 3600),
				over("C", "modelResting", 600),
				over("D", "resting", 300),
				over("E", "disabled"),
				over("F", "modelNotAllowed"),
			],
		};
		const problem = problemOf(choice, {
			live: [
				live("A", rest("rateLimited", "Slow down.")),
				live("B", rest("outOfQuota", "z".repeat(300))),
				live("C", null, [limited]),
				live("D", rest("failing")),
			],
		});
		assert.deepEqual([problem.kind, problem.retryAfter], ["rateLimited", 42]);
		assert.equal(
			problem.message,
			"No account can answer for the model “m” for another 42 seconds: " +
				"“A” is at its rate limit for another 42 seconds (Slow down), " +
				`“B” is out of quota for another 3 hours (${"z".repeat(120)}…), ` +
				"“C” is at its rate limit for that model for another 10 minutes, " +
				"“D” keeps failing and rests for another 5 minutes, “E” is disabled.",
		);
	});

	it("asks nobody to come back in no time at all", () => {
		const choice: Refused = { kind: "cooling", until: now - 50, passedOver: [over("A", "resting", -0.05)] };
		assert.equal(problemOf(choice).retryAfter, 1);
	});

	it("takes a model that every relay disowns for one that nobody has, not for a wait", () => {
		const choice: Refused = {
			kind: "cooling",
			until: now + 600_000,
			passedOver: [over("A", "modelResting", 600), over("B", "modelResting", 700), over("C", "modelNotAllowed")],
		};
		const problem = problemOf(choice, {
			live: [live("A", null, [lacksIt]), live("B", null, [lacksIt])],
			models: ["m"],
		});
		assert.deepEqual([problem.kind, problem.retryAfter], ["modelNotFound", undefined]);
		assert.equal(
			problem.message,
			"No account has the model “m”; “A”, “B” do not know it, and it is not among the allowed models of “C”.",
		);
		const withKeyless: Refused = { ...choice, passedOver: [...choice.passedOver, over("D", "keyMissing")] };
		assert.equal(
			problemOf(withKeyless, { live: [live("A", null, [lacksIt]), live("B", null, [lacksIt])] }).kind,
			"unavailable",
		);
	});

	it("knows what a ChatGPT account lacks whichever effort the model's name asks for", () => {
		const passedOver = [over("A", "modelResting", 600)];
		const known = { live: [live("A", null, [lacksIt])], isNative: () => true };
		const problem = problemOf({ kind: "cooling", until: now + 600_000, passedOver }, known, null, "m-high-fast");
		assert.deepEqual([problem.kind, problem.retryAfter], ["modelNotFound", undefined]);
		assert.equal(problem.message, "No account has the model “m-high-fast”; “A” does not know it.");
	});

	it("does not say that a person has left out what a ChatGPT account has not", () => {
		const choice: Refused = { kind: "noneServes", passedOver: [over("A", "modelNotAllowed")] };
		const known = { isNative: () => true };
		assert.equal(problemOf(choice, known).message, "No account has the model “m”; “A” does not know it.");
		assert.equal(problemOf(choice, known, "a").message, "The account “A” does not know the model “m”.");
	});

	it("says that all are busy, and when to try again", () => {
		const problem = problemOf({
			kind: "busy",
			passedOver: [over("A", "busy"), over("B", "probing"), over("C", "tried")],
		});
		assert.equal(problem.kind, "unavailable");
		assert.ok(problem.retryAfter && problem.retryAfter > 0);
		assert.equal(
			problem.message,
			"No account can answer for the model “m” now: “A” has as many requests as it may have, " +
				"“B” is being tried again, “C” has failed just now.",
		);
	});

	it("has words for a request that has tried all", () => {
		const problem = problemOf({ kind: "exhausted", passedOver: [over("A", "tried")] });
		assert.equal(problem.kind, "upstreamFailed");
		assert.match(problem.message, /“m” was called/);
	});

	it("names no more accounts than a person reads", () => {
		const passedOver = Array.from({ length: 40 }, (_, index) => over(`Relay ${index}`, "disabled"));
		const { message } = problemOf({ kind: "noneServes", passedOver });
		assert.match(message, /“Relay 5” is disabled and 34 more\.$/);
	});

	describe("for the one account that a request names", () => {
		const others = [over("B", "otherNamed"), over("C", "otherNamed")];
		const cases: readonly [why: PassedOver["why"], kind: Problem["kind"], message: string][] = [
			["disabled", "unavailable", "The account “A” cannot answer for the model “m” now: it is disabled."],
			[
				"keyMissing",
				"unavailable",
				"The account “A” cannot answer for the model “m” now: it has no key in this VS Code window.",
			],
			["modelNotAllowed", "modelNotFound", "The account “A” does not allow the model “m”."],
			["otherFormat", "modelNotFound", "The account “A” does not speak the Gemini format."],
		];
		for (const [why, kind, message] of cases) {
			it(`says so when it is passed over as ${why}`, () => {
				const problem = problemOf({ kind: "noneServes", passedOver: [over("A", why), ...others] }, {}, "a");
				assert.deepEqual([problem.kind, problem.message], [kind, message]);
			});
		}

		it("says how long it rests", () => {
			const choice: Refused = { kind: "cooling", until: now + 1000, passedOver: [over("A", "resting", 1), ...others] };
			assert.equal(
				problemOf(choice, { live: [live("A", rest("rateLimited"))] }, "a").message,
				"The account “A” cannot answer for the model “m” for another 1 second: it is at its rate limit for another 1 second.",
			);
		});

		it("says that it does not know the model", () => {
			const choice: Refused = {
				kind: "cooling",
				until: now + 1000,
				passedOver: [over("A", "modelResting", 1), ...others],
			};
			assert.equal(
				problemOf(choice, { live: [live("A", null, [lacksIt])] }, "a").message,
				"The account “A” does not know the model “m”.",
			);
		});
	});
});
