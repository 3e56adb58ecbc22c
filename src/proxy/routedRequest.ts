import type { IncomingHttpHeaders } from "node:http";
import type { Format } from "../accounts/account.ts";
import type { SuffixedModel } from "../bridge/modelSuffix.ts";
import { type ModelInPath, modelInPath } from "../formats/gemini/endpoint.ts";
import type { Problem } from "../formats/problem.ts";
import { conversationKey } from "./conversationKey.ts";
import { readEnvelope, withModel } from "./envelope.ts";

/** Characters. Names go into errors and the log, and are known to be short. */
const longestName = 512;

/** Operations that send a conversation from its first message on. Gemini's are its verbs. */
const conversations: ReadonlySet<string> = new Set([
	...["/chat/completions", "/messages", "/responses", "/responses/compact"],
	...["generateContent", "streamGenerateContent"],
]);

/** What goes to an account: the path below its base URL, and the body. */
export interface Addressed {
	readonly path: string;
	readonly body: Buffer;
	/** The body went in clear because it had to be changed; `content-encoding` no longer holds. */
	readonly decoded: boolean;
}

/** A request whose model is known; the rest of it is bytes. */
export interface RoutedRequest {
	/** The operation, below the format's prefix. */
	readonly path: string;
	/** The body in clear. */
	readonly clear: Buffer;
	/** As the client named it: an alias, or a label before the model's name, is still there. */
	readonly model: string;
	/** Whether a stream is asked for; null where the request does not say. */
	readonly stream: boolean | null;
	/** Asks for one token, to see whether somebody answers: its failure says little about the account. */
	readonly probe: boolean;
	/** The key of its conversation; null where there is none to be told. Reads the body: call it once. */
	readonly conversation: (headers: IncomingHttpHeaders) => string | null;
	/** The request for an account that calls the model `relayModel`. The client's own bytes where that is the same name. */
	readonly forModel: (relayModel: string) => Addressed;
}

/** What routing knows of a request that its body does not say. */
export interface RoutedTo {
	/** As the account calls it. */
	readonly model: SuffixedModel;
	/** The key of the conversation; null where there is none to be told. */
	readonly conversation: string | null;
	/** Goes out without what accounts have encrypted in earlier turns. */
	readonly isUnsealed: boolean;
}

export interface ReceivedBody {
	/** As it came. */
	readonly bytes: Buffer;
	/** In clear; the same bytes where it came in clear. */
	readonly clear: Buffer;
}

/**
 * Finds the model: in the path for Gemini, in the body for the others.
 * @param operationPath below the format's prefix, as the client wrote it.
 */
export function routeRequest(format: Format, operationPath: string, body: ReceivedBody): RoutedRequest | Problem {
	const routed = format === "gemini" ? routeByPath(operationPath, body) : routeByBody(format, operationPath, body);
	if ("model" in routed && routed.model.length > longestName) {
		return { kind: "badRequest", message: `The model's name is longer than ${longestName} characters.` };
	}
	return routed;
}

/** A body that cannot be read is left to the relay to judge. */
function routeByPath(path: string, { bytes, clear }: ReceivedBody): RoutedRequest | Problem {
	const found = modelInPath(path);
	if (!found) return { kind: "notFound", message: "A Gemini path reads models/{model}:{verb}." };
	const { model, modelEnd } = found;
	const verb = path.slice(modelEnd + 1);
	const envelope = readEnvelope(clear);
	return {
		path,
		clear,
		model,
		stream: verb === "streamGenerateContent",
		probe: envelope?.asksOneToken ?? false,
		conversation: (headers) =>
			conversationKey(headers, {
				format: "gemini",
				model,
				body: clear,
				members: envelope?.members ?? null,
				isConversation: conversations.has(verb),
			}),
		forModel: (relayModel) => ({ path: pathFor(path, found, relayModel), body: bytes, decoded: false }),
	};
}

/** What follows a slash of the client's own writing stays as written. */
function pathFor(path: string, { model, modelStart, modelEnd }: ModelInPath, relayModel: string): string {
	const written = path.slice(modelStart, modelEnd);
	if (relayModel === model) return path;
	const kept = [...written.matchAll(/\/|%2f/gi)]
		.map((slash) => written.slice(slash.index + slash[0].length))
		.find((rest) => decodeURIComponent(rest) === relayModel);
	return path.slice(0, modelStart) + (kept ?? encodeURIComponent(relayModel.toWellFormed())) + path.slice(modelEnd);
}

function routeByBody(format: Format, path: string, { bytes, clear }: ReceivedBody): RoutedRequest | Problem {
	const envelope = readEnvelope(clear);
	if (!envelope) return { kind: "badRequest", message: "The body is no JSON object." };
	const { model, members } = envelope;
	if (!model || model.name === "") {
		return {
			kind: "badRequest",
			message: "The body names no model: it needs a member “model” with a name as its value.",
		};
	}
	const { name } = model;
	const isConversation = conversations.has(path);
	return {
		path,
		clear,
		model: name,
		stream: envelope.stream,
		probe: envelope.asksOneToken,
		conversation: (headers) => conversationKey(headers, { format, model: name, body: clear, members, isConversation }),
		forModel: (relayModel) =>
			relayModel === name
				? { path, body: bytes, decoded: false }
				: { path, body: withModel(clear, model, relayModel), decoded: bytes !== clear },
	};
}
