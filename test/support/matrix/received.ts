import type { Format } from "../../../src/accounts/account.ts";
import { readObject } from "../demoRelay/answer.ts";
import type { RecordedRequest } from "../recordedRequest.ts";
import { receivedByAnthropic } from "./receivedByAnthropic.ts";
import { receivedByCodex } from "./receivedByCodex.ts";
import { receivedByGemini } from "./receivedByGemini.ts";
import { receivedByOpenai } from "./receivedByOpenai.ts";
import type { Body, Reading, Received } from "./receivedParts.ts";

const readers: Readonly<Record<Format, (body: Body, url: string) => Reading>> = {
	openai: receivedByOpenai,
	anthropic: receivedByAnthropic,
	gemini: receivedByGemini,
	codex: receivedByCodex,
};

export function readReceived(format: Format, { body, url, headers }: RecordedRequest): Received {
	const record = readObject(body);
	if (record === null) throw new Error(`The ${format} account got no JSON: ${body.toString()}`);
	return { ...withoutUndefined(readers[format](record, url)), body: record, headers };
}

function withoutUndefined(reading: Reading): Reading {
	return Object.fromEntries(
		Object.entries(reading).filter(([, value]) => value !== undefined && value !== null),
	) as unknown as Reading;
}
