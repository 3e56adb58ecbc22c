import type { CallRecord, LogLevel, RequestRecord } from "../bridge/protocol.ts";

/**
 * A finished request as one line: method, path, then `name=value` pairs. Foreign text is quoted as JSON, so that it can
 * neither break the line nor pass for another pair.
 */
export function requestLine(record: RequestRecord): string {
	const pairs = [
		`format=${record.format ?? "-"}`,
		`model=${quoted(record.model)}`,
		`account=${quoted(record.account?.label ?? null)}`,
		`status=${record.status}`,
		`ms=${Math.round(record.milliseconds)}`,
		`bytes=${record.bytes}`,
	];
	if (record.calls.length > 1) pairs.push(callsText(record.calls));
	if (record.dropped.length > 0) pairs.push(`dropped=${quoted(record.dropped.join(", "))}`);
	if (record.error !== null) pairs.push(`error=${quoted(record.error)}`);
	return [record.method, pathText(record.path), ...pairs].join(" ");
}

/** How many calls a request took, and those of them that failed. */
function callsText(calls: readonly CallRecord[]): string {
	const failed = calls
		.filter(({ error }) => error !== null)
		.map(({ label, status }) => `${quoted(label)} ${status ?? "-"}`);
	return failed.length === 0 ? `calls=${calls.length}` : `calls=${calls.length} (${failed.join(", ")})`;
}

/** A request that ended well is information; one that did not is a warning. */
export function requestLevel(record: RequestRecord): LogLevel {
	return record.error === null && record.status < 400 ? "info" : "warn";
}

function quoted(text: string | null): string {
	return text === null ? "-" : JSON.stringify(text);
}

/** A path is whatever a client sent: kept readable, and free of spaces and control characters. */
function pathText(path: string): string {
	return path.replace(/[\s\p{Cc}]/gu, (character) => encodeURIComponent(character));
}
