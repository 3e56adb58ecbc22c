import type { Dispatcher } from "undici";

/** Name, value, name, value, …: any form in which undici takes a request's headers. */
export function flatHeaders(headers: Dispatcher.DispatchOptions["headers"]): string[] {
	if (headers === null || headers === undefined) return [];
	if (isNames(headers)) return headers;
	const entries = isIterable(headers) ? [...headers] : Object.entries(headers);
	return entries.flatMap(([name, value]) =>
		value === undefined ? [] : [value].flat().flatMap((one) => [name, String(one)]),
	);
}

type Given = NonNullable<Dispatcher.DispatchOptions["headers"]>;

function isNames(headers: Given): headers is string[] {
	return Array.isArray(headers) && !Array.isArray(headers[0]);
}

function isIterable(headers: Given): headers is Iterable<[string, string | string[] | undefined]> {
	return Symbol.iterator in headers;
}
