import { randomBytes, randomUUID } from "node:crypto";

/** Somebody with a ChatGPT plan. */
export interface Person {
	readonly email: string;
	/** Of the workspace: members of a team share it. */
	readonly accountId: string;
	readonly userId: string;
	/** People change it; new tokens tell the new one. */
	plan: string;
	/** What they may ask for; null: what their plan has. */
	models: readonly string[] | null;
	/** In place of what the token would say of them; undefined takes a claim out. */
	readonly claims: Readonly<Record<string, unknown>>;
}

let people = 0;

/** Somebody new, unless told who. */
export function person(known: Partial<Person> = {}): Person {
	people += 1;
	return {
		email: `person-${people}@example.com`,
		accountId: randomUUID(),
		userId: `user-${randomBytes(12).toString("hex")}`,
		plan: "plus",
		models: null,
		claims: {},
		...known,
	};
}

/** Who a person is, in one word: neither the workspace nor the user alone says it. */
export function keyOf({ accountId, userId }: Pick<Person, "accountId" | "userId">): string {
	return `${userId}__${accountId}`;
}
