import type { Format } from "../accounts/account.ts";
import { modelInPath } from "../formats/gemini/endpoint.ts";
import type { Problem } from "../formats/problem.ts";
import { readEnvelope, withModel } from "./envelope.ts";

/** Characters. Names go into errors and the log, and are known to be short. */
const longestName = 512;

/** What goes to an account: the path below its base URL, and the body. */
export interface Addressed {
	readonly path: string;
	readonly body: Buffer;
	/** The body went in clear because it had to be changed; `content-encoding` no longer holds. */
	readonly decoded: boolean;
}

/** A request whose model is known; the rest of it is bytes. */
export interface RoutedRequest {
	/** As the client named it. */
	readonly model: string;
	/** The request for an account that calls the model `relayModel`. The client's own bytes where that is the same name. */
	readonly forModel: (relayModel: string) => Addressed;
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
	const routed = format === "gemini" ? routeByPath(operationPath, body) : routeByBody(operationPath, body);
	if ("model" in routed && routed.model.length > longestName) {
		return { kind: "badRequest", message: `The model's name is longer than ${longestName} characters.` };
	}
	return routed;
}

function routeByPath(path: string, { bytes }: ReceivedBody): RoutedRequest | Problem {
	const found = modelInPath(path);
	if (!found) return { kind: "notFound", message: "A Gemini path reads models/{model}:{verb}." };
	const { model, modelStart, modelEnd } = found;
	return {
		model,
		forModel: (relayModel) => {
			const named = relayModel === model ? path.slice(modelStart, modelEnd) : encodeURIComponent(relayModel);
			return { path: path.slice(0, modelStart) + named + path.slice(modelEnd), body: bytes, decoded: false };
		},
	};
}

function routeByBody(path: string, { bytes, clear }: ReceivedBody): RoutedRequest | Problem {
	const envelope = readEnvelope(clear);
	if (!envelope) return { kind: "badRequest", message: "The body is no JSON object." };
	const { model } = envelope;
	if (!model || model.name === "") {
		return {
			kind: "badRequest",
			message: "The body names no model: it needs a member “model” with a name as its value.",
		};
	}
	return {
		model: model.name,
		forModel: (relayModel) =>
			relayModel === model.name
				? { path, body: bytes, decoded: false }
				: { path, body: withModel(clear, model, relayModel), decoded: bytes !== clear },
	};
}
