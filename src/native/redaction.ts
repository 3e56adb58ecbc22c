/** Characters of a text that somebody else has written. */
const longestText = 300;
/** What looks like a token wherever it stands: JWTs, refresh tokens, authorization codes, API keys. */
const tokenLike = /\beyJ[\w-]{8,}(?:\.[\w-]*)*|\b(?:oaistb_rt|rt|ac|sk|sess)[_-][\w.~-]{12,}/g;
/** What may be a piece of a secret that was cut. */
const longWord = /[\w\-.~+/=%]{8,}/g;
const blot = "***";

/**
 * What an auth server says of a request, fit to be shown and logged: in one line, not too long, and without the secrets that
 * were sent, whole or in part. Servers quote what they refuse.
 */
export function plainWords(text: string, secrets: readonly string[]): string {
	const known = secrets.filter((secret) => secret !== "").flatMap((secret) => [secret, encodeURIComponent(secret)]);
	let clean = text.slice(0, longestText * 20);
	for (const secret of known) clean = clean.replaceAll(secret, blot);
	clean = clean
		.replace(tokenLike, blot)
		.replace(longWord, (word) => (isPieceOf(word.replace(/^\.+|\.+$/g, ""), known) ? blot : word))
		.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ")
		.trim();
	return clean.length > longestText ? `${clean.slice(0, longestText - 1)}\u2026` : clean;
}

function isPieceOf(word: string, secrets: readonly string[]): boolean {
	return word.length >= 8 && secrets.some((secret) => secret.includes(word));
}
