import fc from "fast-check";
import type {
	AssistantPart,
	CacheMark,
	Citation,
	Conversation,
	MediaPart,
	ReasoningPart,
	Sampling,
	TextPart,
	Tool,
	ToolCallPart,
	ToolResultPart,
	Turn,
	UserPart,
} from "../../src/formats/conversation.ts";
import { isCallable, nameOf, type SayableTools, toolChoices, toolSets } from "./toolArbitraries.ts";
import { anyOf, names, objectSchemas, objectTexts, texts } from "./valueArbitraries.ts";

/** What beyond plain talk a format can say. */
export interface Sayable {
	/** Of the whole request; `plainSettings` has one for each. */
	readonly settings: Settings;
	readonly sampling: { readonly [Name in keyof Sampling]?: fc.Arbitrary<NonNullable<Sampling[Name]>> };
	/** At most so many; 0 where the format has none. */
	readonly stopSequences: number;
	/** `first`: one turn at most, at the beginning. */
	readonly system: "first" | "anywhere";
	/** Where several texts may stand side by side; everywhere else one. */
	readonly severalTexts: readonly ("system" | "user" | "assistant" | "result")[];
	readonly media: Readonly<Partial<Record<"user" | "assistant" | "result", fc.Arbitrary<MediaPart>>>>;
	/** With the format's own seals. */
	readonly reasoning?: fc.Arbitrary<ReasoningPart>;
	/** Whether the parts of an assistant's turn may stand in any order; else reasoning, text, refusal, media, calls. */
	readonly anyOrder: boolean;
	readonly refusals: boolean;
	readonly citations?: fc.Arbitrary<Citation>;
	readonly cacheMarks?: fc.Arbitrary<CacheMark>;
	readonly resultErrors: boolean;
	/** Whether texts and media of the user may stand in the turn of the results, after them. */
	readonly textAfterResults: boolean;
	/** Whether the results of one turn may stand in another order than its calls. */
	readonly resultsInAnyOrder: boolean;
	/** Whether several turns of the user may follow each other. */
	readonly userTwice: boolean;
	/** Whether the assistant's words may stand last. */
	readonly prefill: boolean;
	readonly tools: SayableTools;
	/** Where a format has no ids: as its reader makes them. @param place of the call among all, from 0. */
	readonly callId?: (place: number, name: string) => string;
}

type SettingName = Exclude<keyof Conversation, "stream" | "turns" | "tools" | "toolChoice" | "sampling" | "stop">;
export type Settings = { readonly [Name in SettingName]?: fc.Arbitrary<NonNullable<Conversation[Name]>> };

/** One of each, for a format to choose from or to narrow. */
export const plainSettings = {
	parallelCalls: fc.boolean(),
	output: fc.oneof(
		fc.constant({ kind: "json" as const }),
		fc
			.tuple(objectSchemas, fc.record({ name: names, description: texts, strict: fc.boolean() }, anyOf))
			.map(([schema, rest]) => ({ kind: "schema" as const, schema, ...rest })),
	),
	maxTokens: fc.integer({ min: 1, max: 200_000 }),
	candidates: fc.integer({ min: 2, max: 8 }),
	logprobs: fc.integer({ min: 0, max: 20 }),
	verbosity: fc.constantFrom("low", "medium", "high"),
	serviceTier: fc.constantFrom("auto", "default", "flex", "priority"),
	cacheKey: names,
	userId: names,
	metadata: fc.dictionary(names, texts, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
} as const satisfies Settings;

const hundredths = (min: number, max: number) => fc.integer({ min: min * 100, max: max * 100 }).map((n) => n / 100);

export const plainSampling = {
	temperature: hundredths(0, 2),
	topP: hundredths(0, 1),
	topK: fc.integer({ min: 1, max: 100 }),
	seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
	// Zero cannot be negative in JSON.
	presencePenalty: hundredths(-2, 2).map((penalty) => penalty || 0),
	frequencyPenalty: hundredths(-2, 2).map((penalty) => penalty || 0),
} as const satisfies Sayable["sampling"];

/** Consistent: each result has its call in the turn before it, ids are unique, choices are of the tools that there are. */
export function conversations(sayable: Sayable): fc.Arbitrary<Conversation> {
	return toolSets(sayable.tools, sayable.cacheMarks).chain((tools) =>
		fc
			.tuple(
				fc.boolean(),
				fc.record<Partial<Conversation>, never>(sayable.settings, anyOf),
				fc.record<Sampling, never>(sayable.sampling, anyOf),
				fc.uniqueArray(texts, { maxLength: sayable.stopSequences }),
				talks(sayable, tools),
				toolChoices(tools, sayable.tools.choices),
			)
			.map(([stream, settings, sampling, stop, turns, toolChoice]) => ({
				stream,
				turns,
				tools,
				...(toolChoice === undefined ? {} : { toolChoice }),
				sampling,
				stop,
				...settings,
			})),
	);
}

/** A call that has no id yet, with what will be its result. */
interface Call {
	readonly kind: "call";
	readonly call: Omit<ToolCallPart, "id">;
	readonly result: Omit<ToolResultPart, "callId" | "name">;
	/** Of the result among those of its turn. */
	readonly rank: number;
}
type PlainPart = Exclude<AssistantPart, ToolCallPart>;

/** What happens between one question and the next. */
interface Exchange {
	readonly system: readonly TextPart[] | null;
	readonly asked: readonly (readonly UserPart[])[];
	readonly steps: readonly (readonly (PlainPart | Call)[])[];
	readonly aside: readonly UserPart[];
	readonly answer: readonly PlainPart[];
}

function talks(sayable: Sayable, tools: readonly Tool[]): fc.Arbitrary<readonly Turn[]> {
	const callable = tools.filter(isCallable).map((tool) => ({ ...nameOf(tool), free: tool.kind === "free" }));
	// A tool of an earlier request that is not offered any more.
	const known = [...callable, { name: "tool_that_is_gone", free: false }];
	const marked = <Part extends object>(part: fc.Arbitrary<Part>): fc.Arbitrary<Part & { cache?: CacheMark }> =>
		fc
			.tuple(
				part,
				fc.record<{ cache?: CacheMark }, never>(
					sayable.cacheMarks === undefined ? {} : { cache: sayable.cacheMarks },
					anyOf,
				),
			)
			.map(([bare, mark]) => ({ ...bare, ...mark }));
	const markedMedia = (media: fc.Arbitrary<MediaPart>) =>
		fc.oneof(media, marked(media.filter(({ kind }) => kind === "image" || kind === "document")));
	const text = marked(texts.map((words): TextPart => ({ kind: "text", text: words })));
	const several = <Part>(place: Sayable["severalTexts"][number], part: fc.Arbitrary<Part>) =>
		fc.array(part, { minLength: 1, maxLength: sayable.severalTexts.includes(place) ? 3 : 1 });
	const withMedia = (place: "user" | "result"): fc.Arbitrary<readonly (TextPart | MediaPart)[]> => {
		const media = sayable.media[place];
		if (media === undefined) return several(place, text);
		const mixed = fc.array(fc.oneof(text, markedMedia(media)), { minLength: 1, maxLength: 3 });
		return sayable.severalTexts.includes(place) ? mixed : mixed.map(withOneText);
	};
	const result = marked(
		fc
			.tuple(
				fc.oneof(
					{ weight: 3, arbitrary: withMedia("result") },
					objectTexts.map((json): TextPart[] => [{ kind: "text", text: json }]),
				),
				sayable.resultErrors ? fc.constantFrom({}, { isError: true }) : fc.constant({}),
			)
			.map(([content, end]) => ({ kind: "toolResult" as const, content, ...end })),
	);
	const call: fc.Arbitrary<Call> = fc.constantFrom(...known).chain(({ free, ...name }) => {
		const input = free
			? texts.map((words) => ({ kind: "free" as const, text: words }))
			: objectTexts.map((json) => ({ kind: "json" as const, text: json }));
		const bare = marked(input.map((value) => ({ kind: "toolCall" as const, ...name, input: value })));
		return fc.tuple(bare, result, fc.nat()).map(([made, answer, rank]) => ({
			kind: "call",
			call: made,
			result: answer,
			rank,
		}));
	});
	const said = saidParts(sayable, text, several);
	const withCalls = fc
		.tuple(fc.oneof(said, fc.constant<readonly PlainPart[]>([])), fc.array(call, { minLength: 1, maxLength: 3 }))
		.chain(([plain, calls]) => {
			const parts = [...plain, ...calls];
			return sayable.anyOrder ? shuffled(parts) : fc.constant(parts);
		});
	const exchange: fc.Arbitrary<Exchange> = fc.record({
		system: fc.option(several("system", text)),
		asked: fc.array(withMedia("user"), { minLength: 1, maxLength: sayable.userTwice ? 2 : 1 }),
		steps: fc.array(withCalls, { maxLength: 2 }),
		aside: sayable.textAfterResults ? fc.oneof(withMedia("user"), fc.constant([])) : fc.constant([]),
		answer: sayable.anyOrder ? said.chain(shuffled) : said,
	});
	return fc
		.tuple(fc.array(exchange, { minLength: 1, maxLength: 3 }), fc.boolean())
		.map(([exchanges, isAnswered]) => written(exchanges, isAnswered && sayable.prefill, sayable));
}

/** Never empty. */
function saidParts(
	{ reasoning, refusals, citations, media }: Sayable,
	text: fc.Arbitrary<TextPart>,
	several: <Part>(place: "assistant", part: fc.Arbitrary<Part>) => fc.Arbitrary<readonly Part[]>,
): fc.Arbitrary<readonly PlainPart[]> {
	const cited =
		citations === undefined
			? text
			: fc
					.tuple(text, fc.record({ citations: fc.array(citations, { minLength: 1, maxLength: 2 }) }, anyOf))
					.map(([part, cites]): TextPart => ({ ...part, ...cites }));
	const none: fc.Arbitrary<readonly PlainPart[]> = fc.constant([]);
	const maybe = (part: fc.Arbitrary<PlainPart> | undefined) =>
		part === undefined
			? none
			: fc.oneof({ weight: 2, arbitrary: none }, { weight: 1, arbitrary: part.map((one) => [one]) });
	const refusal = texts.map((words): PlainPart => ({ kind: "refusal", text: words }));
	return fc
		.tuple(maybe(reasoning), several("assistant", cited), maybe(refusals ? refusal : undefined), maybe(media.assistant))
		.map((parts) => parts.flat());
}

function written(exchanges: readonly Exchange[], endsAnswered: boolean, sayable: Sayable): readonly Turn[] {
	const { callId = (place) => `call_${place}`, resultsInAnyOrder } = sayable;
	let calls = 0;
	const turns: Turn[] = [];
	for (const [place, { system, asked, steps, aside, answer }] of exchanges.entries()) {
		if (system !== null && (place === 0 || sayable.system === "anywhere"))
			turns.push({ role: "system", parts: system });
		turns.push(...asked.map((parts): Turn => ({ role: "user", parts })));
		for (const [step, parts] of steps.entries()) {
			const results: { readonly rank: number; readonly part: ToolResultPart }[] = [];
			const said = parts.map((part): AssistantPart => {
				if (part.kind !== "call") return part;
				const { call, result, rank } = part;
				const id = callId(calls, call.name);
				results.push({ rank: resultsInAnyOrder ? rank : calls, part: { ...result, callId: id, name: call.name } });
				calls += 1;
				return { ...call, id };
			});
			const inOrder = results.sort((one, other) => one.rank - other.rank).map(({ part }) => part);
			const after = step === steps.length - 1 ? aside : [];
			turns.push({ role: "assistant", parts: said }, { role: "user", parts: [...inOrder, ...after] });
		}
		if (place < exchanges.length - 1 || endsAnswered) turns.push({ role: "assistant", parts: answer });
	}
	return turns;
}

/** The first text and all media. */
function withOneText(parts: readonly (TextPart | MediaPart)[]): readonly (TextPart | MediaPart)[] {
	const first = parts.findIndex(({ kind }) => kind === "text");
	return parts.filter(({ kind }, place) => kind !== "text" || place === first);
}

function shuffled<Item>(items: readonly Item[]): fc.Arbitrary<readonly Item[]> {
	return fc.shuffledSubarray([...items], { minLength: items.length });
}
