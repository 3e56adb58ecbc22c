/** VS Code's `l10n` as it behaves without a translation: the literal with its placeholders filled in. */
export const l10n = {
	t: (message: string, ...values: readonly (string | number | boolean)[]): string =>
		message.replace(/\{(\d+)\}/g, (placeholder, index) => String(values[Number(index)] ?? placeholder)),
};
