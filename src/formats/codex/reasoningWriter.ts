import type { Reasoning as WireReasoning } from "openai/resources/shared";
import type { Effort, Reasoning } from "../conversation.ts";
import { effortOf, nearestEffort } from "../effort.ts";
import type { LossList } from "../losses.ts";

/**
 * Reasoning as it was asked for, within what the model takes; nothing where nothing was asked.
 * @param range null: the model does not reason.
 */
export function writeReasoning(
	reasoning: Reasoning | undefined,
	range: readonly [Effort, ...Effort[]] | null,
	notes: LossList,
): WireReasoning | undefined {
	const wanted = effortOf(reasoning);
	const shown = reasoning?.shown === "no" ? undefined : reasoning?.shown;
	if (range === null) {
		if (wanted !== null && wanted !== "none") notes.add("reasoning");
		if (shown !== undefined) notes.add("reasoningShown");
		return undefined;
	}
	const effort = wanted === null ? null : nearestEffort(wanted, range);
	if (effort !== null && (effort !== wanted || reasoning?.amount?.kind === "budget")) notes.add("reasoning", effort);
	if (effort === null && shown === undefined) return undefined;
	return { ...(effort === null ? {} : { effort }), ...(shown === undefined ? {} : { summary: shown }) };
}
