import type { CacheControlEphemeral } from "@anthropic-ai/sdk/resources/messages";
import type { LossList } from "../losses.ts";
import { isRecord } from "../modelList.ts";

interface Markable {
	cache_control?: CacheControlEphemeral | null;
}
/** What a body is made of, in the order in which Anthropic puts it before the model. */
interface Prompt {
	readonly tools: readonly object[];
	readonly system: readonly object[];
	readonly messages: readonly { readonly content: string | readonly object[] }[];
}

/** Anthropic refuses more in one request. */
const mostMarks = 4;

/**
 * Keeps as many marks as Anthropic takes, the last ones: what they keep includes what the others would. Marks of an hour
 * must not come after those of five minutes.
 */
export function limitMarks(prompt: Prompt, losses: LossList): void {
	const marked = blocksOf(prompt).filter((block) => isRecord(block.cache_control));
	for (const block of marked.slice(0, -mostMarks)) delete block.cache_control;
	if (marked.length > mostMarks) losses.add("cacheMarks", `last ${mostMarks}`);
	let isShort = false;
	for (const { cache_control: mark } of marked.slice(-mostMarks)) {
		if (mark?.ttl !== "1h") isShort = true;
		else if (isShort) {
			mark.ttl = "5m";
			losses.add("cacheMarks", "5m");
		}
	}
}

/**
 * Marks the end of the system prompt and of the talk, for a client of a format that has no marks but says with a key that
 * its requests begin alike. @returns whether there was anything to mark, and no mark yet.
 */
export function markEnds({ tools, system, messages }: Prompt): boolean {
	const blocks = blocksOf({ tools, system, messages });
	if (blocks.some((block) => isRecord(block.cache_control))) return false;
	const { content = [] } = messages.at(-1) ?? {};
	const ends: readonly (Markable | undefined)[] = [
		system.at(-1) ?? tools.at(-1),
		typeof content === "string" ? undefined : content.at(-1),
	];
	for (const end of ends) if (end !== undefined) end.cache_control = { type: "ephemeral" };
	return ends.some((end) => end !== undefined);
}

function blocksOf({ tools, system, messages }: Prompt): readonly Markable[] {
	const contents = messages.flatMap(({ content }) => (typeof content === "string" ? [] : content));
	return [...tools, ...system, ...contents.flatMap((block) => [...resultsIn(block), block])];
}

/** The blocks inside the result of a tool. */
function resultsIn(block: object): readonly object[] {
	const content = "content" in block ? block.content : null;
	return Array.isArray(content) ? content.filter(isRecord) : [];
}
