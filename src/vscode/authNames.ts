import type { AuthStyle } from "../accounts/account.ts";

/** The header that carries a key, as people write it. */
export const authNames: Readonly<Record<AuthStyle, string>> = {
	bearer: "Authorization: Bearer",
	"x-api-key": "x-api-key",
	"x-goog-api-key": "x-goog-api-key",
	"api-key": "api-key",
};
