import { type Format, formats } from "../../src/accounts/account.ts";

/** From a client of one format to an account of one; of the same format: direct. */
export interface Direction {
	readonly client: Format;
	readonly account: Format;
}

export type DirectionName = `${Format}-${Format}`;

/** Of each client's format the direct one first, so that what it is compared with comes right after it. */
export const directions: readonly Direction[] = formats.flatMap((client) => [
	{ client, account: client },
	...formats.filter((account) => account !== client).map((account) => ({ client, account })),
]);

export function nameOf({ client, account }: Direction): DirectionName {
	return `${client}-${account}`;
}

export function isDirect({ client, account }: Direction): boolean {
	return client === account;
}

/** Those that are named, and the direct ones of their clients' formats. */
export function withDirect(names: readonly DirectionName[]): readonly DirectionName[] {
	const named = directions.filter((direction) => names.includes(nameOf(direction)));
	const compared = directions.filter(
		(direction) => isDirect(direction) && named.some(({ client }) => client === direction.client),
	);
	return [...new Set([...compared, ...named])].map(nameOf);
}

/** For people. */
export function titleOf(direction: Direction): string {
	return `${direction.client} client, ${isDirect(direction) ? "direct" : `${direction.account} account`}`;
}
