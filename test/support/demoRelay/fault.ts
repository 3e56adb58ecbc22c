import type { Answer } from "./answer.ts";
import type { Script } from "./script.ts";

/**
 * A stream as its script lets it end.
 * @param ending place of the first event that says how the reply ends.
 * @param failure the format's own events of an error within a stream.
 */
export function withFault(
	events: readonly string[],
	ending: number,
	{ fault }: Script,
	failure: (code: string) => readonly string[],
): readonly string[] {
	if (fault === null) return events;
	if (fault.kind === "halt") return events.slice(0, ending);
	return [...events.slice(0, Math.ceil(ending / 2)), ...failure(fault.code)];
}

/** A whole reply of which half is missing, where its script says so; the status stays good. */
export function halted(answer: Answer, { fault }: Script): Answer {
	if (fault?.kind !== "halt" || answer.kind !== "whole") return answer;
	return { ...answer, body: answer.body.slice(0, answer.body.length / 2) };
}

/** What goes wrong within a reply, in words that all formats know, and the status each would have had before it. */
export const failureStatuses: Readonly<Record<string, number>> = {
	overloaded: 529,
	rate: 429,
	server: 500,
	context: 400,
};
