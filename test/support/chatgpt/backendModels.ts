import type { Person } from "./people.ts";

/** The one model that has a bucket of its own. */
export const sparkModel = "gpt-5.6-codex-spark";

const everybodys = ["gpt-5.6", "gpt-5.6-mini"];
const paid = ["gpt-6.1-sol", ...everybodys, "gpt-5.1"];

const planModels: Readonly<Record<string, readonly string[]>> = {
	free: everybodys,
	plus: paid,
	team: [...paid, "gpt-6.1-team"],
	pro: [...paid, sparkModel],
};

/** What a person may ask for, best first. */
export function modelsOf({ models, plan }: Person): readonly string[] {
	return models ?? planModels[plan] ?? paid;
}

/** Answers under its name, and is for no picker. */
const hiddenModel = "codex-auto-review";

/** The list as the backend gives it. */
export function catalogueFor(somebody: Person): unknown {
	const models = [...modelsOf(somebody), hiddenModel].map((slug, index) => ({
		slug,
		display_name: slug,
		description: "Answers as the demo does.",
		default_reasoning_level: "medium",
		supported_reasoning_levels: ["low", "medium", "high", "xhigh"].map((effort) => ({ effort, description: effort })),
		shell_type: "shell_command",
		visibility: slug === hiddenModel ? "hide" : "list",
		supported_in_api: true,
		priority: index,
		availability_nux: null,
		upgrade: null,
		base_instructions: "Answer as the demo does.",
		supports_reasoning_summaries: true,
		support_verbosity: true,
		default_verbosity: "low",
		apply_patch_tool_type: "freeform",
		input_modalities: ["text", "image"],
		supports_parallel_tool_calls: true,
		context_window: 272_000,
		auto_compact_token_limit: null,
		truncation_policy: { mode: "tokens", limit: 10_000 },
		experimental_supported_tools: [],
	}));
	return { models };
}

export function mayAsk(somebody: Person, model: string): boolean {
	return model === hiddenModel || modelsOf(somebody).includes(model);
}
