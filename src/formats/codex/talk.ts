import { UniqueIds } from "../callIds.ts";
import type {
	AssistantPart,
	Effort,
	OutputFormat,
	TextPart,
	Tool,
	ToolCallPart,
	ToolResultPart,
	Turn,
	UserPart,
} from "../conversation.ts";

type Call = Omit<ToolCallPart, "kind" | "id">;
type Result = Pick<ToolResultPart, "content" | "isError">;

/** What the items of a request have said so far. */
export class Talk {
	readonly #turns: Turn[] = [];
	/** The ids of the calls of all items, those that are still to come too. */
	readonly #toCome: ReadonlySet<string>;
	/** By the ids that the items have: some accounts count anew in each reply, and results go to the latest call of their id. */
	readonly #latest = new Map<string, ToolCallPart>();
	readonly #ids = new UniqueIds();
	/** Results that stand before their calls. */
	readonly #early = new Map<string, Result>();
	#assistant: AssistantPart[] = [];
	#results: ToolResultPart[] = [];
	/** Results of what the assistant is still saying. */
	#due: ToolResultPart[] = [];
	readonly tools: Tool[] = [];
	/** What an item has changed for the reply; it takes the place of what the request says. */
	effort: Effort | undefined;
	output: OutputFormat | null | undefined;

	constructor(toCome: ReadonlySet<string>) {
		this.#toCome = toCome;
	}

	/** All of what the assistant says between two turns of others is one turn. */
	say(...parts: readonly AssistantPart[]): void {
		if (parts.length === 0) return;
		this.#closeResults();
		for (const part of parts) this.#assistant.push(part);
	}

	ask(parts: readonly UserPart[]): void {
		if (parts.length > 0) this.#add({ role: "user", parts });
	}

	instruct(parts: readonly TextPart[]): void {
		if (parts.length > 0) this.#add({ role: "system", parts });
	}

	call(told: string, call: Call): void {
		const part: ToolCallPart = { kind: "toolCall", id: this.#ids.make(told), ...call };
		this.#latest.set(told, part);
		this.say(part);
		const early = this.#early.get(told);
		if (early !== undefined) this.#due.push(resultOf(part, early));
		this.#early.delete(told);
	}

	/** @returns whether there is such a call. */
	answer(told: string, result: Result): boolean {
		const call = this.#latest.get(told);
		if (call !== undefined) {
			this.#closeAssistant();
			this.#results.push(resultOf(call, result));
		} else if (this.#toCome.has(told)) this.#early.set(told, result);
		else return false;
		return true;
	}

	/** All of it. Nothing may be said afterwards. */
	end(): readonly Turn[] {
		this.#closeAssistant();
		this.#closeResults();
		return this.#turns;
	}

	#add(turn: Turn): void {
		this.#closeAssistant();
		this.#closeResults();
		this.#turns.push(turn);
	}

	#closeAssistant(): void {
		if (this.#assistant.length === 0) return;
		this.#turns.push({ role: "assistant", parts: this.#assistant });
		this.#assistant = [];
		this.#results.push(...this.#due);
		this.#due = [];
	}

	#closeResults(): void {
		if (this.#results.length === 0) return;
		this.#turns.push({ role: "user", parts: this.#results });
		this.#results = [];
	}
}

function resultOf({ id, name }: ToolCallPart, result: Result): ToolResultPart {
	return { kind: "toolResult", callId: id, name, ...result };
}
