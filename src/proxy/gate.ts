import type { IncomingMessage, RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import type { ProxyConfig, RequestRecord } from "../bridge/protocol.ts";
import { answerAsOwner } from "../bridge/windowProof.ts";
import { formatRules } from "../formats/format.ts";
import { type Problem, problemStatus } from "../formats/problem.ts";
import { answerJson, answerNothing, answerProbe, answerProblem } from "./answer.ts";
import { beginExchange, type Exchange, nearestFormat, recordOf } from "./exchange.ts";
import { judgeCaller, judgeRequest } from "./guard.ts";

export interface GateParts {
	/** As it is now; asked for each request. */
	readonly config: () => ProxyConfig;
	/** The port that is listened on. */
	readonly port: () => number;
	/** Takes the connection of another window over. @returns false where it is none. */
	readonly acceptWindow: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
	/** Another window has been told that the port is ours. */
	readonly onWindow: () => void;
	/** The routes behind the guard. */
	readonly app: RequestListener;
	readonly onFinish: (record: RequestRecord) => void;
}

/** Carries out the guard's verdict on each request: lets it in to the routes, or answers it. */
export function createGate(parts: GateParts): RequestListener {
	return (request, response) => {
		const exchange = beginExchange(request, response);
		const verdict = judgeRequest(request, exchange.path, parts.port(), parts.config());
		switch (verdict.kind) {
			case "probe":
				answerProbe(exchange);
				return;
			case "window":
				answerWindow(exchange, verdict.question, parts);
				return;
			case "preflight":
				exchange.origin = verdict.origin;
				answerNothing(exchange, preflightHeaders(request));
				return;
			case "refuse":
				exchange.origin = verdict.origin;
				response.once("close", () => parts.onFinish(recordOf(exchange)));
				answerProblem(exchange, verdict.problem);
				return;
			case "admit":
				exchange.origin = verdict.origin;
				response.once("close", () => parts.onFinish(recordOf(exchange)));
				parts.app(request, response);
		}
	};
}

/**
 * Answers an upgrade: that of another window of ours is taken up, a WebSocket is refused. 426 is what makes Codex fall back
 * to POST at once; a 404 or 405 costs it several attempts.
 */
export function answerUpgrade(parts: GateParts): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
	return (request, socket, head) => {
		const path = (request.url ?? "").split("?", 1)[0] ?? "";
		const callerProblem = judgeCaller(request, parts.port(), parts.config());
		if (callerProblem === null && parts.acceptWindow(request, socket, head)) return;
		const problem = callerProblem ?? upgradeProblem(path);
		const status = problemStatus[problem.kind];
		const body = JSON.stringify(formatRules[nearestFormat(request, path)].error(problem));
		const upgrade = status === 426 ? "Upgrade: websocket\r\n" : "";
		socket.on("error", () => socket.destroy());
		const answer =
			`HTTP/1.1 ${status} ${status === 426 ? "Upgrade Required" : "Refused"}\r\n${upgrade}Connection: close\r\nX-Relay-Attempts: 0\r\n` +
			`Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
		// A client that keeps its own half open would hold the port when it is to be let go.
		socket.end(answer, () => socket.destroy());
	};
}

function upgradeProblem(path: string): Problem {
	return /\/responses(?:\/|$)/.test(path)
		? { kind: "upgradeRefused", message: "WebSocket is not offered here; send the request by POST." }
		: { kind: "notFound", message: "Nothing here speaks WebSocket." };
}

function answerWindow(exchange: Exchange, question: string, parts: GateParts): void {
	const { controlToken, localKey } = parts.config();
	const answer = answerAsOwner(controlToken, parts.port(), question, localKey);
	if (answer) {
		parts.onWindow();
		answerJson(exchange, 200, answer);
		return;
	}
	answerProblem(exchange, { kind: "forbidden", message: "Only windows of Relay Accounts are answered here." });
}

function preflightHeaders({ headers }: IncomingMessage): readonly string[] {
	const wanted = headers["access-control-request-headers"] ?? "*";
	return [
		...["access-control-allow-methods", "GET, HEAD, POST, OPTIONS"],
		...["access-control-allow-headers", wanted],
		...["access-control-max-age", "600"],
	];
}
