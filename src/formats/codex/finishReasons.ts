import { isRecord } from "../modelList.ts";
import type { FinishReason, PartHead } from "../replyEvents.ts";

type Incompleteness = "max_output_tokens" | "content_filter";

const incompleteReasons: ReadonlyMap<string, FinishReason> = new Map(
	Object.entries<FinishReason>({
		max_output_tokens: "length",
		content_filter: "contentFilter",
	}),
);

/** What a reply comes to for a client. Those that are not here are complete. */
const ends: Readonly<Partial<Record<FinishReason, Incompleteness>>> = {
	length: "max_output_tokens",
	contextWindow: "max_output_tokens",
	contentFilter: "content_filter",
};

export interface ReadFinish {
	readonly reason: FinishReason;
	readonly detail?: string;
}

/** @param kinds of the parts that the reply has. */
export function readFinish(
	response: Readonly<Record<string, unknown>>,
	kinds: ReadonlySet<PartHead["kind"]>,
): ReadFinish {
	const { status, incomplete_details: details } = response;
	if (status === "incomplete") {
		const told = isRecord(details) ? details["reason"] : undefined;
		const detail = typeof told === "string" ? told : "incomplete";
		const reason = incompleteReasons.get(detail);
		return reason === undefined ? { reason: "other", detail } : { reason };
	}
	if (kinds.has("toolCall")) return { reason: "toolCalls" };
	return { reason: kinds.has("refusal") && !kinds.has("text") ? "refusal" : "stop" };
}

export type Ending =
	| { readonly status: "completed" }
	| { readonly status: "incomplete"; readonly reason: Incompleteness }
	| { readonly status: "failed"; readonly message: string };

/** What a client is told of a refusal of which the reply itself says nothing; null where there is nothing to say. */
export function refusalWords({ reason, detail }: ReadFinish, refused: boolean): string | null {
	return reason === "refusal" && !refused && detail !== undefined ? detail : null;
}

/** @param refused whether the reply says in a part of its own that it is a refusal. */
export function writeFinish({ reason, detail }: ReadFinish, refused: boolean): Ending {
	// Clients ask again at a reply that failed, which is what helps here.
	if (reason === "malformedCall") {
		return { status: "failed", message: detail ?? "The model wrote a tool call that cannot be read." };
	}
	const why = reason === "refusal" && !refused ? "content_filter" : ends[reason];
	return why === undefined ? { status: "completed" } : { status: "incomplete", reason: why };
}
