import type { ChoiceNote, PassedOver } from "../bridge/accountLive.ts";
import { endpoints } from "../formats/endpoints.ts";

const reasons: Readonly<Record<PassedOver["why"], string>> = {
	disabled: "disabled",
	keyMissing: "key missing",
	modelNotAllowed: "model not allowed",
	resting: "resting",
	modelResting: "this model of it rests",
	probing: "being probed",
	busy: "busy",
	otherFormat: "speaks another format",
	otherNamed: "another account is named",
	tried: "tried already",
	lowerPriority: "lower priority",
	affinity: "the conversation stays where it is",
	strategy: "the strategy prefers another",
};

/** A choice in one line for the log. */
export function choiceText({ at, format, model, chosen, passedOver }: ChoiceNote): string {
	const result = chosen === null ? "nobody" : `“${chosen}”`;
	const others = passedOver.map(({ label, why, until }) => {
		const wait = until === null ? "" : `, ${Math.max(0, Math.ceil((until - at) / 1000))} s left`;
		return `“${label}” (${reasons[why]}${wait})`;
	});
	const over = others.length === 0 ? "" : `; passed over: ${others.join(", ")}`;
	return `${endpoints[format].name} ${model} → ${result}${over}`;
}
