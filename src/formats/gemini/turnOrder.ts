import type { AssistantPart, TextPart, ToolResultPart, Turn, UserPart } from "../conversation.ts";

export type TalkTurn = Exclude<Turn, { role: "system" }>;
type AssistantTurn = Extract<Turn, { role: "assistant" }>;
type GrowingTurn =
	| { readonly role: "user"; readonly parts: UserPart[] }
	| { readonly role: "assistant"; readonly parts: AssistantPart[] };

export interface OrderedTurns {
	/** The instructions at the beginning. */
	readonly instructions: readonly TextPart[];
	/** The roles take turns. */
	readonly talk: readonly TalkTurn[];
}

/**
 * The turns as Gemini takes them. Instructions in the middle stay where they are, marked, because there is no role for them.
 * Turns of one role are joined, and the results of all calls of a turn stand at once after it: it refuses them elsewhere.
 * @param hasInstructions whether the model takes any; else they are the user's first words.
 */
export function inOrder(turns: readonly Turn[], hasInstructions: boolean): OrderedTurns {
	const start = turns.findIndex(({ role }) => role !== "system");
	// A request has to ask something.
	const lead = start < 0 ? turns.slice(0, -1) : turns.slice(0, start);
	const talk = turns.slice(lead.length).map(start < 0 ? asQuestion : inPlace);
	const instructions = lead.filter((turn) => turn.role === "system").flatMap(({ parts }) => parts);
	const words: readonly TalkTurn[] = hasInstructions ? [] : [{ role: "user", parts: instructions }];
	return {
		instructions: hasInstructions ? instructions : [],
		talk: joined(withResultsAtOnce(joined([...words, ...talk]))),
	};
}

function asQuestion(turn: Turn): TalkTurn {
	return turn.role === "system" ? { role: "user", parts: turn.parts } : turn;
}

function inPlace(turn: Turn): TalkTurn {
	if (turn.role !== "system") return turn;
	const text = turn.parts.map((part) => part.text).join("\n\n");
	return { role: "user", parts: [{ kind: "text", text: `<system>\n${text}\n</system>` }] };
}

/** Turns that hold nothing part no others. */
function joined(turns: readonly TalkTurn[]): readonly TalkTurn[] {
	const all: GrowingTurn[] = [];
	for (const turn of turns) {
		if (turn.parts.length === 0) continue;
		const last = all.at(-1);
		if (turn.role === "user") {
			const asked = last?.role === "user" ? last : begun(all, { role: "user", parts: [] });
			for (const part of turn.parts) asked.parts.push(part);
		} else {
			const said = last?.role === "assistant" ? last : begun(all, { role: "assistant", parts: [] });
			for (const part of turn.parts) said.parts.push(part);
		}
	}
	return all;
}

function begun<Made extends GrowingTurn>(all: GrowingTurn[], turn: Made): Made {
	all.push(turn);
	return turn;
}

function withResultsAtOnce(turns: readonly TalkTurn[]): readonly TalkTurn[] {
	const results = turns.flatMap((turn) => (turn.role === "user" ? turn.parts.filter(isResult) : []));
	const byCall = new Map(results.map((result) => [result.callId, result]));
	const moved = new Set<UserPart>();
	return turns.flatMap((turn): readonly TalkTurn[] => {
		if (turn.role === "user") return [{ role: "user", parts: turn.parts.filter((part) => !moved.has(part)) }];
		const own = resultsOf(turn, byCall);
		for (const result of own) moved.add(result);
		return [turn, { role: "user", parts: own }];
	});
}

/** In the order of the calls. */
function resultsOf(turn: AssistantTurn, byCall: ReadonlyMap<string, ToolResultPart>): readonly ToolResultPart[] {
	return turn.parts.flatMap((part) => {
		const result = part.kind === "toolCall" ? byCall.get(part.id) : undefined;
		return result === undefined ? [] : [result];
	});
}

function isResult(part: UserPart): part is ToolResultPart {
	return part.kind === "toolResult";
}
