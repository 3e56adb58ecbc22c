import type { Effort } from "../conversation.ts";

type Range = readonly [Effort, ...Effort[]];

/**
 * The efforts that models take, by their names; the first that fits counts. Null: the model does not reason, and refuses to be
 * asked to.
 */
const ranges: readonly (readonly [name: RegExp, range: Range | null])[] = [
	[/^(?:gpt-[34]|chatgpt-)/, null],
	[/^gpt-5(?:\.\d+)?-chat/, null],
	[/^gpt-5-pro/, ["high"]],
	[/^gpt-5\.\d+-pro/, ["medium", "high", "xhigh"]],
	[/^(?:gpt-5-codex|gpt-5\.1-codex(?!-max)|codex-mini)/, ["low", "medium", "high"]],
	[/^gpt-5\.[1-5]-codex/, ["low", "medium", "high", "xhigh"]],
	[/^gpt-5(?:-|$)/, ["minimal", "low", "medium", "high"]],
	[/^gpt-5\.1/, ["none", "low", "medium", "high"]],
	[/^gpt-5\.[2-5]/, ["none", "low", "medium", "high", "xhigh"]],
	[/^gpt-(?:5\.|[6-9])/, ["none", "low", "medium", "high", "xhigh", "max"]],
	[/^o\d/, ["low", "medium", "high"]],
];

/** What is not known by its name is taken to have what the backend itself lists. */
const unknown: Range = ["none", "minimal", "low", "medium", "high", "xhigh"];

/** @param model as the account calls it; a maker's name before it, as some relays have it, does not count. */
export function effortRange(model: string): Range | null {
	const bare = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
	const found = ranges.find(([name]) => name.test(bare));
	return found === undefined ? unknown : found[1];
}
