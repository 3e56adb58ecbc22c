import type { ThinkingConfig } from "@google/genai";
import type { Effort, Reasoning } from "../conversation.ts";
import { budgetOf, effortOf, isEffort, nearestEffort } from "../effort.ts";
import type { Fields } from "../fields.ts";
import type { LossList } from "../losses.ts";
import type { Level, ThinkingScale } from "./modelFamily.ts";
import { numberIn } from "./numbers.ts";

type Written = Pick<ThinkingConfig, "thinkingBudget" | "includeThoughts"> & { readonly thinkingLevel?: Level };

const efforts = {
	MINIMAL: "minimal",
	LOW: "low",
	MEDIUM: "medium",
	HIGH: "high",
	XHIGH: "xhigh",
} as const satisfies Readonly<Record<Level, Effort>>;
const all: readonly [Level, ...Level[]] = ["MINIMAL", "LOW", "MEDIUM", "HIGH"];

/** Reads `thinkingConfig`. A level says more than a budget beside it, which Google refuses. */
export function readThinking(fields: Fields): Reasoning {
	const level = levelIn(fields);
	const shown = fields.boolean("includeThoughts");
	const amount = level === undefined ? budgetIn(fields) : ({ kind: "effort", effort: level } as const);
	return {
		...(amount === undefined ? {} : { amount }),
		...(shown === undefined ? {} : { shown: shown ? "auto" : "no" }),
	};
}

/** @returns undefined where there is nothing to say. */
export function writeThinking(
	reasoning: Reasoning | undefined,
	scale: ThinkingScale,
	losses: LossList,
): Written | undefined {
	const config = { ...amountOn(scale, reasoning, losses), ...shownOn(scale, reasoning?.shown, losses) };
	return Object.keys(config).length === 0 ? undefined : config;
}

function levelIn(fields: Fields): Effort | undefined {
	const told = fields.text("thinkingLevel")?.toLowerCase();
	if (told === undefined || told === "" || told === "thinking_level_unspecified") return undefined;
	return isEffort(told) ? told : fields.wrong("thinkingLevel", "“MINIMAL”, “LOW”, “MEDIUM” or “HIGH”");
}

function budgetIn(fields: Fields): Reasoning["amount"] {
	const tokens = numberIn(fields, "thinkingBudget");
	if (tokens === undefined) return undefined;
	return tokens < 0 ? { kind: "adaptive" } : { kind: "budget", tokens };
}

function amountOn(scale: ThinkingScale, reasoning: Reasoning | undefined, losses: LossList): Written {
	const amount = reasoning?.amount;
	if (amount === undefined) return {};
	switch (scale.kind) {
		case "none":
			if (effortOf(reasoning) !== "none") losses.add("reasoning");
			return {};
		case "budget":
			if (amount.kind === "adaptive") return { thinkingBudget: -1 };
			return budgetOn(scale, budgetOf(reasoning) ?? 0, amount.kind === "budget", losses);
		case "level":
			// These models find their own amount where nothing is said.
			return amount.kind === "adaptive" ? {} : levelOn(scale.levels, reasoning, amount.kind === "effort", losses);
		case "either":
			if (amount.kind === "adaptive") return { thinkingBudget: -1 };
			if (amount.kind === "budget") return { thinkingBudget: amount.tokens };
			return amount.effort === "none" ? { thinkingBudget: 0 } : levelOn(all, reasoning, true, losses);
	}
}

function budgetOn(
	{ least, most, off }: Extract<ThinkingScale, { kind: "budget" }>,
	wanted: number,
	isExact: boolean,
	losses: LossList,
): Written {
	const tokens = wanted <= 0 && off ? 0 : Math.min(Math.max(wanted, least), most);
	if (tokens !== wanted || (!isExact && wanted > 0)) losses.add("reasoning", `thinkingBudget ${tokens}`);
	return { thinkingBudget: tokens };
}

/** @param isNamed whether an effort was asked for, and no count of tokens. */
function levelOn(
	levels: readonly [Level, ...Level[]],
	reasoning: Reasoning | undefined,
	isNamed: boolean,
	losses: LossList,
): Written {
	const wanted = effortOf(reasoning) ?? "high";
	const [first, ...rest] = levels;
	const nearest = nearestEffort(wanted, [efforts[first], ...rest.map((level) => efforts[level])]);
	const level = levels.find((offered) => efforts[offered] === nearest) ?? first;
	if (!isNamed || nearest !== wanted) losses.add("reasoning", `thinkingLevel ${level}`);
	return { thinkingLevel: level };
}

function shownOn(scale: ThinkingScale, shown: Reasoning["shown"], losses: LossList): Written {
	if (shown === undefined) return {};
	if (scale.kind === "none") {
		if (shown !== "no") losses.add("reasoningShown");
		return {};
	}
	if (shown === "concise" || shown === "detailed") losses.add("reasoningShown", "includeThoughts");
	return { includeThoughts: shown !== "no" };
}
