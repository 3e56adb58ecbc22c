import { isRecord } from "../modelList.ts";
import { Untranslatable } from "../translation.ts";

/** What becomes of a member of a request on its way to ChatGPT's backend. */
export type MemberFate =
	| { readonly kind: "stays" }
	/** @property isNamed the client gets something else than it asked for. */
	| { readonly kind: "becomes"; readonly value: unknown; readonly isNamed: boolean }
	/** @property isNamed its absence changes what the client gets. */
	| { readonly kind: "goes"; readonly isNamed: boolean };

type MemberRule = (value: unknown) => MemberFate;

/** What the backend can be asked for, each with the form in which it takes it. */
export interface BackendOperation {
	/** Whether the reply is an event stream, whatever the client asked for. */
	readonly streams: boolean;
	/** Members that mean nothing here and are refused. */
	readonly unknown: ReadonlySet<string>;
	/** By the name of the member. What has no rule stays as it is: the backend knows more than is known here. */
	readonly rules: ReadonlyMap<string, MemberRule>;
	/** Members that have to be there, with what says nothing. */
	readonly required: readonly (readonly [name: string, value: unknown])[];
}

export const stays: MemberFate = { kind: "stays" };
/** It says no more than the rule. */
export const goes: MemberFate = { kind: "goes", isNamed: false };

export function becomes(value: unknown, isNamed = false): MemberFate {
	return { kind: "becomes", value, isNamed };
}

/** The backend answers 400 where one of these is there, or may do so. */
const refused = [
	...["max_output_tokens", "max_tokens", "max_completion_tokens", "max_tool_calls"],
	...["temperature", "top_p", "top_k", "stop", "seed", "n"],
	...["presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs"],
	...["metadata", "user", "safety_identifier", "moderation", "prompt_cache_retention"],
	...["context_management", "context_window", "max_context_window", "truncation_policy"],
];

/** What lives in the store of one account, and how a person can go on without it. */
const stored: Readonly<Record<string, string>> = {
	previous_response_id: "A ChatGPT account keeps no replies. Send the whole talk as input.",
	conversation: "A ChatGPT account keeps no conversations. Send the whole talk as input.",
	prompt: "A ChatGPT account keeps no templates. Send the template's text as instructions.",
};

const commonRules: readonly (readonly [string, MemberRule])[] = [
	...refused.map((name): readonly [string, MemberRule] => [name, dropped]),
	...Object.entries(stored).map(([name, words]): readonly [string, MemberRule] => [name, elsewhere(name, words)]),
	["background", background],
	["truncation", (value) => (value === "disabled" ? goes : dropped(value))],
	["service_tier", serviceTier],
	["stream_options", streamOptions],
	["instructions", (value) => (isAbsent(value) ? becomes("") : stays)],
	[
		"input",
		(value) => (typeof value === "string" ? becomes([userMessage(value)]) : isAbsent(value) ? becomes([]) : stays),
	],
	...["prompt_cache_key", "client_metadata", "reasoning", "include"].map((name): readonly [string, MemberRule] => [
		name,
		(value) => (isAbsent(value) ? goes : stays),
	]),
];

const alwaysRequired = [
	["instructions", ""],
	["input", []],
] as const;

/** By their path below the backend's root. */
export const backendOperations: ReadonlyMap<string, BackendOperation> = new Map<string, BackendOperation>([
	[
		"/responses",
		{
			streams: true,
			unknown: new Set(),
			rules: new Map<string, MemberRule>([
				...commonRules,
				["stream", (value) => (value === true ? stays : becomes(true))],
				["store", (value) => (value === false ? stays : becomes(false, value === true))],
			]),
			required: [...alwaysRequired, ["stream", true], ["store", false]],
		},
	],
	[
		"/responses/compact",
		{
			streams: false,
			unknown: new Set(["stream", "store", "include", "tool_choice", "client_metadata"]),
			rules: new Map<string, MemberRule>(commonRules),
			required: alwaysRequired,
		},
	],
]);

/** As the SDKs have it, `null` is the same as nothing. */
export function isAbsent(value: unknown): value is null | undefined {
	return value === null || value === undefined;
}

function dropped(value: unknown): MemberFate {
	return { kind: "goes", isNamed: !isAbsent(value) };
}

function elsewhere(name: string, words: string): MemberRule {
	return (value) => {
		if (!isAbsent(value) && value !== "") throw new Untranslatable(`${name}: ${words}`);
		return goes;
	};
}

function background(value: unknown): MemberFate {
	if (value === true) throw new Untranslatable("background: A ChatGPT account does not answer later.");
	return goes;
}

/** Clients call it `fast`, the backend `priority`. */
function serviceTier(value: unknown): MemberFate {
	if (value === "fast") return becomes("priority");
	return isAbsent(value) || value === "auto" || value === "default" ? goes : stays;
}

/** Codex has options of its own there; that of the SDKs is padding against eavesdroppers. */
function streamOptions(value: unknown): MemberFate {
	const names = isRecord(value) ? Object.keys(value) : [];
	return names.every((name) => name === "include_obfuscation") ? goes : stays;
}

function userMessage(text: string): object {
	return { type: "message", role: "user", content: [{ type: "input_text", text }] };
}
