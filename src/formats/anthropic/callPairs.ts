import { fitCallId, UniqueIds } from "../callIds.ts";
import type { ToolCallPart, ToolResultPart, Turn } from "../conversation.ts";

interface Pair {
	/** On the wire; no two calls have the same, though clients use theirs again. */
	readonly id: string;
	/** Null where the client has left it out. */
	readonly result: ToolResultPart | null;
}

/** Calls of one id, in order. */
interface Waiting {
	readonly calls: ToolCallPart[];
	answered: number;
}

/** Which result belongs to which call: the next one after it that names it. */
export class CallPairs {
	readonly #pairs = new Map<ToolCallPart, Pair>();
	readonly #paired = new Set<ToolResultPart>();

	constructor(turns: readonly Turn[]) {
		const open = new Map<string, Waiting>();
		const ids = new UniqueIds();
		for (const turn of turns) {
			for (const part of turn.parts) {
				if (part.kind === "toolCall") {
					const id = fitCallId(part.id);
					this.#pairs.set(part, { id: ids.make(id, id.slice(0, 60)), result: null });
					const waiting = open.get(part.id) ?? { calls: [], answered: 0 };
					waiting.calls.push(part);
					open.set(part.id, waiting);
				} else if (part.kind === "toolResult") {
					const waiting = open.get(part.callId);
					if (waiting === undefined) continue;
					this.#answer(waiting.calls[waiting.answered], part);
					waiting.answered += 1;
				}
			}
		}
	}

	of(call: ToolCallPart): Pair {
		return this.#pairs.get(call) ?? { id: fitCallId(call.id), result: null };
	}

	isPaired(result: ToolResultPart): boolean {
		return this.#paired.has(result);
	}

	#answer(call: ToolCallPart | undefined, result: ToolResultPart): void {
		const pair = call === undefined ? undefined : this.#pairs.get(call);
		if (call === undefined || pair === undefined) return;
		this.#pairs.set(call, { ...pair, result });
		this.#paired.add(result);
	}
}
