import { randomBytes } from "node:crypto";
import type { Page } from "playwright-core";

/** Half of the key that seals SecretStorage, 256 bits as VS Code wants it. */
const keyHalf = randomBytes(32);

/**
 * In a browser VS Code keeps SecretStorage in the page's localStorage, sealed with a key of which the server hands out one
 * half. code-server's own front does that and the VS Code server within it does not: without it secrets last only until the
 * page is left.
 */
export async function keepSecrets(page: Page): Promise<void> {
	await page.context().route("**/mint-key", (route) => route.fulfill({ body: keyHalf }));
}
