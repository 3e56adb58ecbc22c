import type { Usage } from "../bridge/protocol.ts";
import type { Problem } from "./problem.ts";
import type { EventSign } from "./upstreamError.ts";

/** What a format knows of its event streams. */
export interface StreamRules {
	/**
	 * What an event means.
	 * @param name of its `event:` line; empty where there is none.
	 * @param data its `data:` lines joined.
	 */
	readonly sign: (name: string, data: string) => EventSign;
	/** The error event, and whatever the format needs after it, as bytes of the stream; ends with an empty line. */
	readonly errorEvent: (problem: Problem) => string;
	/** The tokens an event tells, folded into what earlier events told; `known` itself where it tells none. */
	readonly usage: (data: string, known: Usage | null) => Usage | null;
}
