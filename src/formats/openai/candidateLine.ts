import type { Citation } from "../conversation.ts";
import type { ReplyEvent, TokenLogprob } from "../replyEvents.ts";
import type { ToolNames } from "../toolNames.ts";
import { CallLinePart, LinePart, ReasoningLinePart, TextLinePart } from "./linePart.ts";
import type { CallDelta, ReplyPiece } from "./replyPieces.ts";

/**
 * The parts of one candidate, one after the other. Relays may send the pieces of several calls in turn: the first part that is
 * not complete is told as it comes, those behind it wait. A call whose JSON is whole gives way as soon as another part waits.
 */
export class CandidateLine {
	readonly #index: number;
	readonly #names: ToolNames;
	readonly #newId: (told: string | null) => string;
	/** Those that are not closed yet. */
	#line: LinePart[] = [];
	/** The latest of each index, of each id, and of all. */
	readonly #byIndex = new Map<number, CallLinePart>();
	readonly #byId = new Map<string, CallLinePart>();
	#lastCall: CallLinePart | undefined;
	/** Citations that came before any text. */
	#cited: Citation[] = [];
	/** UTF-16, of all texts so far. */
	#textLength = 0;
	#hasRefusal = false;

	/** @param newId makes an id that no other call has, of the one that was told where that is possible. */
	constructor(index: number, names: ToolNames, newId: (told: string | null) => string) {
		this.#index = index;
		this.#names = names;
		this.#newId = newId;
	}

	get hasCalls(): boolean {
		return this.#lastCall !== undefined;
	}

	get hasRefusal(): boolean {
		return this.#hasRefusal;
	}

	push(pieces: readonly ReplyPiece[], citations: readonly Citation[]): readonly ReplyEvent[] {
		for (const piece of pieces) this.#take(piece);
		for (const citation of citations) this.#cite(citation);
		return this.#flow();
	}

	/** The reason to end has come: what waited behind a call need not wait any more. The last part may still go on. */
	settle(): readonly ReplyEvent[] {
		for (const part of this.#line.slice(0, -1)) part.isComplete = true;
		return this.#flow();
	}

	/** Nothing more will come. */
	end(): readonly ReplyEvent[] {
		for (const part of this.#line) part.isComplete = true;
		return this.#flow();
	}

	#take(piece: ReplyPiece): void {
		switch (piece.kind) {
			case "reasoning": {
				const part = this.#reasoning();
				part.remember(piece.member, piece.text, piece.details);
				if (piece.text !== "") part.add({ kind: "delta", text: piece.text });
				return;
			}
			case "text":
				this.#text().add(delta(piece.text, piece.logprobs));
				this.#textLength += piece.text.length;
				return;
			case "refusal":
				this.#hasRefusal = true;
				this.#refusal().add(delta(piece.text, piece.logprobs));
				return;
			case "image":
				this.#begin(new LinePart(this.#index, piece)).isComplete = true;
				return;
			case "call":
				this.#call(piece.call);
		}
	}

	#reasoning(): ReasoningLinePart {
		const last = this.#line.at(-1);
		return last instanceof ReasoningLinePart ? last : this.#begin(new ReasoningLinePart(this.#index));
	}

	#text(): TextLinePart {
		const last = this.#line.at(-1);
		if (last instanceof TextLinePart) return last;
		const part = this.#begin(new TextLinePart(this.#index, this.#textLength));
		const waiting = this.#cited;
		this.#cited = [];
		for (const citation of waiting) part.add({ kind: "citation", citation });
		return part;
	}

	#refusal(): LinePart {
		const last = this.#line.at(-1);
		return last?.head?.kind === "refusal" ? last : this.#begin(new LinePart(this.#index, { kind: "refusal" }));
	}

	/** Calls alone may go on while another part has begun. */
	#begin<Part extends LinePart>(part: Part): Part {
		const last = this.#line.at(-1);
		if (last !== undefined && !(last instanceof CallLinePart)) last.isComplete = true;
		this.#line.push(part);
		return part;
	}

	#cite(citation: Citation): void {
		const text = this.#line.findLast((part) => part instanceof TextLinePart);
		if (text === undefined) {
			this.#cited.push(citation);
			return;
		}
		const { start, end, ...rest } = citation;
		const own = (offset: number) => Math.max(0, offset - text.start);
		const offsets = {
			...(start === undefined ? {} : { start: own(start) }),
			...(end === undefined ? {} : { end: own(end) }),
		};
		text.add({ kind: "citation", citation: { ...rest, ...offsets } });
	}

	#call(told: CallDelta): void {
		const known = this.#known(told);
		const call = known !== undefined && !beginsAnother(known, told) ? known : this.#beginCall(told);
		if (call.isComplete) return;
		if (call.id === null && told.id !== null) {
			call.id = told.id;
			this.#byId.set(told.id, call);
		}
		if (call.head === null && told.name !== null) {
			call.name = told.name;
			const tool = this.#names.fromWire({ name: told.name });
			call.head = { kind: "toolCall", id: this.#newId(call.id), ...tool };
		}
		call.addInput(told.text);
	}

	/** Relays that tell no index go on with the call that they name, or with the last. */
	#known({ index, id }: CallDelta): CallLinePart | undefined {
		if (index !== null) return this.#byIndex.get(index);
		return id === null ? this.#lastCall : this.#byId.get(id);
	}

	#beginCall({ index, isCustom, extra }: CallDelta): CallLinePart {
		if (extra !== undefined && extra !== null) this.#reasoning().rememberCall(extra);
		const call = this.#begin(new CallLinePart(this.#index, index, isCustom));
		this.#lastCall = call;
		if (index !== null) this.#byIndex.set(index, call);
		return call;
	}

	#flow(): readonly ReplyEvent[] {
		const events: ReplyEvent[] = [];
		for (let [first] = this.#line; first !== undefined; [first] = this.#line) {
			if (this.#line.length > 1 && first instanceof CallLinePart && first.isWhole) first.isComplete = true;
			events.push(...first.flow());
			if (!first.isComplete) break;
			this.#line.shift();
		}
		return events;
	}
}

/** Some relays give all calls one index, or none: another id or a name after a whole input is another call. */
function beginsAnother(known: CallLinePart, { id, name, text }: CallDelta): boolean {
	if (name === null || (id !== null && id === known.id)) return false;
	if (id !== null && known.id !== null) return true;
	if (!known.hasInput || known.name === null) return false;
	return name !== known.name || (text !== "" && known.isWhole);
}

function delta(text: string, logprobs: readonly TokenLogprob[]) {
	return { kind: "delta" as const, text, ...(logprobs.length === 0 ? {} : { logprobs }) };
}
