/** What an error of a relay says, in terms that all formats share. */
export interface UpstreamError {
	/** HTTP status that the body itself names or its code implies; null where it says nothing of the kind. */
	readonly status: number | null;
	/** Codes, types and reasons as they stand in the body, in lower case, the most telling first. */
	readonly codes: readonly string[];
	/** May be empty. */
	readonly message: string;
	/** Seconds until the relay wants to be asked again, where the body gives a time or a date. */
	readonly retryAfter: number | null;
	/** The limit is that of one model, by the body's own word. */
	readonly modelOnly: boolean;
}

/** What one event of a stream means for the client that waits. */
export type EventSign =
	/** Nothing a person could see yet: role, ids, pings, empty pieces. */
	| { readonly kind: "opening" }
	/** Text, reasoning, a tool call, a refusal. */
	| { readonly kind: "content" }
	/** The format's own good end; may carry content too. */
	| { readonly kind: "end" }
	/** The stream has failed. */
	| { readonly kind: "error"; readonly error: UpstreamError };
