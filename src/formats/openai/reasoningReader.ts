import type { Effort, Reasoning } from "../conversation.ts";
import { efforts } from "../effort.ts";
import type { Fields } from "../fields.ts";
import { given } from "../given.ts";

type Amount = NonNullable<Reasoning["amount"]>;

const off: Amount = { kind: "effort", effort: "none" };

/**
 * `reasoning_effort`, and the fields with which clients ask relays for the same: OpenRouter's `reasoning`, `thinking` of DeepSeek
 * and Zhipu, `enable_thinking` and `thinking_budget` of DashScope. Who asks for reasoning sees it: clients that know
 * `reasoning_content` show it, others leave it alone.
 */
export function readReasoning(fields: Fields): Reasoning | undefined {
	const effort = readEffort(fields, "reasoning_effort");
	const routed = fields.inside("reasoning", openRouter) ?? {};
	const thinking = fields.inside("thinking", readThinking);
	const dashScope = readDashScope(fields);
	const amount = effort ?? routed.amount ?? thinking ?? dashScope;
	const shown = routed.shown ?? (amount === undefined || isOff(amount) ? undefined : "auto");
	const reasoning = given({ amount, shown });
	return Object.keys(reasoning).length === 0 ? undefined : reasoning;
}

function isOff(amount: Amount): boolean {
	return amount.kind === "effort" ? amount.effort === "none" : amount.kind === "budget" && amount.tokens <= 0;
}

/** Groq and others call the model's own measure by a word. */
function readEffort(fields: Fields, name: string): Amount | undefined {
	const word = fields.oneOf<Effort | "default" | "auto">(name, [...efforts, "default", "auto"]);
	if (word === undefined || word === "default" || word === "auto") return undefined;
	return { kind: "effort", effort: word };
}

function openRouter(reasoning: Fields): Reasoning {
	const effort = readEffort(reasoning, "effort");
	const tokens = reasoning.number("max_tokens");
	const enabled = reasoning.boolean("enabled");
	const budget: Amount | undefined = tokens === undefined ? undefined : { kind: "budget", tokens };
	const bare: Amount | undefined = enabled === undefined ? undefined : enabled ? { kind: "adaptive" } : off;
	const summary = reasoning.oneOf("summary", ["auto", "concise", "detailed"]);
	const shown: Reasoning["shown"] | undefined = reasoning.boolean("exclude") === true ? "no" : summary;
	return given({ amount: effort ?? budget ?? bare, shown });
}

function readThinking(thinking: Fields): Amount | undefined {
	const type = thinking.oneOf("type", ["enabled", "disabled", "adaptive", "auto"]);
	const tokens = thinking.number("budget_tokens");
	if (type === "disabled") return off;
	if (tokens !== undefined) return { kind: "budget", tokens };
	return type === undefined ? undefined : { kind: "adaptive" };
}

function readDashScope(fields: Fields): Amount | undefined {
	const enabled = fields.boolean("enable_thinking");
	const tokens = fields.number("thinking_budget");
	if (enabled === false) return off;
	if (tokens !== undefined) return { kind: "budget", tokens };
	return enabled === undefined ? undefined : { kind: "adaptive" };
}
