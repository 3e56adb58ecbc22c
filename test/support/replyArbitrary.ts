import fc from "fast-check";
import type { Citation, Seal } from "../../src/formats/conversation.ts";
import { ReplyCollector } from "../../src/formats/replyCollector.ts";
import type {
	FinishReason,
	PartHead,
	Reply,
	ReplyEvent,
	ReplyUsage,
	TokenLogprob,
} from "../../src/formats/replyEvents.ts";
import { base64, names, objectTexts, texts } from "./valueArbitraries.ts";

/** What beyond texts and calls of functions the replies of a format can say. */
export interface SayableReply {
	readonly candidates: number;
	/** Whether the parts may come in any order; else reasoning, text, refusal, calls, media. */
	readonly anyOrder: boolean;
	/** Texts and calls of one candidate, each. */
	readonly most: number;
	readonly reasoning: boolean;
	/** Of reasoning; whether it may have a seal alone, and no text. */
	readonly seals?: fc.Arbitrary<Seal>;
	readonly emptyReasoning: boolean;
	readonly refusals: boolean;
	readonly citations?: fc.Arbitrary<Citation>;
	readonly logprobs: boolean;
	readonly freeCalls: boolean;
	readonly namespaces: boolean;
	readonly media: readonly ("image" | "audio")[];
	/** Of a candidate without calls. */
	readonly reasons: readonly Exclude<FinishReason, "toolCalls">[];
	/** Which numbers of `usage` may be told; the others are null. */
	readonly usage: readonly (keyof ReplyUsage)[];
	/** Where a format has no ids: as its reader makes them. */
	readonly callId?: (place: number, name: string) => string;
}

export type GoodEvent = Exclude<ReplyEvent, { kind: "error" }>;

/** A part whose call has no id yet, in the pieces in which it comes. */
interface Piecemeal {
	readonly head: PartHead;
	readonly pieces: readonly string[];
	readonly citations: readonly Citation[];
	readonly logprobs: boolean;
	readonly seal?: Seal;
}
interface CandidateEnd {
	readonly reason: FinishReason;
	readonly stopSequence?: string;
}

/** Legal sequences that end well; candidates come side by side, and texts are cut anywhere, in the midst of a character too. */
export function replyEvents(sayable: SayableReply): fc.Arbitrary<readonly GoodEvent[]> {
	const candidate = fc.tuple(parts(sayable), ends(sayable));
	return fc
		.tuple(
			fc.array(candidate, { minLength: 1, maxLength: sayable.candidates }),
			fc.option(names),
			usages(sayable.usage),
			fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
		)
		.map(([candidates, id, usage, order]) => {
			const { callId = (place) => `call_${place}` } = sayable;
			let calls = 0;
			const lanes = candidates.map(([pieces, end], index) => [
				...pieces.flatMap((part) => partEvents(index, part, (name) => callId(calls++, name))),
				finish(index, pieces, end),
			]);
			return [
				{ kind: "begin", ...(id === null ? {} : { id }) },
				...interleaved(lanes, order),
				{ kind: "usage", usage },
				{ kind: "end" },
			];
		});
}

/** Whole replies. */
export function replies(sayable: SayableReply): fc.Arbitrary<Reply> {
	return replyEvents(sayable).map((events) => {
		const collector = new ReplyCollector();
		for (const event of events) if (event.kind !== "end") collector.push(event);
		return collector.reply;
	});
}

function parts(sayable: SayableReply): fc.Arbitrary<readonly Piecemeal[]> {
	const { most, anyOrder, citations } = sayable;
	const none = fc.constant<readonly Piecemeal[]>([]);
	const list = (is: boolean, part: fc.Arbitrary<Piecemeal>, length: number) =>
		is ? fc.array(part, { maxLength: length }) : none;
	const cites = citations === undefined ? fc.constant([]) : fc.array(citations, { maxLength: 2 });
	const text = fc.tuple(texts.chain(cut), cites, fc.boolean()).map(
		([pieces, cited, logprobs]): Piecemeal => ({
			head: { kind: "text" },
			pieces,
			citations: cited,
			logprobs: logprobs && sayable.logprobs,
		}),
	);
	const refusal = texts.chain(cut).map((pieces) => plain({ kind: "refusal" }, pieces));
	const reasoning = fc
		.tuple(
			(sayable.emptyReasoning ? fc.oneof(texts, fc.constant("")) : texts).chain(cut),
			fc.option(sayable.seals ?? fc.constant(null)),
		)
		// Neither text nor seal would be nothing.
		.filter(([pieces, seal]) => pieces.length > 0 || seal !== null)
		.map(([pieces, seal]) => ({ ...plain({ kind: "reasoning" }, pieces), ...(seal === null ? {} : { seal }) }));
	const media = fc
		.tuple(fc.constantFrom(...(sayable.media.length > 0 ? sayable.media : (["image"] as const))), base64)
		.map(([kind, data]) => plain({ kind, mediaType: kind === "image" ? "image/png" : "audio/wav", data }, []));
	return fc
		.tuple(
			list(sayable.reasoning, reasoning, 1),
			list(true, text, most),
			list(sayable.refusals, refusal, 1),
			list(true, calls(sayable), most),
			list(sayable.media.length > 0, media, 1),
		)
		.map((lists) => lists.flat())
		.chain((all) => (anyOrder ? fc.shuffledSubarray(all, { minLength: all.length }) : fc.constant(all)));
}

function calls({ freeCalls, namespaces }: SayableReply): fc.Arbitrary<Piecemeal> {
	return fc.tuple(names, fc.option(names, { nil: undefined }), fc.boolean()).chain(([name, namespace, wantsFree]) => {
		const free = wantsFree && freeCalls;
		const inside = namespaces && namespace !== undefined ? { namespace } : {};
		const head: PartHead = { kind: "toolCall", id: "", name, free, ...inside };
		return (free ? texts : objectTexts).chain(cut).map((pieces) => plain(head, pieces));
	});
}

function plain(head: PartHead, pieces: readonly string[]): Piecemeal {
	return { head, pieces, citations: [], logprobs: false };
}

/** At up to four places; no piece is empty. */
function cut(text: string): fc.Arbitrary<readonly string[]> {
	return fc.uniqueArray(fc.nat({ max: text.length }), { maxLength: 4 }).map((places) => {
		const edges = [0, ...places.sort((one, other) => one - other), text.length];
		return edges
			.slice(1)
			.map((edge, index) => text.slice(edges[index], edge))
			.filter((piece) => piece !== "");
	});
}

function ends({ reasons }: SayableReply): fc.Arbitrary<CandidateEnd> {
	return fc
		.tuple(fc.constantFrom(...reasons), texts)
		.map(([reason, met]) => (reason === "stopSequence" ? { reason, stopSequence: met } : { reason }));
}

function usages(told: SayableReply["usage"]): fc.Arbitrary<ReplyUsage> {
	const tokens = fc.nat({ max: 100_000 });
	return fc.tuple(tokens, tokens, tokens, tokens, tokens).map(([fresh, cached, cacheWritten, said, reasoning]) => {
		const all = { input: fresh + cached + cacheWritten, output: said + reasoning, cached, reasoning, cacheWritten };
		const whole: ReplyUsage = {
			...all,
			// What cannot be told is not counted either.
			input: told.includes("cacheWritten") ? all.input : fresh + cached,
		};
		const nulls = { input: null, output: null, cached: null, reasoning: null, cacheWritten: null };
		return { ...nulls, ...Object.fromEntries(told.map((name) => [name, whole[name]])) };
	});
}

function partEvents(
	candidate: number,
	{ head, pieces, citations, logprobs, seal }: Piecemeal,
	idOf: (name: string) => string,
): readonly GoodEvent[] {
	const part = head.kind === "toolCall" ? { ...head, id: idOf(head.name) } : head;
	return [
		{ kind: "open", candidate, part },
		...pieces.map(
			(text): GoodEvent => ({
				kind: "delta",
				candidate,
				text,
				...(logprobs ? { logprobs: [logprobOf(text)] } : {}),
			}),
		),
		...citations.map((citation): GoodEvent => ({ kind: "citation", candidate, citation })),
		{ kind: "close", candidate, ...(seal === undefined ? {} : { seal }) },
	];
}

function logprobOf(token: string): TokenLogprob {
	const bytes = [...Buffer.from(token)];
	return { token, logprob: -0.5, bytes, top: [{ token, logprob: -0.5, bytes }] };
}

function finish(candidate: number, pieces: readonly Piecemeal[], end: CandidateEnd): GoodEvent {
	const called = pieces.some(({ head }) => head.kind === "toolCall");
	return { kind: "finish", candidate, ...(called ? { reason: "toolCalls" as const } : end) };
}

/** Takes the next event of one lane after the other, as `order` has it. */
function interleaved(lanes: readonly (readonly GoodEvent[])[], order: readonly number[]): readonly GoodEvent[] {
	const left = lanes.map((lane) => [...lane]);
	const events: GoodEvent[] = [];
	for (let turn = 0; left.some((lane) => lane.length > 0); turn += 1) {
		const open = left.filter((lane) => lane.length > 0);
		const next = open[(order[turn % order.length] ?? 0) % open.length]?.shift();
		if (next !== undefined) events.push(next);
	}
	return events;
}
