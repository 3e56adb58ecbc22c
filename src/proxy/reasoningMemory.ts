import type { AssistantPart, Conversation, ReasoningPart, ToolCallPart, Turn } from "../formats/conversation.ts";
import { parseJson } from "../formats/probe.ts";
import type { GoodEvent } from "./replyTranslator.ts";

interface Remembered {
	/** Relays that count their calls anew in each reply use an id again: the call itself tells whose reasoning this is. */
	readonly call: string;
	readonly parts: readonly ReasoningPart[];
	/** Characters, about. */
	readonly size: number;
}

/** Characters of all that is remembered. */
const mostRemembered = 8 * 1024 * 1024;

/**
 * What an account has sealed before it called a tool, for clients whose format has no field for it: they send the call back
 * with its id, and without the reasoning the account would have to think anew, or would refuse its own signature's absence.
 * In memory only, the oldest forgotten first.
 */
export class ReasoningMemory {
	readonly #byCall = new Map<string, Remembered>();
	#size = 0;

	/** Listens to the events of one reply. */
	listener(): (event: GoodEvent) => void {
		let text: string | null = null;
		let parts: ReasoningPart[] = [];
		let call: { readonly id: string; readonly name: string; readonly pieces: string[] } | null = null;
		return (event) => {
			// Of several candidates a client goes on with one; which, nobody knows.
			if (!("candidate" in event) || event.candidate !== 0) return;
			if (event.kind === "open") {
				const { part } = event;
				text = part.kind === "reasoning" ? "" : null;
				if (part.kind === "toolCall" && parts.length > 0) call = { id: part.id, name: part.name, pieces: [] };
			} else if (event.kind === "delta") {
				if (text !== null) text += event.text;
				call?.pieces.push(event.text);
			} else if (event.kind === "close" && call !== null) {
				this.#remember(call.id, callText(call.name, call.pieces.join("")), parts);
				parts = [];
				call = null;
			} else if (event.kind === "close" && text !== null) {
				if (event.seal !== undefined) parts.push({ kind: "reasoning", text, seal: event.seal });
				text = null;
			}
		};
	}

	/** Puts the reasoning back before its calls, in turns that have none that its maker could read. */
	restored(conversation: Conversation): Conversation {
		if (this.#byCall.size === 0) return conversation;
		return { ...conversation, turns: conversation.turns.map((turn) => this.#restoredTurn(turn)) };
	}

	#restoredTurn(turn: Turn): Turn {
		if (turn.role !== "assistant" || turn.parts.some((part) => part.kind === "reasoning" && part.seal !== undefined)) {
			return turn;
		}
		const before = (part: AssistantPart) => (part.kind === "toolCall" ? this.#before(part) : undefined);
		if (!turn.parts.some((part) => before(part) !== undefined)) return turn;
		// Words without a seal are what the client was shown of the same.
		const parts = turn.parts
			.filter(({ kind }) => kind !== "reasoning")
			.flatMap((part): readonly AssistantPart[] => [...(before(part) ?? []), part]);
		return { ...turn, parts };
	}

	#before({ id, name, input }: ToolCallPart): readonly ReasoningPart[] | undefined {
		const known = this.#byCall.get(id);
		return known?.call === callText(name, input.text) ? known.parts : undefined;
	}

	#remember(callId: string, call: string, parts: readonly ReasoningPart[]): void {
		this.#forget(callId);
		const size = call.length + JSON.stringify(parts).length;
		this.#byCall.set(callId, { call, parts, size });
		this.#size += size;
		for (const oldest of this.#byCall.keys()) {
			if (this.#size <= mostRemembered) return;
			this.#forget(oldest);
		}
	}

	#forget(callId: string): void {
		this.#size -= this.#byCall.get(callId)?.size ?? 0;
		this.#byCall.delete(callId);
	}
}

/** A call as it can be known again: clients write its input anew. */
function callText(name: string, input: string): string {
	return JSON.stringify([name, parseJson(input) ?? input.trim()]);
}
