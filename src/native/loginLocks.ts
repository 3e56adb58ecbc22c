import { createHash } from "node:crypto";
import { join } from "node:path";
import { withFileLock } from "../accounts/fileLock.ts";

/**
 * `renewing` is held while the auth server is asked, for half a minute at worst. `storing` is held for moments, by
 * whoever replaces a login: a person who signs in or out need not wait for a slow auth server.
 */
type Purpose = "renewing" | "storing";

/** Runs `action` while no other window is inside for the same account and purpose. */
export type LockLogin = <T>(purpose: Purpose, accountId: string, action: () => Promise<T>) => Promise<T>;

export function loginLocksIn(folder: string): LockLogin {
	return (purpose, accountId, action) => {
		// An id comes out of a file that people edit, and must not choose the path.
		const name = createHash("sha256").update(accountId).digest("hex").slice(0, 24);
		return withFileLock(join(folder, `login-${name}.${purpose}`), action);
	};
}
