import { formatRules } from "../formats/format.ts";
import { type Problem, problemStatus } from "../formats/problem.ts";
import type { ReplyHead } from "./clientReply.ts";
import { type Exchange, ownHeaders } from "./exchange.ts";
import { replyHeaders } from "./headers.ts";
import { endAfterUpload } from "./requestBody.ts";

/** Answers with JSON; on HEAD the headers alone. @param headers names and values in turn. */
export function answerJson(exchange: Exchange, status: number, body: object, headers: readonly string[] = []): void {
	const { request, response } = exchange;
	const bytes = Buffer.from(JSON.stringify(body));
	exchange.bytes = bytes.length;
	const length = String(bytes.length);
	response.writeHead(status, [
		...ownHeaders(exchange),
		...headers,
		...["content-type", "application/json; charset=utf-8", "content-length", length],
	]);
	response.end(request.method === "HEAD" ? undefined : bytes);
}

/** Answers 204: done, and nothing to read. @param headers names and values in turn. */
export function answerNothing(exchange: Exchange, headers: readonly string[]): void {
	exchange.response.writeHead(204, [...ownHeaders(exchange), ...headers]).end();
}

/** Answers those who only look whether somebody is there, and reveals nothing. */
export function answerProbe({ request, response }: Exchange): void {
	const body = '{"status":"ok"}';
	response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
	response.end(request.method === "HEAD" ? undefined : body);
}

/** Hands on a reply that was held back. */
export function answerHeld(exchange: Exchange, { status, headers }: ReplyHead, body: readonly Buffer[]): void {
	const { response } = exchange;
	const bytes = Buffer.concat(body);
	exchange.bytes = bytes.length;
	const length = ["content-length", String(bytes.length)];
	response.writeHead(status, [...replyHeaders(headers, ["content-length"]), ...ownHeaders(exchange), ...length]);
	response.end(bytes);
}

/** Answers with an error of the proxy's own, in the shape of the client's format. */
export function answerProblem(exchange: Exchange, problem: Problem): void {
	exchange.error ??= problem.message;
	endAfterUpload(exchange.request, exchange.response);
	const wait = problem.retryAfter === undefined ? [] : ["retry-after", String(problem.retryAfter)];
	answerJson(exchange, problemStatus[problem.kind], formatRules[exchange.format].error(problem), wait);
}
